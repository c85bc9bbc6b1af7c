"""Sessions with a warehouse, kept for the next question: one for each thread at work."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from databricks.sql.exc import ServerOperationError

T = TypeVar("T")
# On Databricks a session may come with a token that lasts an hour.
_SECONDS = 900.0
# What the embedded lakehouse and Databricks say of a session that they do not know.
_UNKNOWN = ("INVALID_HANDLE", "Invalid SessionHandle")


class Sessions:
    """Opens a session where none is idle; ``connect`` finds the warehouse anew each time."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._idle: list[tuple[float, Any]] = []
        self._lock = threading.Lock()

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A cursor of a session that nobody else uses; after an error the session is closed."""
        opened_at, session = self._kept() or self._opened()
        with self._of(opened_at, session) as cursor:
            yield cursor

    def ask(self, question: Callable[[Any], T]) -> T:
        """What a question comes to that takes a cursor and changes nothing.

        Where the session was kept and its engine is gone, it is asked once more in a new one; what
        is wrong with the question itself is raised as the connector raises it.
        """
        kept = self._kept()
        if kept is not None:
            try:
                with self._of(*kept) as cursor:
                    return question(cursor)
            except Exception as error:
                if not is_lost(error):
                    raise
                self.close()  # the others are as old
        with self._of(*self._opened()) as cursor:
            return question(cursor)

    def close(self) -> None:
        """Ends those that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, session in idle:
            with suppress(Exception):
                session.close()

    @contextmanager
    def _of(self, opened_at: float, session: Any) -> Iterator[Any]:
        try:
            with session.cursor() as cursor:
                yield cursor
        except BaseException:
            with suppress(Exception):
                session.close()
            raise
        with self._lock:
            self._idle.append((opened_at, session))

    def _opened(self) -> tuple[float, Any]:
        return time.monotonic(), self._connect()

    def _kept(self) -> tuple[float, Any] | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                opened_at, session = self._idle.pop()
            if time.monotonic() - opened_at < _SECONDS:
                return opened_at, session
            with suppress(Exception):
                session.close()


def is_lost(error: Exception) -> bool:
    """Whether an error speaks of the session or its engine and not of the question."""
    said = str(error)
    return not isinstance(error, ServerOperationError) or any(word in said for word in _UNKNOWN)
