"""Rewrites the tables of an account. Every step can be repeated; the order survives a kill.

Rows of silver go before bronze changes: while bronze still holds the person the work is known not
to be done, and what bronze changes comes to silver anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ingestion.envelope import line_hash
from ingestion.sources import Source
from ingestion.tombstones import Tombstones
from ingestion.writer import Target
from operations.forget.policy import Project
from operations.forget.tables import (
    Found,
    delete_rows,
    delta_table,
    erase_rows,
    erased_raw,
)

_DECISIONS = "silver.quarantine_decisions"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The tables, and what is known of them."""

    spark: SparkSession
    tables: Mapping[str, Target]
    sources: Sequence[Source]
    project: Project
    forgotten: Tombstones

    def rewrite(self, found: Found, *, first: bool) -> None:
        """Silver, then whatever no model makes again, then bronze.

        Rows go only while bronze holds the person, too: then they come again. What a first build
        after that has not replaced gets the pseudonym in place.
        """
        bronze = {source.table: source for source in self.sources if source.table in found.tables}
        for name in sorted(found.tables - bronze.keys()):
            way = self.project.way(name)
            if way == "delete" and bronze:
                delete_rows(self.spark, self.tables[name], self.forgotten)
            elif way != "rebuild" or not first:
                erase_rows(self.spark, self.tables[name], self.forgotten)
        for name, source in bronze.items():
            self._follow_decisions(source)
            self._erase_bronze(self.tables[name], source)

    def _erase_bronze(self, target: Target, source: Source) -> None:
        raw = erased_raw(source, self.forgotten)
        table = delta_table(self.spark, target)
        rows = table.toDF()
        touched = ~raw.eqNullSafe(F.col("raw"))
        if source.allow_overwrites:
            # The newest delivery of a file holds, whole: all of it has to come anew together.
            files = [
                row[0] for row in rows.where(touched).select("source_file").distinct().collect()
            ]
            touched = F.col("source_file").isin(files)
        table.update(touched, {"raw": raw, "line_hash": line_hash(raw)})

    def _follow_decisions(self, source: Source) -> None:
        """Decisions on rejected rows name them by their hash, which is about to change."""
        decisions = self.tables.get(_DECISIONS)
        if decisions is None:
            return
        raw = erased_raw(source, self.forgotten)
        moved = (
            delta_table(self.spark, self.tables[source.table])
            .toDF()
            .select("source_file", "ingest_batch", "line_hash", line_hash(raw).alias("new_hash"))
            .where("line_hash <> new_hash")
            .distinct()
        )
        delta_table(self.spark, decisions).alias("kept").merge(
            moved.alias("moved"),
            f"kept.source like '%.{source.name}' and kept.source_file = moved.source_file"
            " and kept.ingest_batch = moved.ingest_batch and kept.line_hash = moved.line_hash",
        ).whenMatchedUpdate(set={"line_hash": "moved.new_hash"}).execute()


def purge(spark: SparkSession, target: Target, *, now: bool) -> None:
    """Deletes files of old versions: all of them `now`, else those beyond the table's retention.

    Where deletes only mark rows, the marked ones are in the newest files: those are written anew.
    """
    if "deletionVectors" in delta_table(spark, target).detail().collect()[0]["tableFeatures"]:
        spark.sql(f"REORG TABLE {target.identifier} APPLY (PURGE)")
    check = "spark.databricks.delta.retentionDurationCheck.enabled"
    if not now:
        spark.sql(f"VACUUM {target.identifier}")
        return
    before = spark.conf.get(check, "true")
    spark.conf.set(check, "false")
    try:
        spark.sql(f"VACUUM {target.identifier} RETAIN 0 HOURS")
    finally:
        spark.conf.set(check, before)
