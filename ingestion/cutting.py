"""Cuts whole files into records inside Spark; lines are records already and stay in the JVM."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ingestion.csv_records import cut_csv
from ingestion.json_records import cut_json_array
from ingestion.records import Record
from ingestion.sources import Source

_ROWS_PER_BATCH = 2000
_BYTES_PER_BATCH = 8 * 1024 * 1024
_SCHEMA = "raw BINARY, is_rescued BOOLEAN, source_file STRING, file_modified_at TIMESTAMP"

Cut = Callable[[bytes], Iterator[Record]]


def cutter(source: Source) -> Cut:
    """The function that cuts a file of this source's format."""
    if source.format == "csv":
        return cut_csv
    return partial(cut_json_array, records_key=source.records_key or "")


def cut_frame(frame: DataFrame, source: Source) -> DataFrame:
    """(value, source_file, file_modified_at) as (raw, is_rescued, …), a row per record."""
    if source.format == "jsonl":
        return frame.select(
            F.col("value").alias("raw"),
            F.lit(False).alias("is_rescued"),
            "source_file",
            "file_modified_at",
        )
    content = F.col("value").cast("binary").alias("value")
    whole = frame.select(content, "source_file", "file_modified_at")
    cut = whole.mapInArrow(partial(cut_batches, cutter(source)), _SCHEMA)
    # Binary on the way, for Python text could not carry bytes that are no UTF-8.
    return cut.withColumn("raw", F.col("raw").cast("string"))


def cut_batches(cut: Cut, batches: Iterator[Any]) -> Iterator[Any]:
    """Arrow batches of files as Arrow batches of records, of bounded size."""
    for batch in batches:
        content, path, modified = batch.columns
        for row in range(batch.num_rows):
            records = cut(content[row].as_py())
            while chunk := _chunk(records):
                yield pa.RecordBatch.from_arrays(
                    [
                        pa.array([record.raw for record in chunk], pa.binary()),
                        pa.array([record.is_rescued for record in chunk], pa.bool_()),
                        pa.repeat(path[row], len(chunk)),
                        pa.repeat(modified[row], len(chunk)),
                    ],
                    names=["raw", "is_rescued", "source_file", "file_modified_at"],
                )


def _chunk(records: Iterator[Record]) -> list[Record]:
    chunk: list[Record] = []
    size = 0
    for record in islice(records, _ROWS_PER_BATCH):
        chunk.append(record)
        size += len(record.raw)
        if size >= _BYTES_PER_BATCH:
            break
    return chunk
