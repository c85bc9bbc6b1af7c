"""The tables of running totals: made, and brought up to date by one merge for each batch."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from ingestion.writer import Target, count_rows, quoted
from operations.streams.errors import StreamsFailed
from operations.streams.running_totals import CATEGORY, CUSTOMER
from operations.streams.settings import Settings

_MONEY = "DECIMAL(38,2)"
CUSTOMER_TOTALS, CATEGORY_TOTALS = "customer_totals", "category_totals"
_PROPERTIES = {
    # A merge marks the rows that it replaces instead of writing their whole files again.
    "delta.enableDeletionVectors": "true",
    "delta.autoOptimize.autoCompact": "true",
    # Each total is replaced many times a day: what was before is of no use to anyone.
    "delta.deletedFileRetentionDuration": "interval 1 day",
    "delta.logRetentionDuration": "interval 1 day",
}


@dataclass(frozen=True, slots=True)
class TotalsTable:
    """A table of totals of one kind; ``key`` is its first column."""

    kind: str
    key: str
    target: Target


def totals_tables(settings: Settings) -> tuple[TotalsTable, TotalsTable]:
    """live.customer_totals and live.category_totals."""
    counted = (("order_count", "BIGINT"), ("revenue", _MONEY))
    last, updated = ("last_order_at", "TIMESTAMP"), ("updated_at", "TIMESTAMP")
    return (
        _table(settings, CUSTOMER, "user_id", CUSTOMER_TOTALS, (*counted, last, updated)),
        _table(settings, CATEGORY, "category", CATEGORY_TOTALS, (*counted, updated)),
    )


def ensure_tables(
    spark: SparkSession, tables: Sequence[TotalsTable], has_checkpoint: bool, folder: object
) -> None:
    """Makes the tables.

    Raises:
        StreamsFailed: if tables and checkpoint are not of the same age: totals would be wrong.
    """
    for table in tables:
        path = table.target.path
        # Empty, it was made by a process that ended before its first micro-batch.
        if not has_checkpoint and table.target.has_log and count_rows(spark, table.target):
            raise StreamsFailed(
                f"{table.target.name} has totals, and their checkpoint {folder} is gone: what they"
                " have counted is not known any more. To count anew what the topic still holds,"
                f" delete {path}."
            )
        if has_checkpoint and not table.target.has_log:
            raise StreamsFailed(
                f"{table.target.name} is gone, and its checkpoint {folder} is not. To count anew"
                f" what the topic still holds, delete {folder}."
            )
    for table in tables:
        spark.sql(_create(table.target))


def merge(batch: DataFrame, table: TotalsTable) -> None:
    """Puts the newest totals of a batch in place of older ones; once more changes nothing."""
    columns = [name for name, _ in table.target.columns]
    values = {
        table.key: "entity",
        "last_order_at": "timestamp_micros(last_order_at)",
        "updated_at": "current_timestamp()",
    }
    spark = batch.sparkSession
    changed = batch.where(f"kind = '{table.kind}'").selectExpr(
        *(f"{values.get(name, name)} as {name}" for name in columns)
    )
    view = f"changed_{table.kind}_totals"
    changed.createOrReplaceTempView(view)
    spark.sql(
        f"MERGE INTO {table.target.identifier} AS known USING {quoted(view)} AS changed"
        f" ON known.{table.key} = changed.{table.key}"
        " WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )


def _table(
    settings: Settings, kind: str, key: str, name: str, columns: Sequence[tuple[str, str]]
) -> TotalsTable:
    target = Target(
        name=f"live.{name}",
        path=settings.tables / "live" / name,
        columns=((key, "STRING"), *columns),
    )
    return TotalsTable(kind, key, target)


def _create(target: Target) -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in target.columns)
    properties = ", ".join(f"'{key}' = '{value}'" for key, value in _PROPERTIES.items())
    return (
        f"CREATE TABLE IF NOT EXISTS {target.identifier} ({columns}) USING DELTA"
        f" TBLPROPERTIES ({properties})"
    )
