"""The only module that writes tables: makes the bronze table and appends micro-batches to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame, DataFrameWriter, SparkSession

from ingestion.envelope import BRONZE_COLUMNS, columns_of
from ingestion.settings import Settings
from ingestion.sources import Source
from warehouse.provenance import SETTING

_PROPERTIES = {
    "delta.enableChangeDataFeed": "true",
    # What a person's deletion has replaced is gone for good within its deadline of seven days.
    "delta.deletedFileRetentionDuration": "interval 3 days",
}
_STATISTICS = "delta.dataSkippingStatsColumns"
# Without `raw`: its minimum and maximum are of no use, and hold what people wrote.
_WITH_STATISTICS = (
    *("source_file", "file_modified_at", "ingested_at", "ingest_batch"),
    *("kafka_partition", "kafka_offset"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bronze table: by path (local) or by three-level name (Databricks).

    ``user_metadata`` is what its commits say of who made them.
    """

    name: str
    path: Path | None = None
    user_metadata: str = ""
    columns: Sequence[tuple[str, str]] = BRONZE_COLUMNS

    @property
    def identifier(self) -> str:
        """The table as SQL names it."""
        if self.path is not None:
            return f"delta.{quoted(str(self.path))}"
        return ".".join(map(quoted, self.parts))

    @property
    def parts(self) -> tuple[str, ...]:
        """Catalog (where there is one), schema and table; only a catalog's name may hold dots."""
        return tuple(self.name.rsplit(".", 2))

    @property
    def has_log(self) -> bool:
        """Whether a table by path has been made."""
        return self.path is not None and any(self.path.glob("_delta_log/*.json"))


def quoted(name: str) -> str:
    """A name in back-ticks, as SQL takes it whatever it holds."""
    return "`" + name.replace("`", "``") + "`"


def target_of(source: Source, settings: Settings) -> Target:
    """Where the rows of ``source`` go."""
    said, columns = settings.user_metadata, columns_of(source)
    if settings.tables is not None:
        path = settings.tables / source.schema / source.table_name
        return Target(name=source.table, path=path, user_metadata=said, columns=columns)
    name = f"{settings.catalog}.{source.table}"
    return Target(name=name, user_metadata=said, columns=columns)


def create_statement(target: Target) -> str:
    """The SQL that makes the empty bronze table unless it is there."""
    columns = ", ".join(f"{name} {kind}" for name, kind in target.columns)
    watched = ",".join(name for name, _ in target.columns if name in _WITH_STATISTICS)
    listed = _PROPERTIES | {_STATISTICS: watched}
    properties = ", ".join(f"'{key}' = '{value}'" for key, value in listed.items())
    return (
        f"CREATE TABLE IF NOT EXISTS {target.identifier} ({columns}) USING DELTA "
        f"PARTITIONED BY (region) TBLPROPERTIES ({properties})"
    )


def ensure_table(spark: SparkSession, target: Target) -> bool:
    """Makes the table with its change data feed; True if it was not there before."""
    if target.has_log:
        return False
    ensure_schema(spark, target)
    spark.sql(create_statement(target))
    return target.path is not None


def ensure_schema(spark: SparkSession, target: Target) -> None:
    """Makes the schema of a table by name unless it is there."""
    if target.path is None:
        catalog, schema, _ = target.parts
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(catalog)}.{quoted(schema)}")


def count_rows(spark: SparkSession, target: Target) -> int:
    """Rows of the table, from its log."""
    return int(spark.sql(f"SELECT count(*) FROM {target.identifier}").collect()[0][0])


def newest_version(spark: SparkSession, target: Target) -> int:
    """The Delta version of the table."""
    return int(spark.sql(f"DESCRIBE HISTORY {target.identifier} LIMIT 1").collect()[0]["version"])


def transaction_of(source_name: str, ledger_id: str) -> str:
    """The name under which the batches of a checkpoint, or another ledger, are numbered."""
    return f"{source_name}:{ledger_id}"


def append(frame: DataFrame, target: Target, *, transaction: str, version: int) -> None:
    """Appends in one commit; a (transaction, version) that was committed before adds nothing."""
    writer = (
        frame.write.format("delta")
        .mode("append")
        .option("txnAppId", transaction)
        .option("txnVersion", str(version))
        # Two fifths smaller than the default for raw JSON, at the same speed.
        .option("compression", "zstd")
    )
    save(writer, target)


def save(writer: DataFrameWriter, target: Target) -> None:
    """Ends a write at the target, by path or by name."""
    if target.user_metadata:
        writer = writer.option("userMetadata", target.user_metadata)
    if target.path is not None:
        writer.save(str(target.path))
    else:
        writer.saveAsTable(target.identifier)


@contextmanager
def commits_told(spark: SparkSession, user_metadata: str) -> Iterator[None]:
    """Meanwhile the commits of statements say who made them, as those of writers do.

    Serverless compute takes no such setting; there, only the making of a table goes without.
    """
    with suppress(Exception):
        spark.conf.set(SETTING, user_metadata)
    try:
        yield
    finally:
        with suppress(Exception):
            spark.conf.unset(SETTING)
