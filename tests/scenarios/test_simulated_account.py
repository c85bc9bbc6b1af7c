"""A simulated account from landing to bill: duplicates, corrections, broken lines, late files."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from operations.bill_check import check_bill, check_parts
from operations.dbt import PROJECT, seeds_of
from operations.exporter.parts import parts
from operations.pipeline import WITHOUT_TESTS
from operations.simulator.commands import Targets, deliver_run, prepare
from operations.simulator.settings import PRESETS, Options
from tests.scenarios.account import JUDGED_ONCE, PLATFORM, WATCHING, Account, metric_sql

# Snapshots take the place of earlier ones; a later manifest of a sector does, too.
NEWEST_ONLY = ("delivery_manifests",)
# A source that never worked.
FAILURE = """insert into operations.platform_logs
    (logged_at, component, run_id, subject, status, message)
    values (current_timestamp(), 'ingest', 'r', 'made-up', 'failed', 'the disk is full')"""
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
            parts = check_parts(cursor, verdict.actual_total)
        assert verdict.lines > 20
        assert verdict.actual_total == verdict.expected_total > 0
        assert len(parts) >= 8

    def assert_rows_are_right(self) -> None:
        layers = self.account.layers()
        for source, expected in self.expected()["sources"].items():
            actual = layers[f"platform.{source}"]
            assert actual.bronze == expected["lines"], source
            assert self.account.reasons(source) == expected["malformed_by_reason"], source
            if source not in NEWEST_ONLY:
                assert actual.silver == expected["distinct_records"], source
                assert actual.duplicates == expected["duplicate_lines"], source
        assert layers["platform.delivery_manifests"].silver == len(self.expected()["sectors"])


@pytest.fixture(scope="module")
def simulated(account: Account) -> Simulated:
    options = Options(
        start=datetime(2026, 1, 9, 18, tzinfo=UTC),
        seed=7,
        hours=9,
        events_per_hour=150,
        usage_per_hour=40,
        metrics_step=10,
        file_rows=40,
        faults=replace(PRESETS["demo"], late_files=0.15),
    )
    run = Simulated(account, options)
    run.deliver("on-time")
    account.environment.update(seeds_of(account.home))
    account.ingest()
    account.dbt("build", *PLATFORM, *WITHOUT_TESTS)
    return run


def test_first_run_is_right_and_says_what_is_late(simulated: Simulated) -> None:
    simulated.assert_rows_are_right()
    partial = simulated.account.rows(
        "select count_if(is_partial), count(*) from gold_operational.ops_completeness_hourly"
    )
    assert 0 < partial[0][0] < partial[0][1]


def test_first_bill_holds_incomplete_hours_back_by_name(simulated: Simulated) -> None:
    everything = simulated.expected()["total"]
    billed, cost = simulated.account.rows(
        "select sum(record_count), sum(list_cost) from gold_billing.fct_usage_daily"
    )[0]
    held_back = simulated.account.rows(
        """select count(*) from silver.int_platform__usage_records
        left anti join silver.int_platform__complete_usage_records using (record_key)"""
    )[0][0]
    assert held_back > 0
    assert billed + held_back == everything["records"]
    assert 0 < cost < Decimal(everything["list_cost"])
    breaks = simulated.account.rows(
        "select count(*) from gold_billing.fct_sector_breaks where break_type = 'incomplete_sector'"
    )
    assert breaks[0][0] > 0


def test_the_exporter_has_figures_of_every_part(
    simulated: Simulated, connect: Callable[..., Any]
) -> None:
    account = simulated.account
    found = parts(connect, account.landing, account.home / "checkpoints")
    read = {
        part: {(one.name, *one.labels): one.value for one in ask()} for part, ask in found.items()
    }
    # Nobody has asked to be forgotten.
    assert [part for part in read if not read[part]] == ["deletion"]
    rejected = sum(account.reasons("audit_logs").values())
    assert read["quarantine"]["quarantine_rows", "platform.audit_logs"] == rejected > 0
    assert read["freshness"]["freshness_slo_seconds", "bronze"] == 60
    assert read["close"].keys() >= {("close_unclosed_periods",), ("close_blocking_breaks",)}
    waiting = [value for key, value in read["landing"].items() if key[0] == "files_outstanding"]
    assert waiting
    assert not any(waiting)


def test_the_person_on_duty_sees_what_waits_and_what_fails(simulated: Simulated) -> None:
    """Also while two domains are silent: their tables are not there."""
    built = simulated.account.on_duty()
    assert len(built) == len(list((PROJECT / "resources/dashboards/on_duty").glob("*.sql")))
    tables = {row["table_name"]: row for row in built["table_freshness"]}
    assert "gold_billing.fct_usage_daily" in tables
    assert {row["domain"] for row in tables.values() if row["layer"] == "gold"} == {"platform"}
    assert [name for name, row in tables.items() if row["waiting_for"]] == []
    steps = {(row["component"], row["step"]): row for row in built["pipeline_status"]}
    assert steps["dbt", "dbt build"]["status"] == steps["ingest", "audit_logs"]["status"] == "ok"
    days = built["daily_summary"]
    assert sum(day["rejected_rows"] for day in days) == sum(
        sum(simulated.account.reasons(source).values())
        for source in simulated.expected()["sources"]
    )
    assert sum(day["rows_landed"] for day in days) > 1000

    simulated.deliver("late")
    simulated.account.ingest()
    simulated.account.rows(FAILURE)
    waiting = simulated.account.on_duty()
    tables = {row["table_name"]: row for row in waiting["table_freshness"]}
    usage = tables["silver.stg_platform__billing_usage"]
    assert usage["waiting_for"] == "bronze_platform.billing_usage"
    assert usage["waiting_seconds"] >= 0
    failing = waiting["pipeline_status"][0]
    assert (failing["step"], failing["severity"]) == ("made-up", "CRITICAL")
    alerts = {row["subject"]: row for row in waiting["critical_alerts"]}
    assert alerts["made-up"]["detail"] == "the disk is full"
    assert waiting["daily_summary"][0]["severity"] == "HIGH"


def test_late_files_move_bill_and_completeness(simulated: Simulated) -> None:
    simulated.account.dbt("build", *PLATFORM, *JUDGED_ONCE)

    simulated.assert_bill_is_right()
    simulated.assert_rows_are_right()
    incomplete = simulated.account.rows(
        """select * from gold_operational.ops_completeness_hourly
        where source_name in ('billing_usage', 'audit_logs')
            and (is_partial or not is_time_sector_complete or completeness_pct <> 100)"""
    )
    assert incomplete == []
    still_partial = simulated.account.rows(
        "select count(*) from gold_operational.ops_audit_activity_hourly where is_partial"
    )
    assert still_partial == [(0,)]


def test_metrics_of_the_bill_equal_the_simulators(simulated: Simulated) -> None:
    """As MetricFlow asks them."""
    expected = simulated.expected()["total"]
    billed, at_list, least, most = simulated.account.rows(
        f"""select sum(billed_cost), sum(list_cost), min(discount_share), max(discount_share)
        from ({metric_sql("bill_by_month")})"""
    )[0]
    assert (billed, at_list) == (Decimal(expected["billed_cost"]), Decimal(expected["list_cost"]))
    assert 0 <= least < most < 1


def test_runs_are_exact(simulated: Simulated) -> None:
    expected = {
        (run["workspace_id"], run["run_id"]): (
            run["run_seconds"],
            run["result_state"],
            run["attempts"],
        )
        for run in simulated.expected()["job_runs"]
    }
    found = simulated.account.rows(
        """select workspace_id, run_id, run_seconds, result_state, attempt_count
        from silver.int_platform__job_runs where result_source = 'timeline'"""
    )
    actual = {(row[0], row[1]): (row[2], row[3], row[4]) for row in found}
    assert len(expected) > 20
    assert {key: actual.get(key) for key in expected} == expected


def test_run_with_nothing_new_writes_nothing(simulated: Simulated) -> None:
    before = simulated.account.versions()
    results = simulated.account.ingest()
    simulated.account.dbt("run", *PLATFORM)

    after = simulated.account.versions()
    assert sum(result.rows for result in results.values()) == 0
    assert {table for table in before if before[table] != after[table]} <= WATCHING


def test_full_refresh_equals_the_increments(simulated: Simulated) -> None:
    before = simulated.account.contents(without=MADE_AT)
    simulated.account.dbt("run", "--full-refresh", *PLATFORM)

    after = simulated.account.contents(without=MADE_AT)
    assert sum(map(len, before.values())) > 1000
    assert before.keys() == after.keys()
    for table in before.keys() - WATCHING:
        assert before[table] == after[table], table


def test_dbt_commands_pass(simulated: Simulated) -> None:
    freshness = simulated.account.dbt("source", "freshness")
    simulated.account.dbt("snapshot", *PLATFORM)
    simulated.account.dbt("docs", "generate")

    assert freshness is not None
    catalog = json.loads((simulated.account.target / "catalog.json").read_text())
    manifest = json.loads((simulated.account.target / "manifest.json").read_text())
    # The site describes domains of which nothing has landed, too; no table is looked for there.
    models = {
        name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and not {"commerce", "orders"} & set(node["tags"])
    }
    assert models <= catalog["nodes"].keys()
