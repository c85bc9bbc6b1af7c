"""Runs and their tasks as delivered, put together again by code of its own."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing_reader import good_records, lines, verdict

from operations.simulator.timeline import CLOCK_HOURS_FROM, delivered_with, slices

HOUR = timedelta(hours=1)
API_WORDS = {"SUCCESS": "SUCCEEDED", "CANCELED": "CANCELLED", "TIMEDOUT": "TIMED_OUT"}
Slices = dict[tuple[str, str], list[dict[str, Any]]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def by_run(rows: list[dict[str, Any]]) -> Slices:
    runs: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["period_start_time"]):
        runs[row["workspace_id"], row["run_id"]].append(row)
    return dict(runs)


@pytest.fixture(scope="module")
def runs(delivered: Any) -> Slices:
    return by_run(good_records(delivered.landing, "job_runs"))


@pytest.fixture(scope="module")
def tasks(delivered: Any) -> Slices:
    return by_run(good_records(delivered.landing, "job_task_runs"))


moments = st.datetimes(datetime(2026, 1, 17), datetime(2026, 1, 21), timezones=st.just(UTC))


@given(moments, st.timedeltas(timedelta(0), timedelta(hours=9)))
def test_slices_partition_a_span_exactly(started, length):
    cut = list(slices(started, started + length))
    assert cut[0][0] == started
    assert cut[-1][1] == started + length
    assert all(a[1] == b[0] for a, b in pairwise(cut))
    assert all(begin < end <= begin + HOUR for begin, end in cut) or length == timedelta(0)


@given(moments, st.timedeltas(timedelta(hours=1), timedelta(hours=9)))
def test_slices_end_on_clock_hours_or_whole_hours_after_the_start(started, length):
    for _, end in list(slices(started, started + length))[:-1]:
        if started >= CLOCK_HOURS_FROM:
            assert (end.minute, end.second, end.microsecond) == (0, 0, 0)
        else:
            assert (end - started) % HOUR == timedelta(0)


def test_the_slices_of_the_reference():
    old, new = datetime(2026, 1, 18, 4, 47, tzinfo=UTC), datetime(2026, 1, 20, 4, 47, tzinfo=UTC)
    assert next(slices(old, old + 3 * HOUR))[1] == old + HOUR
    assert [end.hour for _, end in slices(new, new + 3 * HOUR)] == [5, 6, 7, 7]
    assert delivered_with(new, new.replace(hour=5, minute=0)).hour == 4


def test_both_alignments_are_delivered(runs):
    inner = [row for rows in runs.values() for row in rows if row["result_state"] is None]
    ends = {row["period_end_time"][14:19] == "00:00" for row in inner}
    assert ends == {True, False}
    for row in inner:
        if at(row["period_start_time"]) >= CLOCK_HOURS_FROM + HOUR * 10:
            assert row["period_end_time"][14:] == "00:00.000+00:00"


def attempts_of(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Slices that follow each other without a gap."""
    attempts = [[rows[0]]]
    for before, after in pairwise(rows):
        if after["period_start_time"] == before["period_end_time"]:
            attempts[-1].append(after)
        else:
            attempts.append([after])
    return attempts


def test_only_the_last_slice_of_an_attempt_knows_how_it_ended(runs):
    for rows in runs.values():
        for attempt in attempts_of(rows):
            for row in attempt[:-1]:
                assert row["result_state"] is None
                assert row["termination_code"] is None


def test_the_cases_of_runs_occur(runs):
    ended = {row["result_state"] for rows in runs.values() for row in rows} - {None}
    assert {"SUCCEEDED", "SUCCESS", "FAILED", "SKIPPED"} <= ended
    assert any(len(attempt) > 3 for rows in runs.values() for attempt in attempts_of(rows))
    never_started = [r for rows in runs.values() for r in rows if r["result_state"] == "SKIPPED"]
    assert all(r["period_start_time"] == r["period_end_time"] for r in never_started)
    repaired = [rows for rows in runs.values() if len(attempts_of(rows)) > 1]
    assert repaired
    for rows in repaired:
        first, second = attempts_of(rows)
        assert first[-1]["result_state"] == "FAILED"
        assert second[-1]["result_state"] in ("SUCCEEDED", "SUCCESS", None)
    types = {row["run_type"] for rows in runs.values() for row in rows}
    assert types == {"JOB_RUN", "SUBMIT_RUN", "WORKFLOW_RUN"}
    assert len({row["trigger_type"] for rows in runs.values() for row in rows}) > 2


