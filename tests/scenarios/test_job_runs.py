"""Runs from slices and notifications in any order: one row each, exact, in every order the same."""

import json

import pytest

from tests.scenarios.account import Account
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
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")
DELIVERIES = 3
# When something landed or was read is no part of what it says.
PROVENANCE = ("source_file", "landed_at", "ingested_at", "last_landed_at")

# Slices: run, start, end, result.
SLICES = [
    ("by_start", "2026-01-05T04:47:00", "2026-01-05T05:47:00", None),
    ("by_start", "2026-01-05T05:47:00", "2026-01-05T06:47:00", None),
    ("by_start", "2026-01-05T06:47:00", "2026-01-05T07:00:30", "SUCCESS"),
    ("by_clock", "2026-01-20T23:47:00.250", "2026-01-21T00:00:00", None),
    ("by_clock", "2026-01-21T00:00:00", "2026-01-21T01:00:00", None),
    ("by_clock", "2026-01-21T01:00:00", "2026-01-21T01:00:01", "TIMEDOUT"),
    # Cut in both alignments: the first slices share their start, and with it their key.
    ("both", "2026-01-18T23:47:00", "2026-01-19T00:47:00", None),
    ("both", "2026-01-19T00:47:00", "2026-01-19T01:10:00", "CANCELED"),
    ("both", "2026-01-18T23:47:00", "2026-01-19T00:00:00", None),
    ("both", "2026-01-19T00:00:00", "2026-01-19T01:00:00", None),
    ("both", "2026-01-19T01:00:00", "2026-01-19T01:10:00", "CANCELED"),
    # Repaired, twice, days later.
    ("repaired", "2026-01-20T10:00:00", "2026-01-20T10:30:00", "FAILED"),
    ("repaired", "2026-01-22T08:00:00", "2026-01-22T08:00:10", "FAILED"),
    ("repaired", "2026-01-25T09:55:00", "2026-01-25T10:00:00", None),
    ("repaired", "2026-01-25T10:00:00", "2026-01-25T10:05:00", "SUCCEEDED"),
    ("going_on", "2026-01-26T10:00:00", "2026-01-26T10:30:00", "FAILED"),
    ("going_on", "2026-01-26T11:00:00", "2026-01-26T12:00:00", None),
    ("never", "2026-01-20T03:00:00", "2026-01-20T03:00:00", "MAXIMUM_CONCURRENT_RUNS_REACHED"),
    # One slice, said three times and not alike: the end and the result hold, whichever came last.
    ("restated", "2026-01-20T05:00:00", "2026-01-20T05:20:00", None),
    ("restated", "2026-01-20T05:00:00", "2026-01-20T05:30:00", None),
    ("restated", "2026-01-20T05:00:00", "2026-01-20T05:30:00", "QUARANTINED_BY_POLICY"),
    ("told_then_cut", "2026-01-20T06:00:00", "2026-01-20T06:15:00", "SKIPPED"),
    # So long that it is a break.
    ("endless", "2025-12-01T00:00:00", "2025-12-01T01:00:00", None),
]
# Notifications: run, event, time of receipt.
NOTIFICATIONS = [
    ("told_then_cut", "jobs.on_start", "2026-01-20T06:00:03"),
    ("told_then_cut", "jobs.on_failure", "2026-01-20T06:15:03"),
    ("told", "jobs.on_start", "2026-01-20T23:59:00"),
    ("told", "jobs.on_start", "2026-01-21T00:01:00"),
    ("told", "jobs.on_success", "2026-01-21T00:09:00"),
    ("told", "jobs.on_success", "2026-01-21T00:09:30"),
    ("begun", "jobs.on_start", "2026-01-20T07:00:00"),
]
# What is known of each run in the end: started, ended, run_seconds, result, has_started, attempts, source.
RUNS: dict[str, tuple[Any, ...]] = {
    "by_start": (
        "2026-01-05 04:47:00",
        "2026-01-05 07:00:30",
        8010,
        "SUCCEEDED",
        True,
        1,
        "timeline",
    ),
    "by_clock": (
        "2026-01-20 23:47:00.25",
        "2026-01-21 01:00:01",
        4380,
        "TIMED_OUT",
        True,
        1,
        "timeline",
    ),
    "both": ("2026-01-18 23:47:00", "2026-01-19 01:10:00", 4980, "CANCELLED", True, 1, "timeline"),
    "repaired": (
        "2026-01-20 10:00:00",
        "2026-01-25 10:05:00",
        2410,
        "SUCCEEDED",
        True,
        3,
        "timeline",
    ),
    "going_on": ("2026-01-26 10:00:00", None, 5400, "FAILED", True, 2, "timeline"),
    "never": ("2026-01-20 03:00:00", "2026-01-20 03:00:00", 0, "SKIPPED", False, 1, "timeline"),
    "restated": (
        "2026-01-20 05:00:00",
        "2026-01-20 05:30:00",
        1800,
        "QUARANTINED_BY_POLICY",
        True,
        1,
        "timeline",
    ),
    "told_then_cut": (
        "2026-01-20 06:00:00",
        "2026-01-20 06:15:00",
        900,
        "SKIPPED",
        True,
        1,
        "timeline",
    ),
    "endless": ("2025-12-01 00:00:00", None, 3600, None, True, 1, "timeline"),
    "told": ("2026-01-20 23:59:00", "2026-01-21 00:09:00", 600, "SUCCEEDED", True, 1, "webhook"),
    "begun": ("2026-01-20 07:00:00", None, None, None, True, 1, "webhook"),
}
# Lines that no staging model takes, by source and reason.
REJECTED: dict[str, dict[str, dict[str, Any]]] = {
    "job_runs": {
        "end_before_start": {"period_end_time": "2026-01-01T00:00:00Z"},
        "missing_key:run_id": {"run_id": None},
        "wrong_type:period_start_time": {"period_start_time": "soon"},
        "future_event_time": {"period_end_time": "2199-01-01T00:00:00Z"},
    },
    "job_task_runs": {
        "end_before_start": {"period_end_time": "2026-01-01T00:00:00Z"},
        "missing_key:task_key": {"task_key": None},
    },
    "job_webhooks": {"missing_key:run.run_id": {"run": {"parent_run_id": "1"}}},
    "jobs": {"missing_key:change_time": {"change_time": None}},
}


