"""Layers are lost; whoever follows docs/disaster-recovery.md has equal tables again.

How long it took is written to LAKELEDGER_DRILL_RESULTS, if that names a file.
"""

import os
import shutil
import time
from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operations.dbt import seeds_of
from operations.pipeline import WITHOUT_TESTS
from operations.simulator.settings import PRESETS, Options
from tests.drills.runbook import blocks, run_block
from tests.lakehouse_fixtures import Lakehouse
from tests.scenarios.account import PLATFORM, WATCHING, Account
from tests.scenarios.test_simulated_account import MADE_AT, Simulated
from tests.workers import Worker
from warehouse.run_state import RunState

PAGE = "../disaster-recovery"
TABLES, CHECKPOINTS, CATALOG = range(3)
MADE_AGAIN = ("silver", "gold_billing", "gold_operational")
# The pipeline's notes on its own commits and runs, and what counts them: they begin anew.
OF_THE_PIPELINE = WATCHING | {"gold_operational.ops_quality_scores"}
# Lines that were rejected are so once more, in a batch of their own, where files come again.
OF_REJECTED = {
    "silver.quarantine",
    "silver.int_platform__drift_daily",
    "silver.int_platform__landed_daily",
    "gold_operational.ops_drift",
}
REJECTED = """select distinct source, source_file, line_hash, quarantine_reason
    from silver.quarantine"""
# When lines were last taken in: they were, once more.
OF_TAKING = {"silver.int_platform__source_watermarks"}
# What people decided, and the page's daily copy of it.
DECIDE = "lakeledger quarantine dismiss --source audit_logs --by carol --why 'delivered again'"
BACKUP = """create table backup.quarantine_decisions as
    select * from silver.quarantine_decisions"""
OPTIONS = Options(
    start=datetime(2026, 1, 9, 18, tzinfo=UTC),
    seed=7,
    hours=4,
    events_per_hour=500,
    usage_per_hour=40,
    metrics_step=10,
    file_rows=40,
    faults=replace(PRESETS["demo"], late_files=0.15),
)
Contents = dict[str, list[str]]


@dataclass
class Disaster:
    """An account that is whole, and what its tables held before anything was lost."""

    account: Account
    before: Contents
    rows: int
    measured: dict[str, float] = field(default_factory=dict)

    def recover(self, what: str, block: int, **variables: str) -> None:
        """Follows a block of the page, and notes how long that took."""
        began = time.monotonic()
        models = f"path:models/silver path:models/gold {' '.join(PLATFORM)}"
        self.says(blocks(PAGE)[block], MODELS=models, **variables)
        self.measured[what] = time.monotonic() - began

    def says(self, commands: str, **variables: str) -> str:
        """What commands say that end well."""
        environment = {
            "LAKELEDGER_HOME": str(self.account.home),
            "LAKELEDGER_CACHE": os.environ.get("LAKELEDGER_CACHE", ""),
            "DBT_TARGET_PATH": str(self.account.target),
        }
        ended = run_block(commands, environment, **variables)
        assert ended.code == 0, ended.output
        return ended.output

    def assert_equal_again(self, but: Set[str] = frozenset()) -> None:
        """Every row of every table of silver and gold is as it was."""
        after = contents(self.account)
        assert after.keys() == self.before.keys()
        compared = self.before.keys() - OF_THE_PIPELINE - but
        differing = {table for table in compared if after[table] != self.before[table]}
        assert not differing, {
            table: (set(self.before[table]) ^ set(after[table])).pop()[:500]
            for table in sorted(differing)
            if set(self.before[table]) != set(after[table])
        } or differing


def contents(account: Account) -> Contents:
    among = [table for table in account.tables() if table.split(".")[0] in MADE_AGAIN]
    return account.contents(without=MADE_AT, among=tuple(among))


def rows_of_bronze(account: Account) -> int:
    tables = [
        f"{schema}.{table}" for schema, table, _ in account.rows("show tables in bronze_platform")
    ]
    return sum(int(account.rows(f"select count(*) from {table}")[0][0]) for table in tables)


@pytest.fixture(scope="module")
def disaster(lakehouse: Lakehouse, dbt_worker: Worker) -> Iterator[Disaster]:
    """All is delivered, built and checked against the simulator's own bill."""
    home = lakehouse.root
    account = Account(lakehouse=lakehouse, home=home, target=home / "target", execute=dbt_worker)
    run = Simulated(account, OPTIONS)
    state = RunState(home)
    with state.owned():
        state.write(lakehouse.connection)
        run.deliver("on-time")
        run.deliver("late")
        account.environment.update(seeds_of(home))
        account.ingest()
        began = time.monotonic()
        account.dbt("build", *PLATFORM, *WITHOUT_TESTS)
        built = time.monotonic() - began
        run.assert_bill_is_right()
        measured = {"for comparison: the first build": built}
        disaster = Disaster(account, {}, rows_of_bronze(account), measured)
        disaster.says(DECIDE)
        account.rows("create schema if not exists backup")
        account.rows(BACKUP)
        disaster.before = contents(account)
        assert sum(map(len, disaster.before.values())) > 1000
        assert disaster.before["silver.quarantine_decisions"]
        yield disaster
        note(disaster)


def note(disaster: Disaster) -> None:
    """The rows of the table in the page, and what they were measured on."""
    if file := os.environ.get("LAKELEDGER_DRILL_RESULTS"):
        lines = [f"rows of bronze: {disaster.rows:,}"]
        lines += [f"| {what} | {seconds:.0f} s |" for what, seconds in disaster.measured.items()]
        Path(file).write_text("\n".join([*lines, ""]), encoding="utf-8")


def test_silver_and_gold_are_lost(disaster: Disaster) -> None:
    for schema in MADE_AGAIN:
        disaster.account.lakehouse.spark.sql(f"drop schema {schema} cascade")
    disaster.recover("silver and gold", TABLES, DECISIONS="backup.quarantine_decisions")
    disaster.assert_equal_again()


def test_the_catalog_is_lost(disaster: Disaster) -> None:
    """No name leads to a table any more; the folders are as they were."""
    lakehouse = disaster.account.lakehouse
    folders, aside = lakehouse.root / "lakehouse", lakehouse.root / "aside"
    folders.rename(aside)
    folders.mkdir()
    for (schema,) in disaster.account.rows("show schemas"):
        if schema != "default":
            lakehouse.spark.sql(f"drop schema {schema} cascade")
    shutil.rmtree(folders)
    aside.rename(folders)
    assert disaster.account.tables() == []
    disaster.recover("the catalog", CATALOG, LAKEHOUSE=str(folders))
    disaster.assert_equal_again()


def test_all_checkpoints_are_lost(disaster: Disaster) -> None:
    """Half of the folder is gone; bronze has every line once more afterwards, silver has not.

    Last, for the quarantine has rejected lines once more, too.
    """
    lines = "select count(*) from bronze_platform.audit_logs"
    ((before,),) = disaster.account.rows(lines)
    rejected = set(disaster.account.rows(REJECTED))
    checkpoints = disaster.account.home / "checkpoints"
    # Beside them lie locks, which are files.
    for source in sorted(path for path in checkpoints.iterdir() if path.is_dir())[::2]:
        shutil.rmtree(source)
    disaster.recover("all checkpoints", CHECKPOINTS, CHECKPOINTS=str(checkpoints))
    assert disaster.account.rows(lines) == [(2 * before,)]
    assert set(disaster.account.rows(REJECTED)) == rejected
    disaster.assert_equal_again(but=OF_REJECTED | OF_TAKING)
