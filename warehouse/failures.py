"""What a client is told when a statement fails: the engine's error class, sentence and SQLSTATE."""

import re
from dataclasses import dataclass

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.errors.exceptions.captured import CapturedException, convert_exception

from warehouse.errors import BadStatement, NotEmulated

_LONGEST = 16_000
_STATE = re.compile(r"SQLSTATE: (\w{5})")
CANCELED = "[OPERATION_CANCELED] The statement was canceled. SQLSTATE: HY008"


@dataclass(frozen=True, slots=True)
class Failure:
    """One sentence that begins with the error class in brackets, and the SQLSTATE."""

    message: str
    state: str


def failure_of(error: BaseException) -> Failure:
    """The failure to tell for whatever was raised; never a traceback, never an error of its own."""
    try:
        return _explained(error)
    except Exception:  # a client that is told nothing waits for ever
        return _classed(f"{type(error).__name__}: {error}", None, None)


def _explained(error: BaseException) -> Failure:
    if isinstance(error, NotEmulated):
        return _classed(str(error), None, "0A000")
    if isinstance(error, BadStatement):
        return _classed(str(error), None, "42000")
    if isinstance(error, CapturedException):
        return _captured(error)
    if isinstance(error, PySparkException):
        return _classed(str(error), error.getCondition(), None)
    if isinstance(error, Py4JJavaError):
        return _captured(convert_exception(error.java_exception))
    if isinstance(error, Py4JError | ConnectionError):
        return Failure("[ENGINE_LOST] The engine has stopped; start the warehouse again.", "08006")
    return _classed(f"{type(error).__name__}: {error}", None, None)


def _captured(error: CapturedException) -> Failure:
    """The first error of the chain that has a class; else the last cause, which says most."""
    chain = [error]
    while isinstance(cause := chain[-1]._cause, CapturedException):
        chain.append(cause)
    chosen = next((found for found in chain if found.getCondition() is not None), chain[-1])
    return _classed(_sentence(chosen), chosen.getCondition(), _state(chosen))


def _state(error: CapturedException) -> str | None:
    """The SQLSTATE; Delta's errors know theirs, though not as errors of Spark."""
    state = error.getSqlState()
    if state is None:
        try:
            state = error._origin.getSqlState()
        except (Py4JError, AttributeError):
            return None
    return None if state is None else str(state)


def _sentence(error: CapturedException) -> str:
    """The message without the query plan that the engine adds to some."""
    origin = error._origin
    try:
        text = origin.getSimpleMessage()
    except (Py4JError, AttributeError):
        text = error._desc
    return str(text or "")


def _classed(text: str, condition: str | None, state: str | None) -> Failure:
    text = text.strip()[:_LONGEST]
    if not text.startswith("["):
        first = text.splitlines()[0] if text and condition is None else text
        text = f"[{condition or 'INTERNAL_ERROR'}] {first}"
    found = _STATE.search(text)
    chosen = state or (found.group(1) if found else "XX000")
    return Failure(text if found else f"{text} SQLSTATE: {chosen}", chosen)