@pytest.mark.parametrize("state", ["on-time", "all"])
def test_expected_runs_are_those_of_the_files(delivered, runs, state):
    expected = {
        (run["workspace_id"], run["run_id"]): run
        for run in delivered.bill["states"][state]["job_runs"]
    }
    assert expected
    for key, run in expected.items():
        rows = runs[key]
        seconds = sum(
            (at(row["period_end_time"]) - at(row["period_start_time"]) for row in rows),
            timedelta(0),
        )
        assert seconds == timedelta(seconds=run["run_seconds"])
        assert run["attempts"] == len(attempts_of(rows))
        assert run["attempts"] == sum(row["result_state"] is not None for row in rows)
        last = rows[-1]["result_state"]
        assert API_WORDS.get(last, last) == run["result_state"]
        assert at(run["started"]) == at(rows[0]["period_start_time"])
        assert at(run["ended"]) == at(rows[-1]["period_end_time"])
    if state == "all":
        finished = {key for key, rows in runs.items() if rows[-1]["result_state"] is not None}
        waiting = finished - expected.keys()
        # Only a run that is repaired after the window looks finished and is not.
        assert all(runs[key][-1]["result_state"] == "FAILED" for key in waiting)


def test_tasks_lie_inside_their_runs(runs, tasks):
    assert len(tasks) > len(runs) / 2
    for (workspace_id, _), rows in tasks.items():
        job_run = runs.get((workspace_id, rows[0]["job_run_id"]))
        if job_run is None:
            continue  # its first slice ends after the window
        started = min(row["period_start_time"] for row in job_run)
        ended = max(row["period_end_time"] for row in job_run)
        assert started <= rows[0]["period_start_time"]
        if any(row["result_state"] for row in job_run[-1:]):
            assert rows[-1]["period_end_time"] <= ended
        assert {row["task_key"] for row in rows} == {rows[0]["task_key"]}
        clusters = {name for row in job_run for name in row["compute_ids"]}
        assert {name for row in rows for name in row["compute_ids"]} <= clusters


def test_some_runs_have_several_tasks(tasks):
    of_run: defaultdict[str, set[str]] = defaultdict(set)
    for rows in tasks.values():
        of_run[rows[0]["job_run_id"]].add(rows[0]["task_key"])
    assert {len(keys) for keys in of_run.values()} == {1, 2, 3}


def test_notifications_follow_the_runs(delivered, runs, tasks):
    seen = []
    for line in lines(delivered.landing, "job_webhooks"):
        post = verdict("job_webhooks", line)
        if isinstance(post, dict):
            seen.append((post["workspace_id"], post["run"]["run_id"], post["event_type"]))
            run_id = post["run"].get("parent_run_id") or post["run"]["run_id"]
            rows = runs.get((post["workspace_id"], run_id))
            received = datetime.fromtimestamp(post["received_at"] / 1000, UTC)
            # A run whose first slice ends after the window is announced and has no slice yet.
            assert rows is None or received >= at(rows[0]["period_start_time"])
            assert ("task" in post) == ("parent_run_id" in post["run"])
    assert len(set(seen)) < len(seen)
    assert {event for _, _, event in seen} == {
        "jobs.on_start",
        "jobs.on_success",
        "jobs.on_failure",
    }
    for (workspace_id, run_id), rows in runs.items():
        state, kind = rows[-1]["result_state"], rows[-1]["run_type"]
        if kind == "JOB_RUN" and state in ("SUCCEEDED", "SUCCESS"):
            soon = at(rows[-1]["period_end_time"]) + timedelta(seconds=9)
            if soon < at(delivered.bill["run"]["end"]):
                assert (workspace_id, run_id, "jobs.on_success") in seen
