"""The bronze row: a record and where, when and how it came. Pure column expressions."""

from datetime import UTC, datetime, timedelta

from pyspark.sql import Column
from pyspark.sql import functions as F

from ingestion.sources import Source

# Delta table columns, in order; the names and meanings are the contract of every bronze table.
BRONZE_COLUMNS = (
    ("raw", "STRING"),
    ("region", "STRING"),
    ("source_file", "STRING"),
    ("file_modified_at", "TIMESTAMP"),
    ("ingested_at", "TIMESTAMP"),
    ("ingest_batch", "STRING"),
    ("line_hash", "STRING"),
    ("rescue_reason", "STRING"),
)

# Beside them in the table of a topic: the message as the broker has it.
KAFKA_COLUMNS = (
    ("kafka_key", "STRING"),
    ("kafka_topic", "STRING"),
    ("kafka_partition", "INT"),
    ("kafka_offset", "BIGINT"),
    ("kafka_timestamp", "TIMESTAMP"),
    ("kafka_headers", "ARRAY<STRUCT<key: STRING, value: STRING>>"),
)


def columns_of(source: Source) -> tuple[tuple[str, str], ...]:
    """The columns of a source's bronze table, in order."""
    return BRONZE_COLUMNS + (KAFKA_COLUMNS if source.topic else ())


def region_of(source: Source, path: Column) -> Column:
    """The region that the file's path or the message's headers name, else the source's own."""
    if source.topic:
        named = F.filter("kafka_headers", lambda header: header["key"] == "region")
        return F.coalesce(F.get(named, F.lit(0))["value"], F.lit(source.region))
    found = F.regexp_extract(path, source.region_pattern, 1)
    return F.coalesce(F.nullif(found, F.lit("")), F.lit(source.region))


def rescue_reason() -> Column:
    """Why the row is no record as declared, or null.

    Decided here, where the bytes are those that landed: a reader of the change data feed gets text
    that is no UTF-8 with its bytes replaced, and could not tell any more.
    """
    return (
        F.when(F.col("raw").isNull(), "no_value")
        .when(F.col("is_rescued"), "unreadable_file")
        .when(~F.is_valid_utf8(F.col("raw")), "invalid_utf8")
    )


def line_hash(raw: Column) -> Column:
    """The first 128 bits of the SHA-256 of a record; a message without a value counts as empty."""
    return F.substring(F.sha2(F.coalesce(raw, F.lit("")).cast("binary"), 256), 1, 32)


def time_of_batch(at: datetime) -> Column:
    """A moment that is the same for every row of a micro-batch.

    Read from text at each row: a literal would stand in the code that Spark makes for the batch,
    and every batch would have code of its own to compile and to warm up.
    """
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    text = str(since // timedelta(microseconds=1))
    of_row = F.concat(F.lit(text), F.left(F.col("source_file"), F.lit(0)))
    return F.timestamp_micros(of_row.cast("bigint"))


def bronze_row(source: Source, *, ingested_at: datetime, ingest_batch: str) -> list[Column]:
    """The bronze columns out of (raw, is_rescued, source_file, file_modified_at).

    ``ingested_at`` carries its zone and is one value for the whole micro-batch. The columns of a
    message come as they are.
    """
    columns = {
        "raw": F.col("raw"),
        "region": region_of(source, F.col("source_file")),
        "source_file": F.col("source_file"),
        "file_modified_at": F.col("file_modified_at"),
        "ingested_at": time_of_batch(ingested_at),
        "ingest_batch": F.lit(ingest_batch),
        "line_hash": line_hash(F.col("raw")),
        "rescue_reason": rescue_reason(),
    }
    return [columns.get(name, F.col(name)).alias(name) for name, _ in columns_of(source)]
