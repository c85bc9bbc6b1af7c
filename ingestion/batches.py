"""What happens to each micro-batch: its files are inspected, its rows completed and appended."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from pyspark.sql import DataFrame

from ingestion.checkpoint import batch_files
from ingestion.deletions import NOBODY
from ingestion.errors import SourceFailed
from ingestion.inspection import BatchFacts, inspect_batch
from ingestion.landing import TEMPORARY_NAMES
from ingestion.rows import rows_of_batch
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import Tombstones
from ingestion.writer import Target, append, transaction_of

_log = structlog.get_logger("ingestion")
_BIND_SECONDS = 60


class BatchSink:
    """Writes the micro-batches of one source and counts files, bytes and missing files.

    ``error`` keeps what went wrong in Python, for the stream reports it as text only.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        target: Target,
        before_write: Callable[[], None] = lambda: None,
        forgotten: Callable[[], Tombstones] = lambda: NOBODY,
    ) -> None:
        self._source, self._settings, self._target = source, settings, target
        self._before_write, self._forgotten = before_write, forgotten
        self._bound = threading.Event()
        self._checkpoint_id = ""
        self._planned_at = 0.0
        self.files = self.size = self.batches = 0
        self.missing: list[Path] = []
        self.error: Exception | None = None

    def planned(self) -> None:
        """To be called before the stream starts."""
        self._planned_at, self.error = time.time(), None
        self._bound.clear()

    def bind(self, checkpoint_id: str) -> None:
        """Gives the id of the checkpoint, which is known once the stream has started."""
        self._checkpoint_id = checkpoint_id
        self._bound.set()

    def __call__(self, frame: DataFrame, batch_id: int) -> None:
        """Writes one micro-batch in one commit; the function for ``foreachBatch``."""
        try:
            self._write(frame, batch_id)
        except Exception as error:
            self.error = error
            raise

    def _write(self, frame: DataFrame, batch_id: int) -> None:
        if not self._bound.wait(_BIND_SECONDS):
            raise SourceFailed(f"The stream of {self._source.name} did not start in time.")
        started = time.monotonic()
        facts = self._facts(batch_id)
        self._before_write()
        batch = f"{self._checkpoint_id}:{batch_id}"
        rows = rows_of_batch(frame, self._source, batch, self._forgotten())
        transaction = transaction_of(self._source.name, self._checkpoint_id)
        append(rows, self._target, transaction=transaction, version=batch_id)
        self.count(facts)
        _log.info(
            "batch written",
            source=self._source.name,
            batch=batch_id,
            files=facts.files if facts else None,
            bytes=facts.size if facts else None,
            seconds=round(time.monotonic() - started, 2),
        )

    def count(self, facts: BatchFacts | None) -> None:
        """Adds what a batch read, and says which listed files were gone."""
        self.batches += 1
        if facts is None:
            return
        self.files += facts.files
        self.size += facts.size
        self.missing += facts.missing
        for path in facts.missing:
            _log.warning("file gone before it was read", source=self._source.name, file=str(path))

    def _facts(self, batch_id: int) -> BatchFacts | None:
        """The files that the batch reads; None for messages, and where Auto Loader alone knows."""
        if self._source.topic or self._settings.platform == "databricks":
            return None
        listed = batch_files(Path(self._settings.checkpoint(self._source.name)), batch_id)
        return inspect_batch(
            [file for file in listed if not TEMPORARY_NAMES.search(str(file.path))],
            settle_seconds=self._settings.settle_seconds,
            planned_at=self._planned_at,
            bounds=Path(self._settings.bounds(self._source.name)).resolve(),
        )
