"""Ingests one source: lock, table, streaming query, result."""

import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import structlog
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming import StreamingQuery

from ingestion.agreement import check_agreement
from ingestion.batches import BatchSink
from ingestion.checkpoint import held, standing, taken_files
from ingestion.deletions import Forgotten, requests_target
from ingestion.errors import FileChanged, NotSettled
from ingestion.failures import as_ingestion_error
from ingestion.kafka import beginning, open_messages
from ingestion.landing import landed_files
from ingestion.overwrites import changed_files, take_again
from ingestion.reader import open_stream
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.writer import Target, count_rows, ensure_table, target_of

Status = Literal["ok", "nothing landed", "waiting", "stopped", "held off", "failed"]

_log = structlog.get_logger("ingestion")
_POLL_SECONDS = 0.2
_PLANS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What a run did for one source. ``size`` in bytes as delivered; None where not known.

    ``changed``: files that differ from when they were taken, and were not taken again.
    """

    source: str
    table: str
    status: Status
    files: int | None = 0
    rows: int = 0
    total_rows: int | None = None
    size: int | None = 0
    batches: int = 0
    seconds: float = 0.0
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    message: str = ""


@dataclass(slots=True)
class SourceRun:
    """One source in one run; ``run`` never raises for what goes wrong with the source."""

    spark: SparkSession
    source: Source
    settings: Settings
    stop: threading.Event
    target: Target = field(init=False)
    forgotten: Forgotten = field(init=False)
    sink: BatchSink = field(init=False)
    changed: tuple[str, ...] = ()
    rows_before: int | None = None

    def __post_init__(self) -> None:
        self.target = target_of(self.source, self.settings)
        self.forgotten = Forgotten(self.spark, requests_target(self.settings))
        self.sink = BatchSink(
            self.source, self.settings, self.target, self._count_before, self.forgotten.now
        )

    def run(self) -> SourceResult:
        """Takes what has landed (or goes on until stopped) and says what came of it."""
        started = time.monotonic()
        result = SourceResult(source=self.source.name, table=self.target.name, status="ok")
        try:
            with held(self._checkpoint) if self._local else nullcontext():
                if ensure_table(self.spark, self.target):
                    self.rows_before = 0
                status, message = self._take()
                result = replace(result, status=status, message=message)
        except NotSettled as waiting:
            result = replace(result, status="waiting", message=str(waiting))
        except Exception as error:
            failure = as_ingestion_error(self.source, error)
            result = replace(result, status="failed", message=str(failure))
        return self._counted(result, time.monotonic() - started)

    @property
    def _local(self) -> bool:
        return self.settings.platform == "local"

    @property
    def _checkpoint(self) -> Path:
        return Path(self.settings.checkpoint(self.source.name))

    @property
    def _folder(self) -> Path:
        return Path(self.settings.folder(self.source.name, self.source.path))

    @property
    def _bounds(self) -> Path:
        return Path(self.settings.bounds(self.source.name))

    def _take(self) -> tuple[Status, str]:
        return self._take_messages() if self.source.topic else self._take_files()

    def _take_messages(self) -> tuple[Status, str]:
        if not self.settings.kafka:
            return "nothing landed", f"no broker is named for topic {self.source.topic}"
        self._check_agreement()
        return self._stream()

    def _check_agreement(self) -> None:
        if self._local and self.target.path is not None:
            check_agreement(self.spark, self.source.name, self._checkpoint, self.target.path)

    def _take_files(self) -> tuple[Status, str]:
        while self._local:
            landed = landed_files(self._folder, self.source.files, self._bounds)
            if landed:
                self._check_agreement()
                self._look_at_changes(landed)
                break
            if self.settings.continuous is None:
                return "nothing landed", f"nothing has landed in {self._folder} yet"
            if self.stop.wait(self.settings.continuous):
                return "stopped", ""
        return self._stream()

    def _look_at_changes(self, landed: dict[Path, int]) -> None:
        taken = taken_files(self._checkpoint)
        if self.source.allow_overwrites and taken:
            facts = take_again(
                self.spark,
                self.source,
                self.settings,
                self.target,
                landed,
                taken,
                self._count_before,
                self.forgotten.now,
            )
            if facts is not None:
                self.sink.count(facts)
            return
        self.changed = tuple(map(str, changed_files(landed, taken)))
        if self.changed:
            _log.warning(
                "files changed after they were taken",
                source=self.source.name,
                files=len(self.changed),
                first=self.changed[0],
            )

    def _stream(self) -> tuple[Status, str]:
        for _ in range(_PLANS):
            try:
                return self._until_end(self._start()), ""
            except StreamingQueryException as error:
                cause = self.sink.error or error
                if not isinstance(cause, FileChanged):
                    raise cause from None
                changing = cause
        raise NotSettled(f"{changing} Nothing of its batch was taken, the next run takes it whole.")

    def _until_end(self, query: StreamingQuery) -> Status:
        while not query.awaitTermination(_POLL_SECONDS):
            if self.stop.is_set():
                query.stop()
                return "stopped"
        return "ok"

    def _start(self) -> StreamingQuery:
        self.sink.planned()
        seconds = self.settings.continuous
        writer = (
            self._opened()
            .writeStream.foreachBatch(self.sink)
            .option("checkpointLocation", self.settings.checkpoint(self.source.name))
            .queryName(f"ingest {self.source.name}")
        )
        if seconds is None:
            query = writer.trigger(availableNow=True).start()
        else:
            query = writer.trigger(processingTime=f"{int(seconds * 1000)} milliseconds").start()
        self.sink.bind(query.id)
        return query

    def _opened(self) -> DataFrame:
        if not self.source.topic:
            return open_stream(self.spark, self.source, self.settings)
        begun = self._local and standing(self._checkpoint) is not None
        # Spark goes by the checkpoint where there is one, and asks for a beginning all the same.
        start = (
            "earliest" if begun else beginning(self.spark, self.source, self.settings, self.target)
        )
        return open_messages(self.spark, self.source, self.settings, start)

    def _count_before(self) -> None:
        if self.rows_before is None:
            self.rows_before = count_rows(self.spark, self.target)

    def _counted(self, result: SourceResult, seconds: float) -> SourceResult:
        total, before = None, self.rows_before
        of_files = self._local and not self.source.topic
        # The result of the work stands, whether its rows can be counted now or not.
        with suppress(Exception):
            total = count_rows(self.spark, self.target) if self.sink.batches or before != 0 else 0
        return replace(
            result,
            files=self.sink.files if of_files else None,
            size=self.sink.size if of_files else None,
            rows=0 if before is None or total is None else total - before,
            total_rows=total,
            batches=self.sink.batches,
            missing=tuple(map(str, self.sink.missing)),
            changed=self.changed,
            seconds=round(seconds, 2),
        )
