"""Runs from slices and notifications in any order: one row each, exact, in every order the same."""

import json

import pytest

from operations.pipeline import WITHOUT_TESTS
from tests.scenarios.account import WITHOUT_UNIT_TESTS, Account
from tests.scenarios.run_feed import (
    HOMES,
    JOBS,
    REJECTED,
    RUNS,
    WORKSPACES,
    Line,
    rejected_lines,
    shuffled_deliveries,
)

pytestmark = pytest.mark.full

SILVER = (
    "stg_platform__workspaces",
    "int_platform__workspace_regions",
    "stg_platform__jobs",
    "stg_platform__job_runs",
    "stg_platform__job_task_runs",
    "stg_platform__job_webhooks",
    "int_platform__job_run_parts",
    "int_platform__job_runs",
    "int_platform__job_task_runs",
)
HISTORY = ("int_platform__jobs_current", "snap_platform__jobs", "dim_jobs", "fct_run_breaks")
SELECTED = ("--select", *SILVER, *HISTORY, "--indirect-selection", "buildable")
DELIVERIES = 3
# When something landed or was read is no part of what it says.
PROVENANCE = ("source_file", "landed_at", "ingested_at", "last_landed_at")


def land(account: Account, name: str, source: str, lines: list[Line], region: str = "r1") -> None:
    content = b"\n".join(json.dumps(line).encode() for line in lines) + b"\n"
    account.land(source, f"{name}.json", content, region)


@pytest.fixture(scope="module")
def delivered(account: Account) -> Account:
    """Three deliveries, each built; the home of the workspaces is known from the second on."""
    for number, delivery in enumerate(shuffled_deliveries(DELIVERIES)):
        for (source, region), lines in delivery.items():
            land(account, f"runs-{number}", source, lines, region)
        land(account, f"versions-{number}", "jobs", JOBS[number])
        if number == 0:
            for source in REJECTED:
                land(account, "broken", source, list(rejected_lines(source)))
        if number == 1:
            land(account, "homes", "workspaces", HOMES, "r9")
        account.ingest()
        account.dbt("build", *SELECTED, *WITHOUT_TESTS)
    return account


def test_every_order_gives_the_same_exact_runs(delivered: Account) -> None:
    found = delivered.rows(
        """select
            workspace_id, run_id, date_format(started_at, 'MM-dd HH:mm:ss.SS'),
            date_format(ended_at, 'MM-dd HH:mm:ss.SS'), run_seconds, result_state, has_started,
            attempt_count, result_source
        from silver.int_platform__job_runs"""
    )
    expected = [(workspace, run, *row) for workspace in WORKSPACES for run, row in RUNS.items()]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_tasks_are_assembled_as_runs_are(delivered: Account) -> None:
    found = delivered.rows(
        """select
            workspace_id, job_run_id, run_seconds, result_state, region,
            array_join(compute_ids, ',')
        from silver.int_platform__job_task_runs"""
    )
    expected = [
        (workspace, run, row[2], row[3], "r9", "c1,c2")
        for workspace in WORKSPACES
        for run, row in RUNS.items()
        if row[-1] == "timeline"
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_runs_live_where_their_workspace_does_on_all_their_compute(delivered: Account) -> None:
    found = delivered.rows(
        """select distinct region, result_source, array_join(compute_ids, ',')
        from silver.int_platform__job_runs"""
    )
    assert sorted(found) == [("r9", "timeline", "c1,c2"), ("r9", "webhook", "")]


def test_first_notification_holds(delivered: Account) -> None:
    found = delivered.rows(
        """select distinct event_type, date_format(received_at, 'HH:mm:ss')
        from silver.stg_platform__job_webhooks where run_id = 'told'"""
    )
    assert sorted(found) == [("jobs.on_start", "23:59:00"), ("jobs.on_success", "00:09:00")]


def test_broken_lines_have_their_reason(delivered: Account) -> None:
    for source, broken in REJECTED.items():
        assert delivered.reasons(source) == dict.fromkeys(broken, 1), source


def test_run_that_never_ends_is_a_break_of_each_month(delivered: Account) -> None:
    found = delivered.rows(
        """select subject, date_format(usage_date, 'yyyy-MM-dd'), region, detail
        from gold_billing.fct_run_breaks"""
    )
    assert sorted((subject, day) for subject, day, _, _ in found) == [
        (f"job run endless in workspace {workspace}", day)
        for workspace in WORKSPACES
        for day in ("2025-12-01", "2026-01-01")
    ]
    assert {region for _, _, region, _ in found} == {"r9"}
    assert all("deliver its slices" in detail for _, _, _, detail in found)


def test_changed_and_deleted_jobs_have_their_history(delivered: Account) -> None:
    found = delivered.rows(
        """select
            job_id, job_name, is_current, is_deleted, date_format(valid_from_at, 'yyyy-MM-dd')
        from gold_billing.dim_jobs order by job_id, valid_from_at"""
    )
    today = found[-1][-1]
    assert found == [
        ("changed", "first", False, False, "2026-01-02"),
        ("changed", "second", True, False, "2026-01-03"),
        ("gone", "it", False, False, "2026-01-02"),
        ("gone", "it", True, True, today),
    ]
    assert today > "2026-01-04"


def test_point_in_time_finds_one_version(delivered: Account) -> None:
    found = delivered.rows(
        """select moments.at, jobs.job_name
        from (
            select explode(
                sequence(timestamp'2026-01-01', timestamp'2026-01-05', interval 12 hours)
            ) as at
        ) as moments
        left join gold_billing.dim_jobs as jobs
            on
                jobs.job_id = 'changed'
                and moments.at >= jobs.valid_from_at
                and moments.at < jobs.valid_to_at
        order by moments.at"""
    )
    assert [name for _, name in found] == [None] * 2 + ["first"] * 2 + ["second"] * 5


def test_full_refresh_gives_the_same_and_every_test_passes(delivered: Account) -> None:
    before = delivered.contents(without=PROVENANCE)
    delivered.dbt("build", "--full-refresh", *SELECTED, *WITHOUT_UNIT_TESTS)

    after = delivered.contents(without=PROVENANCE)
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
