"""Every Spark and JVM setting of the embedded lakehouse, each with its reason."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Profile = Literal["interactive", "lasting", "bulk", "streams"]
Catalog = Literal["derby", "memory"]

# The same for all profiles: what Databricks does, or what one machine needs.
COMMON = MappingProxyType({
    "spark.master": "local[*]",
    # Delta is the table format, as on Databricks, also where a statement names none.
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.sources.default": "delta",
    # A bad cast fails the query and a timestamp without a zone means UTC.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # Nothing listens beyond this machine, and nothing listens that nobody asked for.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # The ports that Spark opens for itself answer only to who knows a secret of this start.
    "spark.authenticate": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Remembered for a web page that is not served: keep the memory for work.
    "spark.ui.retainedJobs": "50",
    "spark.ui.retainedStages": "50",
    "spark.ui.retainedTasks": "1000",
    "spark.sql.ui.retainedExecutions": "20",
    # The log of a local table fits one partition; 50 tasks per look at it would be the default.
    "spark.databricks.delta.snapshotPartitions": "1",
    # The catalog keeps a copy of each table's columns, or SHOW TABLE EXTENDED, and with it the
    # docs site, would show tables without any.
    "spark.databricks.delta.catalog.update.enabled": "true",
    # Listing a folder starts as many tasks as this says, 10,000 by default.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    # A result that does not fit in the driver fails with a sentence instead of ending the JVM.
    "spark.driver.maxResultSize": "1g",
    # What the adapter asks to learn which SQL it may send: at least 12.2 for INSERT BY NAME, below
    # 16.1, from where it sends COMMENT ON COLUMN and DESCRIBE .. AS JSON.
    "spark.databricks.clusterUsageTags.sparkVersion": "15.4.x-scala2.12",
    # The JVM's own rules of upper and lower case: those of ICU take a second to be made ready.
    "spark.sql.icu.caseMappings.enabled": "false",
    # Of lines and their hashes each is another: a dictionary of them is begun in vain, and the
    # least and the greatest of them say nothing, except what somebody wrote.
    **{
        f"spark.hadoop.parquet.{habit}#{column}": "false"
        for habit in ("enable.dictionary", "column.statistics.enabled", "size.statistics.enabled")
        for column in ("raw", "line_hash")
    },
    # What a client runs is no business of a log of deprecations.
    "spark.sql.debug.maxToStringFields": "50",
})  # fmt: skip

# Hundreds of small statements: time goes into planning and compiling, hardly into rows.
INTERACTIVE = MappingProxyType({
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    # Re-planning between stages costs more than small stages take.
    "spark.sql.adaptive.enabled": "false",
    # Compiling Java for each plan costs more than running the plan once.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
})  # fmt: skip

# Few long statements over many rows: compile, adapt, use every core.
BULK = MappingProxyType({
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
    # Rows of few partitions go to a file each as they come; sorting them first costs more.
    "spark.sql.maxConcurrentOutputFileWriters": "4",
})  # fmt: skip

# Queries beside each other: each has a share of the cores at any time, however long the tasks of
# another take. With more tasks than cores one that comes begins at once.
STREAMS = MappingProxyType({
    **BULK,
    "spark.master": f"local[{2 * (os.cpu_count() or 1)}]",
    "spark.scheduler.mode": "FAIR",
})  # fmt: skip

# A local file system without a forked chmod for every file that is written.
BARE_FILES = MappingProxyType({
    "spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem",
})  # fmt: skip

_SETTINGS: Mapping[Profile, Mapping[str, str]] = {"bulk": BULK, "streams": STREAMS}
_JVM_COMMON = (
    "-Duser.timezone=UTC",
    "-Dfile.encoding=UTF-8",
    "-Djava.net.preferIPv4Stack=true",
    # Room for compiled code: a small one that runs full makes statements fail at random.
    "-XX:ReservedCodeCacheSize=256m",
    "-XX:+UseCodeCacheFlushing",
    # Warnings of the JVM about itself would end up on the terminal.
    "-XX:-PrintWarnings",
)
_BULK_JVM = ("-XX:+UseParallelGC",)
_JVM = MappingProxyType({
    # The quick compiler only: the thorough one pays off after minutes, as "lasting" has them.
    "interactive": ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
    "lasting": ("-XX:+UseSerialGC",),
    "bulk": _BULK_JVM,
    "streams": _BULK_JVM,
})  # fmt: skip


def spark_settings(root: Path, catalog: Catalog, profile: Profile) -> dict[str, str]:
    """The settings of a session over the state directory ``root``."""
    settings = {
        **COMMON,
        **_SETTINGS.get(profile, INTERACTIVE),
        **BARE_FILES,
        "spark.sql.warehouse.dir": str(root / "lakehouse"),
        "spark.local.dir": str(root / "run" / "spark"),
        "spark.sql.catalogImplementation": "hive" if catalog == "derby" else "in-memory",
    }
    if catalog == "derby":
        settings |= {
            "spark.hadoop.javax.jdo.option.ConnectionURL": (
                f"jdbc:derby:;databaseName={root / 'metastore'};create=true"
            ),
            "spark.hadoop.datanucleus.schema.autoCreateTables": "true",
            "spark.hadoop.hive.metastore.schema.verification": "false",
            # A table that is replaced by one with other columns: Delta's log holds the truth, the
            # catalog only a copy, and refusing the copy costs a failed call and a second one.
            "spark.hadoop.hive.metastore.disallow.incompatible.col.type.changes": "false",
            # Counting files and rows for a planner that reads Delta's own figures.
            "spark.hadoop.hive.stats.autogather": "false",
            # By default a catalog whose disk is full keeps each statement waiting for ten minutes.
            "spark.hadoop.hive.hmshandler.retry.attempts": "1",
        }
    return settings


def jvm_options(root: Path, profile: Profile, log_name: str) -> tuple[str, ...]:
    """The options of the JVM, without its class archive and memory."""
    logs = root / "logs"
    return (
        *_JVM_COMMON,
        *_JVM[profile],
        f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()}",
        f"-Dlakeledger.log={logs / log_name}",
        f"-Dderby.stream.error.file={logs / 'derby.log'}",
        f"-Djava.io.tmpdir={root / 'run' / 'spark'}",
    )
