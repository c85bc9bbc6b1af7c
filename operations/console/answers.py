"""Answers that are kept for a while, the same for all readers; those of a page are read at once."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass

from operations.console.frames import Answer
from operations.console.kinds import Query

# At once; more would only wait for each other, on a small warehouse as on one machine.
_WORKERS = 4


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, or the wait for it; when it was asked for; the answer before it, if still good."""

    answer: Future[Answer]
    at: float
    before: Future[Answer] | None = None


class Answers:
    """Asks each query once in ``seconds``, however many readers want it; failures are not kept.

    Readers wait ``patience`` seconds from when an answer is asked for anew, then have the one
    before it, unless that was asked for more than ``oldest`` seconds earlier; each says when it was
    read.
    """

    def __init__(
        self,
        ask: Callable[[Query], Answer],
        *,
        seconds: float = 60.0,
        patience: float = 1.5,
        oldest: float = 900.0,
    ) -> None:
        self._ask, self._seconds = ask, seconds
        self._patience, self._oldest = patience, oldest
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="console")
        self._in_advance = threading.Lock()

    def ahead(self, queries: Sequence[Query]) -> None:
        """Begins to read what a page is going to ask for."""
        for query in queries:
            self._begun(query, self._seconds)

    def in_advance(self, queries: Sequence[Query]) -> None:
        """Reads what other pages may ask for and nobody has, one after the other, in its thread."""
        due = [query for query in queries if not self._is_known(query)]
        if due and self._in_advance.acquire(blocking=False):
            threading.Thread(target=self._read_in_turn, args=(due,), daemon=True).start()

    def ask(self, query: Query) -> Answer:
        """The answer, as old as it is if nobody has told ``ahead``; raises what asking raised."""
        # What is too old was begun anew when the page began; here, its questions would be waited
        # for one after the other.
        kept = self._begun(query, math.inf)
        if kept.before is not None:
            wait([kept.answer], max(0.0, kept.at + self._patience - time.monotonic()))
            if not kept.answer.done():
                return kept.before.result()
        try:
            return kept.answer.result()
        except Exception:
            with self._lock:
                if self._kept.get(query.analysis) is kept:
                    del self._kept[query.analysis]
            raise

    def forget(self) -> None:
        """The next questions are asked anew; answers on their way reach who waits for them."""
        with self._lock:
            self._kept.clear()

    def _begun(self, query: Query, seconds: float) -> _Kept:
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(query.analysis)
            if kept is None or (kept.answer.done() and now - kept.at >= seconds):
                before = kept.answer if kept and self._is_good(kept, now) else None
                kept = _Kept(self._workers.submit(self._ask, query), now, before)
                self._kept[query.analysis] = kept
            return kept

    def _is_good(self, kept: _Kept, now: float) -> bool:
        """Whether an answer may still be shown while it is asked for anew."""
        is_young = now - kept.at < self._oldest
        return is_young and kept.answer.done() and kept.answer.exception() is None

    def _is_known(self, query: Query) -> bool:
        with self._lock:
            kept = self._kept.get(query.analysis)
            return kept is not None and (
                not kept.answer.done() or self._is_good(kept, time.monotonic())
            )

    def _read_in_turn(self, queries: Sequence[Query]) -> None:
        try:
            for query in queries:
                with suppress(Exception):  # who asks for it is told
                    if not self._is_known(query):
                        self.ahead([query])
                        self.ask(query)
        finally:
            self._in_advance.release()
