"""The two queries: what each is made of, where it writes, and how a batch is taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

from ingestion.kafka import spark_options
from operations.streams.declaration import Declaration
from operations.streams.frames import totals, windows
from operations.streams.hot_store import HotStore, points_of
from operations.streams.listener import Acknowledged
from operations.streams.metrics import Metrics
from operations.streams.settings import Settings
from operations.streams.tables import TotalsTable, merge

HOT, TOTALS = "hot", "totals"
_STATE_STORE = "spark.sql.streaming.stateStore"
_CONF = {
    f"{_STATE_STORE}.providerClass": (
        "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
    ),
    # A batch writes what it has changed, not all of the state.
    f"{_STATE_STORE}.rocksdb.changelogCheckpointing.enabled": "true",
    f"{_STATE_STORE}.rocksdb.boundedMemoryUsage": "true",
    f"{_STATE_STORE}.rocksdb.maxMemoryUsageMB": "500",
    # A batch without messages, only to forget state: the next one with messages does that.
    "spark.sql.streaming.noDataMicroBatches.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.streaming.numRecentProgressUpdates": "10",
}

Take = Callable[[DataFrame, int], None]


@dataclass(frozen=True, slots=True)
class Query:
    """A streaming query that can be started again from its checkpoint."""

    name: str
    checkpoint: Path
    trigger_seconds: float
    open: Callable[[], DataFrame]
    take: Take

    def start(self, *, available_now: bool) -> StreamingQuery:
        """Starts it where its checkpoint ends, or at the oldest message."""
        frame = self.open()
        # A pool of its own: the hot path does not wait for the merges of running totals.
        frame.sparkSession.sparkContext.setLocalProperty("spark.scheduler.pool", self.name)
        writer = (
            frame.writeStream.foreachBatch(self.take)
            .outputMode("update")
            .option("checkpointLocation", str(self.checkpoint))
            .queryName(self.name)
        )
        if available_now:
            return writer.trigger(availableNow=True).start()
        milliseconds = int(self.trigger_seconds * 1000)
        return writer.trigger(processingTime=f"{milliseconds} milliseconds").start()


def prepare(spark: SparkSession) -> None:
    """Settings of the session that both queries run with."""
    for name, value in _CONF.items():
        spark.conf.set(name, value)


def hot_query(
    spark: SparkSession,
    settings: Settings,
    declared: Declaration,
    store: HotStore,
    metrics: Metrics,
    acknowledged: Acknowledged,
) -> Query:
    """Windows to the hot store."""

    def take(batch: DataFrame, batch_id: int) -> None:
        points = points_of(batch.collect())
        store.write(points)
        acknowledged.note(batch_id, time.time())
        metrics.points.inc(len(points))

    return Query(
        HOT,
        checkpoint(settings, HOT),
        settings.trigger_seconds,
        lambda: windows(_messages(spark, settings), declared, settings),
        take,
    )


def totals_query(
    spark: SparkSession,
    settings: Settings,
    declared: Declaration,
    tables: tuple[TotalsTable, ...],
    metrics: Metrics,
) -> Query:
    """Running totals to their tables."""

    def take(batch: DataFrame, _: int) -> None:
        # Read several times; computed again, its state would be, too.
        batch.persist()
        try:
            outliers = batch.agg(F.sum("outliers")).collect()[0][0]
            for table in tables:
                merge(batch, table)
            metrics.outliers.inc(outliers or 0)
        finally:
            batch.unpersist()

    return Query(
        TOTALS,
        checkpoint(settings, TOTALS),
        settings.totals_seconds,
        lambda: totals(_messages(spark, settings), declared, settings),
        take,
    )


def checkpoint(settings: Settings, name: str) -> Path:
    """Where a query keeps how far it is, and its state."""
    return settings.checkpoints / "streams" / name


def _messages(spark: SparkSession, settings: Settings) -> DataFrame:
    found: Any = (
        spark.readStream.format("kafka")
        .options(**spark_options(settings.kafka))
        .options(
            subscribe=settings.topic,
            startingOffsets="earliest",
            maxOffsetsPerTrigger=str(settings.max_messages),
            # A message that is gone before it was read is said, not skipped.
            failOnDataLoss="true",
        )
        .load()
    )
    return found.select("value", "timestamp")
