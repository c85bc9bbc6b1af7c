"""dbt again where what failed can pass by itself: another writer, an endpoint that is away."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base, wait_random_exponential

from operations.dbt import DbtFailed, DbtOutcome, Execute, in_a_process, run_dbt

ATTEMPTS = 5
# Jitter, so that two writers that met do not meet again.
WAIT: wait_base = wait_random_exponential(multiplier=2, max=60)
# Classes of Delta's errors between writers, and what clients say of an endpoint that is away.
_CAN_PASS = re.compile(
    r"DELTA_CONCURRENT_|DELTA_METADATA_CHANGED|DELTA_PROTOCOL_CHANGED|DELTA_TRANSACTION_NOT_FOUND"
    r"|Concurrent(Append|Delete\w+|Transaction|Write)Exception"
    r"|Error during request to server|Connection refused|Connection aborted|Max retries exceeded"
    r"|TEMPORARILY_UNAVAILABLE|RESOURCE_EXHAUSTED"
)
_log = structlog.get_logger("operations")


def can_pass(failures: Sequence[str]) -> bool:
    """Whether every one of these failures of nodes may be gone by the next try.

    One that may not is for somebody to mend, and trying again would only tell it later.
    """
    return bool(failures) and all(_CAN_PASS.search(failure) for failure in failures)


def run_dbt_patiently(
    arguments: Sequence[str],
    *,
    warehouse: Mapping[str, str],
    target: Path,
    log: Path,
    execute: Execute = in_a_process,
    wait: wait_base = WAIT,
) -> DbtOutcome:
    """run_dbt(), and `dbt retry` for the nodes that failed or were skipped while they can pass.

    Raises:
        DbtFailed: if something failed that cannot pass, or still does at the last attempt.
    """

    def told(state: RetryCallState) -> None:
        _log.warning("dbt failed and is tried again", attempt=state.attempt_number)

    commands = chain([arguments], repeat(["retry"]))
    tries = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait,
        retry=retry_if_exception(lambda e: isinstance(e, DbtFailed) and can_pass(e.failures)),
        before_sleep=told,
        reraise=True,
    )
    return tries(
        lambda: run_dbt(
            next(commands), warehouse=warehouse, target=target, log=log, execute=execute
        )
    )
