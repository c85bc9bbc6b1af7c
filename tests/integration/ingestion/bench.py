"""A landing folder to put files into, to ingest, and to read the rows back from."""

import gzip
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from ingestion.run import run_sources
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult

LONG_AGO = 3600.0


@dataclass
class Bench:
    """Puts files into a landing folder, ingests them and reads what landed in bronze."""

    spark: SparkSession
    home: Path
    settings: Settings
    source: Source
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def folder(self) -> Path:
        return Path(self.settings.folder(self.source.name, self.source.path))

    @property
    def checkpoint(self) -> Path:
        return Path(self.settings.checkpoint(self.source.name))

    @property
    def table(self) -> Path:
        return self.home / "external" / self.source.schema / self.source.table_name

    def of(self, **changes: Any) -> "Bench":
        return replace(self, source=replace(self.source, **changes))

    def put(self, name: str, content: bytes, *, age: float = LONG_AGO) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
        return path

    def ingest(self, **changes: Any) -> SourceResult:
        (result,) = self.ingest_all([self.source], **changes)
        return result

    def ingest_all(self, sources: Sequence[Source], **changes: Any) -> tuple[SourceResult, ...]:
        settings = replace(self.settings, **changes)
        return run_sources(self.spark, sources, settings, stop=self.stop)

    def rows(self, columns: str = "raw") -> list[Any]:
        """Sorted rows of the table; single columns bare, ``raw`` as bytes."""
        wanted = columns.replace("raw", "cast(raw as binary) as raw")
        frame = self.spark.sql(f"select {wanted} from delta.`{self.table}`")
        plain = [
            tuple(bytes(v) if isinstance(v, bytearray) else v for v in r) for r in frame.collect()
        ]
        return sorted(row[0] if len(row) == 1 else row for row in plain)


def half_gzip(content: bytes) -> bytes:
    return gzip.compress(content)[:-12]
