"""Answers that are kept for a while, the same for all readers; those of a page are read at once."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from operations.console.frames import Answer
from operations.console.kinds import Query

# At once; more would only wait for each other, on a small warehouse as on one machine.
_WORKERS = 4


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, or the wait for it, and until when it is given again."""

    answer: Future[Answer]
    until: float


class Answers:
    """Asks each query once in ``seconds``, however many readers want it; failures are not kept."""

    def __init__(self, ask: Callable[[Query], Answer], seconds: float = 60.0) -> None:
        self._ask, self._seconds = ask, seconds
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="console")

    def ahead(self, queries: Sequence[Query]) -> None:
        """Begins to read what a page is going to ask for."""
        for query in queries:
            self._begun(query)

    def ask(self, query: Query) -> Answer:
        """The answer; raises what asking raised."""
        begun = self._begun(query)
        try:
            return begun.result()
        except Exception:
            with self._lock:
                kept = self._kept.get(query.analysis)
                if kept is not None and kept.answer is begun:
                    del self._kept[query.analysis]
            raise

    def forget(self) -> None:
        """The next questions are asked anew; answers on their way reach who waits for them."""
        with self._lock:
            self._kept.clear()

    def _begun(self, query: Query) -> Future[Answer]:
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(query.analysis)
            if kept is None or (kept.answer.done() and now >= kept.until):
                kept = _Kept(self._workers.submit(self._ask, query), now + self._seconds)
                self._kept[query.analysis] = kept
            return kept.answer
