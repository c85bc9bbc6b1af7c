"""The table of deletion requests, beside the platform log, as ingestion reads it.

A request that has been made is applied to every line from then on, whoever delivers it again and
under whatever name. A table that cannot be read fails the source: somebody would come back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ingestion.erasing import erase_record
from ingestion.records import encoded
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import Tombstone, Tombstones
from ingestion.writer import Target

SCHEMA, TABLE = "operations", "deletion_requests"
NOBODY = Tombstones(())


def requests_target(settings: Settings) -> Target:
    """The table beside the bronze tables of these settings."""
    name = f"{SCHEMA}.{TABLE}"
    if settings.tables is not None:
        path = settings.tables / SCHEMA / TABLE
        return Target(name=name, path=path, user_metadata=settings.user_metadata)
    return Target(name=f"{settings.catalog}.{name}", user_metadata=settings.user_metadata)


@dataclass(slots=True)
class Forgotten:
    """The tombstones of an account, read again when a request has been made."""

    spark: SparkSession
    target: Target
    _version: str = ""
    _known: Tombstones = field(default_factory=lambda: NOBODY)

    def now(self) -> Tombstones:
        """All tombstones there are by now; none where nobody has asked yet."""
        version = self._newest()
        if version is None:
            return NOBODY
        if not version or version != self._version:
            self._known, self._version = self._read(), version
        return self._known

    def _newest(self) -> str | None:
        """Which state the table has; None where there is no table, empty where it is not known."""
        if self.target.path is not None:
            log = self.target.path / "_delta_log"
            return max((file.name for file in log.glob("*.json")), default=None)
        return "" if self.spark.catalog.tableExists(self.target.name) else None

    def _read(self) -> Tombstones:
        rows = self.spark.sql(
            f"SELECT pseudonym, salt, digests, lengths FROM {self.target.identifier}"
            " ORDER BY requested_at, request_id"
        ).collect()
        return Tombstones(
            tuple(
                Tombstone(
                    pseudonym=row.pseudonym,
                    salt=bytes.fromhex(row.salt),
                    digests=frozenset(row.digests),
                    lengths=frozenset(row.lengths),
                )
                for row in rows
            )
        )


def without_forgotten(frame: DataFrame, source: Source, forgotten: Tombstones) -> DataFrame:
    """A frame with the column raw, of which every forgotten person is erased."""
    if not forgotten:
        return frame
    # Binary on the way, for Python text could not carry bytes that are no UTF-8.
    whole = frame.withColumn("raw", F.col("raw").cast("binary"))
    erased = whole.mapInArrow(partial(erase_batches, source, forgotten), whole.schema)
    return erased.withColumn("raw", F.col("raw").cast("string"))


def erase_batches(source: Source, forgotten: Tombstones, batches: Iterator[Any]) -> Iterator[Any]:
    """Arrow batches with the column raw erased; a batch without a hit as it is."""
    for batch in batches:
        raw = batch.column("raw").to_pylist()
        erased = [erase_bytes(line, source, forgotten) for line in raw]
        if any(new is not old for new, old in zip(erased, raw, strict=True)):
            at = batch.schema.get_field_index("raw")
            batch = batch.set_column(at, "raw", pa.array(erased, pa.binary()))
        yield batch


def erase_bytes(line: bytes | None, source: Source, forgotten: Tombstones) -> bytes | None:
    """The bytes of a record erased; the very same object where nothing is hit."""
    if line is None or not forgotten.may_hold(line):
        return line
    # A mark within a record is part of it: only files lose theirs.
    text = line.decode("utf-8", "surrogateescape")
    erased = erase_record(text, source, forgotten)
    return line if erased == text else encoded(erased)
