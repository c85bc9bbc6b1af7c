"""Runs of jobs as producers deliver them, and what is known of them in the end."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Line = dict[str, Any]
# Lines of one delivery by source and region.
Delivery = dict[tuple[str, str], list[Line]]

# Each workspace gets the same runs, in an order of its own.
WORKSPACES = [str(number) for number in range(1, 7)]
PERIOD = ("2026-01-20T00:00:00", "2026-01-20T00:10:00")

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
    ("restated", "2026-01-20T05:00:00", "2026-01-20T05:30:00", "NEW_WORD"),
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
# What is known of each run in the end: start, end, seconds, result, has_started, attempts, source.
RUNS: dict[str, tuple[Any, ...]] = {
    "by_start": ("01-05 04:47:00.00", "01-05 07:00:30.00", 8010, "SUCCEEDED", True, 1, "timeline"),
    "by_clock": ("01-20 23:47:00.25", "01-21 01:00:01.00", 4380, "TIMED_OUT", True, 1, "timeline"),
    "both": ("01-18 23:47:00.00", "01-19 01:10:00.00", 4980, "CANCELLED", True, 1, "timeline"),
    "repaired": ("01-20 10:00:00.00", "01-25 10:05:00.00", 2410, "SUCCEEDED", True, 3, "timeline"),
    "going_on": ("01-26 10:00:00.00", None, 5400, "FAILED", True, 2, "timeline"),
    "never": ("01-20 03:00:00.00", "01-20 03:00:00.00", 0, "SKIPPED", False, 1, "timeline"),
    "restated": ("01-20 05:00:00.00", "01-20 05:30:00.00", 1800, "NEW_WORD", True, 1, "timeline"),
    "told_then_cut": (
        "01-20 06:00:00.00",
        "01-20 06:15:00.00",
        900,
        "SKIPPED",
        True,
        1,
        "timeline",
    ),
    "endless": ("12-01 00:00:00.00", None, 3600, None, True, 1, "timeline"),
    "told": ("01-20 23:59:00.00", "01-21 00:09:00.00", 600, "SUCCEEDED", True, 1, "webhook"),
    "begun": ("01-20 07:00:00.00", None, None, None, True, 1, "webhook"),
}
# Lines that no staging model takes, by source and reason.
REJECTED: dict[str, dict[str, Line]] = {
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


def slice_line(workspace: str, run: str, start: str, end: str, result: str | None) -> Line:
    """A slice of a run of a job."""
    return {
        "account_id": "a1",
        "workspace_id": workspace,
        "job_id": "j1",
        "run_id": run,
        "period_start_time": f"{start}Z",
        "period_end_time": f"{end}Z",
        "compute_ids": ["c2", "c1"],
        "result_state": result,
    }


def task_line(workspace: str, run: str, start: str, end: str, result: str | None) -> Line:
    """A slice of the only task of a run, cut as the run is."""
    return {
        **slice_line(workspace, run, start, end, result),
        "run_id": f"task of {run}",
        "job_run_id": run,
        "task_key": "load",
        "compute_ids": None,
        "compute": [{"type": "SQL", "warehouse_id": "c2"}, {"type": "CLASSIC", "cluster_id": "c1"}],
    }


def webhook_line(workspace: str, run: str, event: str, at: str) -> Line:
    """A notification of a run of a job."""
    return {
        "event_type": event,
        "workspace_id": workspace,
        "run": {"run_id": run},
        "job": {"job_id": "j1", "name": "nightly"},
        "received_at": int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000),
    }


def job_line(job: str, name: str, changed: str, deleted: str | None = None) -> Line:
    """A version of a job."""
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


def lines_of(workspace: str) -> Iterator[tuple[str, Line]]:
    """Every line of a workspace with its source."""
    for line in SLICES:
        yield "job_runs", slice_line(workspace, *line)
        yield "job_task_runs", task_line(workspace, *line)
    for notification in NOTIFICATIONS:
        yield "job_webhooks", webhook_line(workspace, *notification)


def shuffled_deliveries(count: int) -> list[Delivery]:
    """Lines by source and region: each once at least, some again, also by another region."""
    deliveries: list[Delivery] = [defaultdict(list) for _ in range(count)]
    for workspace in WORKSPACES:
        rng = random.Random(workspace)
        lines = list(lines_of(workspace))
        again = [line for line in lines if rng.random() < 0.3]
        for source, line in rng.sample(lines, len(lines)) + again:
            region = rng.choice(["r1", "r1", "r2"])
            deliveries[rng.randrange(count)][source, region].append(line)
    return deliveries


def rejected_lines(source: str) -> Iterator[Line]:
    """One line for each reason that the source has here."""
    good: dict[str, Line] = {
        "job_runs": slice_line("9", "broken", *PERIOD, None),
        "job_task_runs": task_line("9", "broken", *PERIOD, None),
        "job_webhooks": webhook_line("9", "broken", "jobs.on_start", "2026-01-20T00:00:00"),
        "jobs": job_line("broken", "broken", "2026-01-01T00:00:00Z"),
    }
    for broken in REJECTED[source].values():
        yield {**good[source], **broken}
