"""A simulated account from landing to bill: duplicates, corrections, broken lines, late files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.bill_check import check_bill
from operations.simulator.commands import Targets, deliver_run, prepare
from operations.simulator.settings import PRESETS, Options
from tests.scenarios.account import Account

SOURCES = ("billing_usage", "audit_logs", "list_prices")
# When a figure was made is no part of the figure.
MADE_AT = ("as_of", "valid_from_at", "valid_to_at", "read_at", "version_key")


@dataclass(frozen=True, slots=True)
class Simulated:
    """An account whose producers are simulated."""

    account: Account
    options: Options

    def deliver(self, what: str) -> None:
        targets = Targets(landing=self.account.landing, expected=self.account.home / "bill.json")
        prepare(targets)
        deliver_run(self.options, what, targets, lambda *_: None)

    def expected(self) -> Mapping[str, Any]:
        """What the simulator says is right for what it has delivered so far."""
        document = json.loads((self.account.home / "bill.json").read_text())
        return dict(document["states"][document["state"]])

    def assert_bill_is_right(self) -> None:
        with self.account.cursor() as cursor:
            verdict = check_bill(cursor, self.account.home / "bill.json")
        assert verdict.lines > 20
        assert verdict.actual_total == verdict.expected_total > 0

    def assert_rows_are_right(self) -> None:
        layers = self.account.layers()
        for source in SOURCES:
            expected, actual = self.expected()["sources"][source], layers[f"platform.{source}"]
            assert actual.bronze == expected["lines"], source
            assert actual.silver == expected["distinct_records"], source
            assert actual.duplicates == expected["duplicate_lines"], source
            assert self.account.reasons(source) == expected["malformed_by_reason"], source
        # A later manifest of a sector takes the earlier one's place.
        assert layers["platform.delivery_manifests"].silver == len(self.expected()["sectors"])


@pytest.fixture(scope="module")
def simulated(account: Account) -> Simulated:
    options = Options(
        start=datetime(2026, 1, 9, 18, tzinfo=UTC),
        seed=7,
        hours=9,
        events_per_hour=150,
        usage_per_hour=40,
        file_rows=40,
        faults=PRESETS["demo"],
    )
    run = Simulated(account, options)
    run.deliver("on-time")
    account.ingest()
    account.dbt("build")
    return run


def test_first_run_is_right_and_says_what_is_late(simulated: Simulated) -> None:
    simulated.assert_bill_is_right()
    simulated.assert_rows_are_right()
    partial = simulated.account.rows(
        "select count_if(is_partial), count(*) from gold_operational.ops_completeness_hourly"
    )
    assert 0 < partial[0][0] < partial[0][1]


def test_late_files_move_bill_and_completeness(simulated: Simulated) -> None:
    simulated.deliver("late")
    simulated.account.ingest()
    simulated.account.dbt("build")

    simulated.assert_bill_is_right()
    simulated.assert_rows_are_right()
    incomplete = simulated.account.rows(
        """select * from gold_operational.ops_completeness_hourly
        where is_partial or not is_time_sector_complete or completeness_pct <> 100"""
    )
    assert incomplete == []
    still_partial = simulated.account.rows(
        "select count(*) from gold_operational.ops_audit_activity_hourly where is_partial"
    )
    assert still_partial == [(0,)]


def test_run_with_nothing_new_writes_nothing(simulated: Simulated) -> None:
    rebuilt_whole = {"silver.int_platform__spark_applications", "silver.int_platform__spark_jobs"}
    before = simulated.account.versions()
    results = simulated.account.ingest()
    simulated.account.dbt("run")

    after = simulated.account.versions()
    assert sum(result.rows for result in results.values()) == 0
    assert {table for table in before if before[table] != after[table]} <= rebuilt_whole


def test_full_refresh_equals_the_increments(simulated: Simulated) -> None:
    before = simulated.account.contents(without=MADE_AT)
    simulated.account.dbt("run", "--full-refresh")

    after = simulated.account.contents(without=MADE_AT)
    assert sum(map(len, before.values())) > 1000
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table


def test_dbt_commands_pass(simulated: Simulated) -> None:
    freshness = simulated.account.dbt("source", "freshness")
    simulated.account.dbt("snapshot")
    simulated.account.dbt("docs", "generate")

    assert freshness is not None
    catalog = json.loads((simulated.account.target / "catalog.json").read_text())
    manifest = json.loads((simulated.account.target / "manifest.json").read_text())
    models = {name for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert models <= catalog["nodes"].keys()
