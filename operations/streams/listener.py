"""Takes what Spark tells after each micro-batch to the metrics."""

import threading
from typing import Any

import structlog
from pyspark.sql.streaming import StreamingQueryListener

from operations.streams.frames import FIRSTS, MESSAGES, ON_TIME, VALID
from operations.streams.metrics import Metrics

_DEDUPE = "dedupeWithinWatermark"
_KEPT = 100
_log = structlog.get_logger("streams")


class Acknowledged:
    """When the hot store acknowledged the windows of a batch (epoch seconds)."""

    def __init__(self) -> None:
        self._times: dict[int, float] = {}

    def note(self, batch_id: int, when: float) -> None:
        """Keeps the time for the listener, which hears of the batch later."""
        self._times[batch_id] = when
        for old in [known for known in self._times if known <= batch_id - _KEPT]:
            del self._times[old]

    def take(self, batch_id: int) -> float | None:
        """The time, once."""
        return self._times.pop(batch_id, None)


class Listener(StreamingQueryListener):  # type: ignore[misc]
    """Hears of every micro-batch that has ended."""

    def __init__(self, metrics: Metrics, acknowledged: Acknowledged) -> None:
        self._metrics, self._acknowledged = metrics, acknowledged
        self._ended: dict[str, threading.Event] = {}

    def onQueryStarted(self, event: Any) -> None:
        """Nothing is to be done."""

    def onQueryIdle(self, event: Any) -> None:
        """Nothing is to be done."""

    def onQueryProgress(self, event: Any) -> None:
        """Counts a batch. What goes wrong here is logged: a figure is no reason to stop."""
        try:
            self._take(event.progress)
        except Exception as error:
            _log.warning("a batch was not counted", said=str(error)[:200])

    def onQueryTerminated(self, event: Any) -> None:
        """All batches of the query have been told by now."""
        self.ended(str(event.runId)).set()

    def ended(self, run_id: str) -> threading.Event:
        """Set when everything of that run of a query has been counted."""
        return self._ended.setdefault(run_id, threading.Event())

    def _take(self, progress: Any) -> None:
        self._metrics.batch_seconds.labels(progress.name).observe(progress.batchDuration / 1000)
        told = progress.observedMetrics
        if MESSAGES in told:
            self._metrics.take_messages(told[MESSAGES])
            late = (o.numRowsDroppedByWatermark for o in progress.stateOperators
                    if o.operatorName == _DEDUPE)  # fmt: skip
            self._metrics.late.inc(sum(late))
        when = self._acknowledged.take(progress.batchId) if ON_TIME in told else None
        if when is not None:
            self._metrics.take_latencies(told[ON_TIME], when)
        if FIRSTS in told:
            self._metrics.take_firsts(told[VALID], told[FIRSTS])
