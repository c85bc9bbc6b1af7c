"""The Delta tables of an account, asked and changed by digests: no identifier in any statement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

import pyarrow as pa
from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ingestion.deletions import erase_bytes
from ingestion.erasing import erase_text
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import PSEUDONYM, Tombstones, tokens
from ingestion.writer import Target

# Names of files are no data of theirs: who finds a person there has to rename the file.
_NOT_SEARCHED = ("source_file",)
_TABLES_PER_QUESTION = 16
_COUNTED = "name STRING, pseudonym STRING, is_erased BOOLEAN, rows BIGINT"


@dataclass(frozen=True, slots=True)
class Found:
    """Rows per table and pseudonym: that hold the person, and that have the pseudonym instead."""

    held: Mapping[tuple[str, str], int] = field(default_factory=dict)
    erased: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def tables(self) -> frozenset[str]:
        """Tables that hold somebody."""
        return frozenset(name for name, _ in self.held)

    def of(self, pseudonym: str) -> frozenset[str]:
        """Tables that hold a person, or hold the pseudonym."""
        return frozenset(name for name, who in (*self.held, *self.erased) if who == pseudonym)


def account_tables(spark: SparkSession, settings: Settings) -> dict[str, Target]:
    """Every Delta table of the account by `schema.table`: all of the home, or of the catalog."""
    if settings.tables is None:
        rows = spark.sql(
            f"""SELECT table_schema, table_name FROM `{settings.catalog}`.information_schema.tables
            WHERE data_source_format = 'DELTA' AND table_type IN ('MANAGED', 'EXTERNAL')"""
        ).collect()
        names = sorted(f"{schema}.{table}" for schema, table in rows)
        return {name: Target(name=f"{settings.catalog}.{name}") for name in names}
    home = settings.tables.parent
    folders = [
        *settings.tables.glob("*/*/_delta_log"),
        *(home / "lakehouse").glob("*.db/*/_delta_log"),
    ]
    found = {}
    for folder in sorted(log.parent for log in folders):
        name = f"{folder.parent.name.removesuffix('.db')}.{folder.name}"
        found[name] = Target(name=name, path=folder)
    return found


def delta_table(spark: SparkSession, target: Target) -> Any:
    """Delta's own handle of a table."""
    if target.path is not None:
        return DeltaTable.forPath(spark, str(target.path))
    return DeltaTable.forName(spark, target.name)


def text_columns(schema: T.StructType) -> tuple[str, ...]:
    """Columns that text is in, at any depth."""
    return tuple(
        column.name
        for column in schema.fields
        if _has_text(column.dataType) and column.name not in _NOT_SEARCHED
    )


def _has_text(kind: T.DataType) -> bool:
    if isinstance(kind, T.StructType):
        return any(_has_text(column.dataType) for column in kind.fields)
    if isinstance(kind, T.ArrayType):
        return _has_text(kind.elementType)
    if isinstance(kind, T.MapType):
        return _has_text(kind.keyType) or _has_text(kind.valueType)
    return isinstance(kind, T.StringType)


def _text(columns: Sequence[str]) -> Column:
    """All text of a row as bytes, whatever is in it."""
    return F.to_json(F.struct(*(F.col(f"`{name}`") for name in columns))).cast("binary")


def find(spark: SparkSession, tables: Mapping[str, Target], forgotten: Tombstones) -> Found:
    """Who is in which table, and whose pseudonym; a few questions for all tables."""
    frames = []
    for name, target in tables.items():
        frame = spark.sql(f"SELECT * FROM {target.identifier}")
        if columns := text_columns(frame.schema):
            frames.append(frame.select(F.lit(name).alias("name"), _text(columns).alias("text")))
    held: dict[tuple[str, str], int] = {}
    erased: dict[tuple[str, str], int] = {}
    for start in range(0, len(frames), _TABLES_PER_QUESTION):
        for row in _counted(frames[start : start + _TABLES_PER_QUESTION], forgotten):
            counts = erased if row.is_erased else held
            key = (row["name"], row.pseudonym)
            counts[key] = counts.get(key, 0) + int(row["rows"])
    return Found(held, erased)


