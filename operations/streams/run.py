"""Runs the queries: starts them, starts them again after a failure, ends them."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from confluent_kafka import KafkaException
from pyspark.sql import SparkSession
from pyspark.sql.streaming import StreamingQuery

from ingestion.checkpoint import held
from operations.streams.broker import Topic
from operations.streams.declaration import read_declaration
from operations.streams.errors import StreamsFailed
from operations.streams.hot_store import HotStore
from operations.streams.listener import Acknowledged, Listener
from operations.streams.metrics import Metrics
from operations.streams.progress import done
from operations.streams.queries import (
    HOT,
    TOTALS,
    Query,
    checkpoint,
    hot_query,
    prepare,
    totals_query,
)
from operations.streams.settings import Settings
from operations.streams.tables import ensure_tables, totals_tables
from warehouse.spark import local_session, stop_session

_LOOK_SECONDS = 0.5
_BACKLOG_SECONDS = 5.0
_END_SECONDS = 10.0
_LONGEST_PAUSE = 60.0
_MOST_FAILURES = 10
# Trying again does not help: a person has to decide.
_FINAL = ("DATA_LOSS", "STATE_STORE", "STATE_SCHEMA", "STREAMING_STATEFUL_OPERATOR")
_log = structlog.get_logger("streams")


@dataclass(slots=True)
class _Attempt:
    """A query with its run, and how often in a row it has failed."""

    query: Query
    run: StreamingQuery
    failures: int = 0
    again_at: float = 0.0


class Streams:
    """The streams of one process. Use as ``with Streams(...) as streams``."""

    def __init__(self, settings: Settings, metrics: Metrics, stop: threading.Event) -> None:
        """Reaches broker and store.

        Raises:
            StreamsFailed: if one of them, or the declaration of orders, is not to be had.
        """
        self.settings, self.metrics, self.stop = settings, metrics, stop
        self._declared = read_declaration()
        self._topic = Topic(settings)
        self._store = HotStore(settings.hot_store, settings.bucket, stop)
        self._acknowledged = Acknowledged()
        self._listener = Listener(metrics, self._acknowledged)

    @contextmanager
    def queries(self) -> Iterator[list[Query]]:
        """A Spark session with the two queries, not started yet.

        Raises:
            StreamsFailed: if tables and checkpoint do not belong together.
            IngestionError: if another process runs on the checkpoint.
            WarehouseError: if Spark does not start.
        """
        with held(self.settings.checkpoints / "streams"):
            spark = local_session(
                root=self.settings.home,
                cache=self.settings.cache,
                app_name="streams",
                catalog="memory",
                profile="streams",
            )
            try:
                yield self._queries(spark)
            finally:
                stop_session(spark)
                self._store.close()
                self._topic.close()

    def take_available(self, queries: Sequence[Query]) -> None:
        """Takes what is in the topic now, and ends.

        Raises:
            StreamsFailed: if a query fails.
        """
        runs = [query.start(available_now=True) for query in queries]
        while any(run.isActive for run in runs):
            if self.stop.wait(_LOOK_SECONDS):
                _end(runs)
        for query, run in zip(queries, runs, strict=True):
            failure = run.exception()
            if failure is not None and not self.stop.is_set():
                raise StreamsFailed(f"The query {query.name} failed: {_sentence(failure)}")
            self._listener.ended(str(run.runId)).wait(_END_SECONDS)

    def go_on(self, queries: Sequence[Query], started: Callable[[], None]) -> None:
        """Runs until it is told to stop. ``started`` is called when all queries run.

        Raises:
            StreamsFailed: if a query fails for good.
        """
        attempts = [_Attempt(query, query.start(available_now=False)) for query in queries]
        started()
        look_at_backlog = 0.0
        try:
            while not self.stop.wait(_LOOK_SECONDS):
                for attempt in attempts:
                    self._look_after(attempt)
                if time.monotonic() >= look_at_backlog:
                    self._measure_backlog()
                    look_at_backlog = time.monotonic() + _BACKLOG_SECONDS
        finally:
            _end([attempt.run for attempt in attempts])

    def _queries(self, spark: SparkSession) -> list[Query]:
        prepare(spark)
        spark.streams.addListener(self._listener)
        tables = totals_tables(self.settings)
        folder = checkpoint(self.settings, TOTALS)
        ensure_tables(spark, tables, any(folder.glob("offsets/[0-9]*")), folder)
        return [
            hot_query(
                spark,
                self.settings,
                self._declared,
                self._store,
                self.metrics,
                self._acknowledged,
            ),
            totals_query(spark, self.settings, self._declared, tables, self.metrics),
        ]

    def _look_after(self, attempt: _Attempt) -> None:
        if attempt.run.isActive:
            progress = attempt.run.lastProgress
            attempt.failures = 0 if progress else attempt.failures
            attempt.again_at = 0.0
            return
        if not attempt.again_at:
            self._failed(attempt)
        elif time.monotonic() >= attempt.again_at:
            attempt.again_at = 0.0
            attempt.run = attempt.query.start(available_now=False)

    def _failed(self, attempt: _Attempt) -> None:
        failure = attempt.run.exception()
        said = _sentence(failure) if failure else "it ended"
        attempt.failures += 1
        if any(word in said for word in _FINAL) or attempt.failures > _MOST_FAILURES:
            raise StreamsFailed(f"The query {attempt.query.name} failed for good: {said}")
        pause = min(_LONGEST_PAUSE, 2.0**attempt.failures)
        attempt.again_at = time.monotonic() + pause
        _log.warning("a query failed; it starts again", query=attempt.query.name,
                     seconds=pause, said=said)  # fmt: skip

    def _measure_backlog(self) -> None:
        # Not what a batch in hand has read: it counts when the hot store has taken it.
        with suppress(KafkaException, OSError, ValueError, LookupError):
            read = done(checkpoint(self.settings, HOT))
            ends = self._topic.ends()
            self.metrics.backlog.set(
                sum(max(0, end - read.get(number, 0)) for number, end in ends.items())
            )


def _end(runs: Sequence[StreamingQuery]) -> None:
    """Lets running batches end, for a while; what is cut off is done again at the next start."""
    deadline = time.monotonic() + _END_SECONDS
    for run in runs:
        while run.isActive and run.status["isTriggerActive"] and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS / 10)
        run.stop()


def _sentence(failure: object) -> str:
    text = str(getattr(failure, "_desc", None) or failure).strip()
    return " ".join(text.splitlines()[0].split())[:500]
