"""What a user does with an account, in a few verbs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingestion.run import run_sources
from ingestion.settings import Settings
from ingestion.sources import load_sources
from ingestion.stream import SourceResult
from operations.dbt import PROJECT, DbtOutcome, Execute, in_a_process, run_dbt
from operations.domains import left_out
from operations.facts import Cursor, SourceRows, modelled_sources, source_rows
from operations.metrics import FOLDER as METRICS
from tests.lakehouse_fixtures import Lakehouse

# The pipeline's notes on its own commits: a run without news still sees those of the last one.
WATCHING = {"silver.int_platform__layer_commits", "gold_operational.ops_freshness_hourly"}
# The other domains have scenarios of their own.
PLATFORM = left_out(("commerce", "orders"))
# No data change what unit tests of dbt say: scenarios of whole domains run them.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# Any batch goes the way of a large one.
JUDGED_ONCE = ("--vars", "{judge_once_rows: 0}")
BUILT_SCHEMAS = (
    "silver", "gold_billing", "gold_operational", "snapshots", "seeds", "ledger",
    "learning",
)  # fmt: skip


def metric_sql(saved_query: str) -> str:
    """What MetricFlow asks for a saved query of metrics, to stand in brackets."""
    return (METRICS / f"{saved_query}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Landing files of one account, and the tables made of them."""

    lakehouse: Lakehouse
    home: Path
    target: Path
    # What dbt finds in its environment beside the connection.
    environment: dict[str, str] = field(default_factory=dict)
    # How a client reaches the broker of its topics.
    kafka: dict[str, str] = field(default_factory=dict)
    execute: Execute = in_a_process

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    def land(self, source: str, name: str, content: bytes, region: str = "r1") -> Path:
        """Puts a file where a producer would."""
        folder = self.landing / "platform" / source / f"region={region}" / "date=2026-01-01"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(content)
        return path

    def ingest(self, folders: Mapping[str, str] | None = None) -> dict[str, SourceResult]:
        """Takes in all sources, or only those that `folders` names."""
        spark = self.lakehouse.spark
        self.landing.mkdir(exist_ok=True)
        settings = Settings(
            landing=str(self.landing),
            checkpoints=str(self.home / "checkpoints"),
            tables=self.lakehouse.root / "external",
            folders=folders or {},
            settle_seconds=0,
            kafka=self.kafka,
        )
        results = run_sources(spark, load_sources(PROJECT / "models"), settings)
        failed = [result for result in results if result.status == "failed"]
        assert not failed, failed
        return {result.source: result for result in results}

    def dbt(self, *arguments: str) -> DbtOutcome:
        """A dbt command through the adapter; raises where dbt fails."""
        return run_dbt(
            arguments,
            warehouse=self.lakehouse.connection.dbt_environment() | self.environment,
            target=self.target,
            log=self.home / "dbt.log",
            execute=self.execute,
        )

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        with closing(self.lakehouse.connection.connect()) as connection:
            yield connection.cursor()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.cursor() as cursor:
            cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()]

    def on_duty(self) -> dict[str, list[dict[str, Any]]]:
        """What each query of the person on duty answers, by its name without `on_duty__`."""
        self.dbt("compile", "--select", "path:resources/dashboards/on_duty")
        manifest = json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))
        queries = {
            node["name"].partition("__")[2]: node["compiled_code"]
            for node in manifest["nodes"].values()
            if node["name"].startswith("on_duty__")
        }
        as_json = "select to_json(struct(*), map('ignoreNullFields', 'false')) from"
        return {
            name: [json.loads(text) for (text,) in self.rows(f"{as_json} ({sql})")]
            for name, sql in queries.items()
        }

    def layers(self, *names: str) -> dict[str, SourceRows]:
        """Rows per layer of the account's own sources, or of those named."""
        sources = [
            source
            for source in modelled_sources(self.target / "manifest.json")
            if source.name in names or (not names and source.name.startswith("platform."))
        ]
        with self.cursor() as cursor:
            return {row.name: row for row in source_rows(cursor, sources)}

    def reasons(self, source: str, domain: str = "platform") -> dict[str, int]:
        """Rows in the quarantine by reason."""
        found = self.rows(
            f"""select quarantine_reason, sum(copies) from silver.quarantine
            where source = '{domain}.{source}' group by all"""
        )
        return {reason: int(copies) for reason, copies in found}

    def tables(self) -> list[str]:
        """Every table of silver, gold and snapshots, without views."""
        found = self.rows(
            """select concat(table_schema, '.', table_name) from system.information_schema.tables
            where table_type <> 'VIEW'"""
        )
        return sorted(name for (name,) in found if name.split(".")[0] in BUILT_SCHEMAS)

    def versions(self) -> dict[str, int]:
        """The Delta version of every table."""
        return {
            table: self.rows(f"describe history {table} limit 1")[0][0] for table in self.tables()
        }

    def contents(
        self, without: tuple[str, ...] = (), among: tuple[str, ...] = ()
    ) -> dict[str, list[str]]:
        """Every row of every table, or of those `among`, as JSON, sorted; `without` columns."""
        return {table: self._content(table, without) for table in among or self.tables()}

    def _content(self, table: str, without: tuple[str, ...]) -> list[str]:
        columns = [
            name
            for name, kind, *_ in self.rows(f"describe table {table}")
            if name not in without and kind and not name.startswith("#")
        ]
        listed = ", ".join(dict.fromkeys(columns))
        return sorted(
            text for (text,) in self.rows(f"select to_json(struct({listed})) from {table}")
        )
