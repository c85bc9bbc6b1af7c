"""The step that every way into bronze takes: records of files become rows of one batch."""

from datetime import UTC, datetime

from pyspark.sql import DataFrame

from ingestion.deletions import without_forgotten
from ingestion.envelope import bronze_row
from ingestion.sources import Source
from ingestion.tombstones import Tombstones


def rows_of_batch(frame: DataFrame, source: Source, batch: str, forgotten: Tombstones) -> DataFrame:
    """The bronze rows out of (raw, is_rescued, source_file, file_modified_at), to be appended.

    Whoever is to be forgotten is erased, however the record comes.
    """
    columns = bronze_row(source, ingested_at=datetime.now(UTC), ingest_batch=batch)
    return without_forgotten(frame, source, forgotten).select(columns)