def _counted(frames: Sequence[DataFrame], forgotten: Tombstones) -> Sequence[Any]:
    together = reduce(DataFrame.unionAll, frames)
    # Counted once per task by mapInArrow; what comes here is small.
    return list(together.mapInArrow(partial(_count, forgotten), _COUNTED).collect())


def _count(forgotten: Tombstones, batches: Iterator[Any]) -> Iterator[Any]:
    counts: dict[tuple[str, str, bool], int] = {}
    for batch in batches:
        names, texts = batch.columns
        for name, line in zip(names.to_pylist(), texts.to_pylist(), strict=True):
            for pseudonym, is_erased in _persons(line, forgotten):
                key = (name, pseudonym, is_erased)
                counts[key] = counts.get(key, 0) + 1
    if counts:
        rows = [(*key, count) for key, count in counts.items()]
        columns = ("name", "pseudonym", "is_erased", "rows")
        yield pa.RecordBatch.from_pylist(
            [dict(zip(columns, row, strict=True)) for row in rows],
            schema=pa.schema(
                [
                    ("name", pa.string()),
                    ("pseudonym", pa.string()),
                    ("is_erased", pa.bool_()),
                    ("rows", pa.int64()),
                ]
            ),
        )


def _persons(line: bytes | None, forgotten: Tombstones) -> set[tuple[str, bool]]:
    found: set[tuple[str, bool]] = set()
    if line is None:
        return found
    has_erased = PSEUDONYM.encode() in line
    if not has_erased and not forgotten.may_hold(line):
        return found
    text = line.decode("utf-8", "surrogateescape")
    found |= {(pseudonym, False) for _, pseudonym in forgotten.hits(text)}
    if has_erased:
        ours = {tombstone.pseudonym for tombstone in forgotten.all}
        found |= {(token.name, True) for token in tokens(text) if token.name in ours}
    return found


def _holds(forgotten: Tombstones, columns: Sequence[str]) -> Column:
    def holds_somebody(line: bytes | None) -> bool:
        persons = _persons(None if line is None else bytes(line), forgotten)
        return any(not is_erased for _, is_erased in persons)

    return F.udf(holds_somebody, "boolean", useArrow=False)(_text(columns))


def delete_rows(spark: SparkSession, target: Target, forgotten: Tombstones) -> None:
    """Deletes the rows that hold somebody."""
    table = delta_table(spark, target)
    table.delete(_holds(forgotten, text_columns(table.toDF().schema)))


def erase_rows(spark: SparkSession, target: Target, forgotten: Tombstones) -> None:
    """Puts pseudonyms into the rows that hold somebody, at any depth of any column."""
    table = delta_table(spark, target)
    schema = table.toDF().schema
    columns = text_columns(schema)
    erase = partial(_erased_value, forgotten)
    # By Arrow, which keeps the order of the entries of a map.
    changed = {
        f"`{name}`": F.udf(erase, schema[name].dataType, useArrow=True)(F.col(f"`{name}`"))
        for name in columns
    }
    table.update(_holds(forgotten, columns), changed)


def _erased_value(forgotten: Tombstones, value: Any) -> Any:
    if isinstance(value, str):
        return erase_text(value, forgotten)
    if isinstance(value, dict):
        return {
            _erased_value(forgotten, key): _erased_value(forgotten, inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        # A Row is a tuple: its fields by their place.
        inner = [_erased_value(forgotten, item) for item in value]
        return inner if isinstance(value, list) else tuple(inner)
    return value


def erased_raw(source: Source, forgotten: Tombstones) -> Column:
    """The column raw of a bronze table as ingestion would write it."""

    def erase(line: bytes | None) -> bytes | None:
        return erase_bytes(None if line is None else bytes(line), source, forgotten)

    return F.udf(erase, "binary", useArrow=False)(F.col("raw").cast("binary")).cast("string")