def slice_line(
    workspace: str, run: str, start: str, end: str, result: str | None
) -> dict[str, Any]:
    return {
        "account_id": "a1",
        "workspace_id": workspace,
        "job_id": "j1",
        "run_id": run,
        "period_start_time": f"{start}Z",
        "period_end_time": f"{end}Z",
        "compute_ids": ["c1"],
        "result_state": result,
    }


def task_line(workspace: str, run: str, start: str, end: str, result: str | None) -> dict[str, Any]:
    job_run = slice_line(workspace, run, start, end, result)
    return {**job_run, "run_id": f"task of {run}", "job_run_id": run, "task_key": "load"}


def webhook_line(workspace: str, run: str, event: str, at: str) -> dict[str, Any]:
    return {
        "event_type": event,
        "workspace_id": workspace,
        "run": {"run_id": run},
        "job": {"job_id": "j1", "name": "nightly"},
        "received_at": int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000),
    }


def job_line(job: str, name: str, changed: str, deleted: str | None = None) -> dict[str, Any]:
    return {
        "account_id": "a1",
        "workspace_id": "1",
        "job_id": job,
        "name": name,
        "change_time": changed,
        "delete_time": deleted,
        "tags": {"team": "data"},
    }


# Versions of jobs by delivery; the last one is older than what is known by then.
JOBS = [
    [
        job_line("changed", "first", "2026-01-02T00:00:00Z"),
        job_line("gone", "it", "2026-01-02T00:00:00Z"),
    ],
    [
        job_line("changed", "second", "2026-01-03T00:00:00Z"),
        job_line("gone", "it", "2026-01-04T00:00:00Z", "2026-01-04T00:00:00Z"),
    ],
    [
        job_line("changed", "zeroth", "2026-01-01T00:00:00Z"),
        job_line("gone", "it", "2026-01-03T00:00:00Z"),
    ],
]
HOMES = [
    {"account_id": "a1", "workspace_id": workspace, "snapshot_time": "2026-01-01T00:00:00Z"}
    for workspace in WORKSPACES
]


def lines_of(workspace: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in SLICES:
        yield "job_runs", slice_line(workspace, *line)
        yield "job_task_runs", task_line(workspace, *line)
    for notification in NOTIFICATIONS:
        yield "job_webhooks", webhook_line(workspace, *notification)


def shuffled_deliveries() -> list[dict[tuple[str, str], list[dict[str, Any]]]]:
    """Lines by source and region of each delivery: each line once at least, some again, also by another region."""
    deliveries: list[dict[tuple[str, str], list[dict[str, Any]]]] = [
        defaultdict(list) for _ in range(DELIVERIES)
    ]
    for workspace in WORKSPACES:
        rng = random.Random(workspace)
        lines = list(lines_of(workspace))
        again = [line for line in lines if rng.random() < 0.3]
        for source, line in rng.sample(lines, len(lines)) + again:
            region = rng.choice(["r1", "r1", "r2"])
            deliveries[rng.randrange(DELIVERIES)][source, region].append(line)
    return deliveries


def rejected_lines(source: str) -> Iterator[dict[str, Any]]:
    good = {
        "job_runs": slice_line("9", "broken", "2026-01-20T00:00:00", "2026-01-20T00:10:00", None),
        "job_task_runs": task_line(
            "9", "broken", "2026-01-20T00:00:00", "2026-01-20T00:10:00", None
        ),
        "job_webhooks": webhook_line("9", "broken", "jobs.on_start", "2026-01-20T00:00:00"),
        "jobs": job_line("broken", "broken", "2026-01-01T00:00:00Z"),
    }[source]
    for broken in REJECTED[source].values():
        yield {**good, **broken}


def land(
    account: Account, name: str, source: str, lines: list[dict[str, Any]], region: str = "r1"
) -> None:

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
        checks = (
            ("--exclude-resource-type", "unit_test") if number == DELIVERIES - 1 else WITHOUT_TESTS
        )
        account.dbt("build", *SELECTED, *checks)
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


def test_run_that_never_ends_is_a_break(delivered: Account) -> None:
    found = delivered.rows("select subject, region, detail from gold_billing.fct_run_breaks")
    assert sorted(subject for subject, _, _ in found) == [
        f"job run endless in workspace {workspace}" for workspace in WORKSPACES
    ]
    assert {region for _, region, _ in found} == {"r9"}
    assert all("deliver its slices" in detail for _, _, detail in found)


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
    delivered.dbt("build", "--full-refresh", *SELECTED, "--exclude-resource-type", "unit_test")

    after = delivered.contents(without=PROVENANCE)
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
