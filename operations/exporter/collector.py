"""What Prometheus is answered: figures as of the last reading, each part on its own."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock

import structlog
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from operations.exporter.catalogue import Sample, families

# Reads a part's figures; whatever it raises is told as a part that could not be read.
Read = Callable[[], Iterable[Sample]]
_log = structlog.get_logger("exporter")


class PipelineCollector(Collector):
    """The figures of all parts, read again at most every ``keep_seconds``."""

    def __init__(
        self,
        parts: Mapping[str, Read],
        keep_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts, self._keep_seconds, self._clock = parts, keep_seconds, clock
        self._lock = Lock()
        self._read_at: float | None = None
        self._samples: list[Sample] = []

    def describe(self) -> Iterable[Metric]:
        """Nothing: to register a collector is no reason to ask the tables."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The figures; a second scrape that comes meanwhile waits for the first one's."""
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at >= self._keep_seconds:
                self._samples = list(self._all())
                self._read_at = self._clock()
            samples = self._samples
        yield from families(samples)

    def _all(self) -> Iterator[Sample]:
        for part, read in self._parts.items():
            yield from self._one(part, read)
        yield Sample("collector_timestamp_seconds", (), time.time())

    def _one(self, part: str, read: Read) -> Iterator[Sample]:
        started, found, good = self._clock(), list[Sample](), True
        try:
            found = list(read())
        except Exception as error:  # one part that cannot be read takes no other with it
            good = False
            said = str(error).splitlines() or [type(error).__name__]
            _log.warning("part cannot be read", part=part, error=said[0])
        yield from found
        yield Sample("collector_success", (part,), float(good))
        yield Sample("collector_seconds", (part,), self._clock() - started)
