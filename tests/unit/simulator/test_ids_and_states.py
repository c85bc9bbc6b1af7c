"""Ids mean the same in every source, and tables of state say what changed."""

import gzip
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from landing_reader import good_records, lines, verdict

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def usage(delivered: Any) -> list[dict[str, Any]]:
    return good_records(delivered.landing, "billing_usage")


@pytest.fixture(scope="module")
def run_spans(delivered: Any) -> dict[str, list[tuple[str, str]]]:
    spans: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in good_records(delivered.landing, "job_runs"):
        spans[row["run_id"]].append((row["period_start_time"], row["period_end_time"]))
    return spans


def test_serverless_usage_lies_inside_a_run(delivered, usage, run_spans):
    """A slice that ends after the window is not delivered, so its usage has only a run to come."""
    end = delivered.bill["run"]["end"].replace("T", " ").replace("Z", "+00:00")
    ids = {row["run_id"] for row in good_records(delivered.landing, "job_runs")}
    rows = [row for row in usage if "JOBS_SERVERLESS" in row["sku_name"]]
    assert len(rows) > 100
    outside = 0
    for row in rows:
        run_id = row["usage_metadata"]["job_run_id"]
        start, stop = row["usage_start_time"], row["usage_end_time"]
        if run_id not in ids or max(s[1] for s in run_spans[run_id]) < stop:
            outside += 1
            assert stop > str(datetime.fromisoformat(end) - HOUR)
            continue
        assert any(s[0] < stop and s[1] > start for s in run_spans[run_id])
    assert outside < len(rows) / 5


def test_a_serverless_run_over_several_hours_has_usage_in_each(usage, run_spans):
    hours: defaultdict[str, set[str]] = defaultdict(set)
    for row in usage:
        if "JOBS_SERVERLESS" in row["sku_name"]:
            hours[row["usage_metadata"]["job_run_id"]].add(row["usage_start_time"][:13])
    longest = max(hours, key=lambda run_id: len(hours[run_id]))
    assert len(hours[longest]) >= 3
    for run_id, found in hours.items():
        for start, stop in run_spans.get(run_id, ()):
            at = datetime.fromisoformat(start)
            while at < datetime.fromisoformat(stop):
                assert f"{at:%Y-%m-%d %H}" in found
                at = (at + HOUR).replace(minute=0, second=0)


def test_jobs_clusters_and_workspaces_of_usage_are_known(delivered, usage):
    known = {
        source: {row[field] for row in good_records(delivered.landing, source)}
        for source, field in (
            ("jobs", "job_id"),
            ("clusters", "cluster_id"),
            ("workspaces", "workspace_id"),
            ("job_runs", "run_id"),
        )
    }
    submitted = {
        row["job_id"]
        for row in good_records(delivered.landing, "job_runs")
        if row["run_type"] != "JOB_RUN"
    }
    assert not submitted & known["jobs"]
    orphans = 0
    for row in usage:
        metadata = row["usage_metadata"]
        assert row["workspace_id"] in known["workspaces"]
        orphans += metadata["cluster_id"] not in known["clusters"] | {None}
        if metadata["job_id"] and metadata["job_run_id"] in known["job_runs"]:
            assert metadata["job_id"] in known["jobs"] | submitted
    assert orphans == 1  # the retraction whose original never was


def test_clusters_of_runs_events_and_metrics_are_known(delivered):
    clusters = {row["cluster_id"] for row in good_records(delivered.landing, "clusters")}
    for source in ("cluster_events", "cluster_metrics"):
        found = {row["cluster_id"] for row in good_records(delivered.landing, source)}
        assert found
        assert found <= clusters
    for row in good_records(delivered.landing, "job_runs"):
        assert set(row["compute_ids"]) <= clusters
        assert [c["cluster_id"] for c in row["compute"]] == row["compute_ids"]


def test_a_run_in_a_notebook_uses_an_all_purpose_cluster(delivered):
    sources = {
        row["cluster_id"]: row["cluster_source"]
        for row in good_records(delivered.landing, "clusters")
    }
    for row in good_records(delivered.landing, "job_runs"):
        expected = "UI" if row["run_type"] == "WORKFLOW_RUN" else "JOB"
        assert {sources[name] for name in row["compute_ids"]} <= {expected}


def test_workspaces_come_whole_twice_from_their_own_region(delivered):
    homes = {w["workspace_id"]: w["region"] for w in delivered.bill["workspaces"]}
    names: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for region in delivered.bill["run"]["regions"]:
        for line in lines(delivered.landing, "workspaces", region):
            row = verdict("workspaces", line)
            if isinstance(row, dict):
                assert homes[row["workspace_id"]] == region
                names[row["workspace_id"]][row["snapshot_time"]] = row["workspace_name"]
    assert names.keys() == homes.keys()
    assert all(len(by_time) == 2 for by_time in names.values())
    renamed = [by_time for by_time in names.values() if len(set(by_time.values())) == 2]
    assert len(renamed) == 1


def test_jobs_begin_before_the_window_and_change_inside_it(delivered, usage):
    start = delivered.bill["run"]["start"].replace("T", " ")[:19]
    by_job: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = good_records(delivered.landing, "jobs")
    for row in sorted(rows, key=lambda row: row["change_time"]):
        by_job[row["job_id"]].append(row)
    assert all(rows[0]["change_time"] < start for rows in by_job.values())
    renamed = [rows for rows in by_job.values() if len({row["name"] for row in rows}) == 2]
    deleted = [rows[-1] for rows in by_job.values() if rows[-1]["delete_time"]]
    assert len(renamed) == len(deleted) == len(delivered.bill["workspaces"])
    assert all(rows[-1]["change_time"] > start for rows in renamed)
    for row in deleted:
        assert row["delete_time"] == row["change_time"] > start
        assert not [r for r in usage if r["usage_metadata"]["job_id"] == row["job_id"]]


def test_a_version_of_a_cluster_is_overtaken_by_the_next(delivered, small):
    def hours(rows: list[tuple[str, str]]) -> list[str]:
        return [hour for _, hour in sorted(rows)]

    delivery: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    folder = delivered.landing / "platform" / "clusters"
    for path in folder.rglob("date=*"):
        for hour in path.iterdir():
            assert hour.name.startswith("hour=")
            relative = hour.relative_to(delivered.landing / "platform" / "clusters")
            region = relative.parts[0].removeprefix("region=")
            for row in good_of_hour(delivered, region, hour):
                delivery[row["cluster_id"]].append((row["change_time"], f"{path.name} {hour.name}"))
    overtaken = [rows for rows in delivery.values() if hours(rows) != sorted(hours(rows))]
    assert len(overtaken) >= small.workspaces


def good_of_hour(delivered: Any, region: str, hour: Any) -> list[dict[str, Any]]:
    found = {}
    for path in hour.glob("*.json*"):
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        for line in content.splitlines():
            row = verdict("clusters", line)
            if isinstance(row, dict):
                found[row["cluster_id"], row["change_time"]] = row
    return list(found.values())
