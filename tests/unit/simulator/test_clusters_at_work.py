"""Clusters as delivered: their events replayed, and what they must cost worked out from those."""

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from landing_reader import good_records

from operations.simulator.charges import dbus_of
from operations.simulator.cluster_lives import session_life
from operations.simulator.sizing import Sizing

HOUR_MS = 3_600_000
# From a state, what may come next; events that are not named change nothing.
NEXT = {
    None: {"STARTING", "CREATING"},
    "STARTING": {"RUNNING"},
    "CREATING": {"RUNNING"},
    "RUNNING": {"RESIZING", "RESTARTING", "TERMINATING"},
    "RESIZING": {"UPSIZE_COMPLETED", "RUNNING"},
    "UPSIZE_COMPLETED": {"RESIZING", "RESTARTING", "TERMINATING"},
    "RESTARTING": {"RUNNING"},
    "TERMINATING": {"STARTING"},
}
MOVES = set().union(*NEXT.values())
UP = {"RUNNING", "UPSIZE_COMPLETED", "RESIZING"}
Interval = tuple[int, int, int]


@pytest.fixture(scope="module")
def events(delivered: Any) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = good_records(delivered.landing, "cluster_events")
    for event in sorted(rows, key=lambda event: event["timestamp"]):
        found[event["cluster_id"]].append(event)
    return found


@pytest.fixture(scope="module")
def versions(delivered: Any) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = good_records(delivered.landing, "clusters")
    for row in sorted(rows, key=lambda row: row["change_time"]):
        found[row["cluster_id"]].append(row)
    return found


def moves(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] in MOVES]


def running(events: list[dict[str, Any]], end_ms: int) -> list[Interval]:
    """(from, to, workers) in which DBUs are charged."""
    found = []
    path = moves(events)
    for event, after in pairwise([*path, {"timestamp": end_ms}]):
        if event["type"] in UP:
            workers = event["details"]["current_num_workers"]
            found.append((event["timestamp"], after["timestamp"], workers))
    return found


def end_of(delivered: Any) -> int:
    end = datetime.fromisoformat(delivered.bill["run"]["end"])
    return int(end.timestamp() * 1000)


def test_events_come_in_an_order_that_is_possible(events):
    for cluster_id, rows in events.items():
        state = None
        for event in moves(rows):
            assert event["type"] in NEXT[state], cluster_id
            state = event["type"]


def test_all_kinds_of_events_occur(events):
    kinds = {event["type"] for rows in events.values() for event in rows}
    assert kinds == MOVES | {"EDITED", "DRIVER_HEALTHY", "AUTOSCALING_STATS_REPORT"}
    reasons = {
        event["details"]["reason"]["code"]
        for rows in events.values()
        for event in rows
        if event["type"] == "TERMINATING"
    }
    assert reasons == {"JOB_FINISHED", "INACTIVITY", "USER_REQUEST"}


def derived_dbus(delivered: Any, events: Any, versions: Any) -> dict[tuple[str, str, int], Any]:
    """(node-ms, DBUs) by cluster, node type and hour, from events, versions and seeded rates."""
    clouds = {w["workspace_id"]: w["cloud"] for w in delivered.bill["workspaces"]}
    path = delivered.landing.parent / "seeds" / "node_type_dbu_rates.csv"
    with path.open() as file:
        rates = {
            (r["cloud"], r["node_type"]): Decimal(r["dbus_per_hour"]) for r in csv.DictReader(file)
        }
    node_ms: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    cloud_of = {}
    for cluster_id, rows in events.items():
        size = versions[cluster_id][0]
        cloud_of[cluster_id] = clouds[rows[0]["workspace_id"]]
        for begin, end, workers in running(rows, end_of(delivered)):
            for hour in range(begin // HOUR_MS, (end - 1) // HOUR_MS + 1):
                ms = min(end, (hour + 1) * HOUR_MS) - max(begin, hour * HOUR_MS)
                node_ms[cluster_id, size["driver_node_type"], hour] += ms
                node_ms[cluster_id, size["worker_node_type"], hour] += ms * workers
    return {
        key: (ms, Decimal(ms) * rates[cloud_of[key[0]], key[1]] / HOUR_MS)
        for key, ms in node_ms.items()
        if ms
    }


def test_usage_of_clusters_is_their_node_hours_times_the_rate(delivered, events, versions):
    net: defaultdict[tuple[str, str, int], Decimal] = defaultdict(Decimal)
    for row in good_records(delivered.landing, "billing_usage"):
        cluster_id = row["usage_metadata"].get("cluster_id")
        if cluster_id in events:
            hour = int(datetime.fromisoformat(row["usage_start_time"]).timestamp() * 1000)
            key = (cluster_id, row["usage_metadata"]["node_type"], hour // HOUR_MS)
            net[key] += Decimal(str(row["usage_quantity"]))
    derived = derived_dbus(delivered, events, versions)
    assert net.keys() == derived.keys()
    assert len(net) > 100
    for key, (_, dbus) in derived.items():
        assert abs(net[key] - dbus) <= Decimal("5e-13"), key


def test_expected_cluster_hours_are_those_of_the_events(delivered, events, versions):
    sums: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for (cluster_id, _, _), (ms, dbus) in derived_dbus(delivered, events, versions).items():
        sums[cluster_id][0] += Decimal(ms) / 1000
        sums[cluster_id][1] += dbus
    expected = delivered.bill["states"]["all"]["cluster_hours"]
    assert {row["cluster_id"] for row in expected} == sums.keys()
    for row in expected:
        seconds, dbus = sums[row["cluster_id"]]
        assert Decimal(row["node_seconds"]) == seconds
        assert abs(Decimal(row["dbus"]) - dbus) < Decimal("1e-10")
    on_time = delivered.bill["states"]["on-time"]["cluster_hours"]
    assert 0 < len(on_time) < len(expected)


def test_dbus_are_rounded_once_half_to_even():
    assert dbus_of(3_600_000, Decimal("1.73")) == Decimal("1.73")
    exact = Decimal(1_234_567) * Decimal("4.37") / Decimal(3_600_000)
    rounded = exact.quantize(Decimal(1).scaleb(-12), rounding=ROUND_HALF_EVEN)
    assert dbus_of(1_234_567, Decimal("4.37")) == rounded
    # 0.9 ms-hours at 0.000002 of a DBU are exactly 0.0000000000005: half, to the even zero.
    assert dbus_of(900, Decimal("0.000000002")) == 0


def test_metrics_are_of_nodes_that_run_in_that_minute(delivered, events, versions):
    rows = good_records(delivered.landing, "cluster_metrics")
    spans = {name: running(found, end_of(delivered)) for name, found in events.items()}
    nodes: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        begin, end = (datetime.fromisoformat(row[n]) for n in ("start_time", "end_time"))
        assert end - begin == timedelta(minutes=1)
        assert begin.minute % delivered.bill["run"]["metrics_step"] == 0
        ms = int(begin.timestamp() * 1000)
        covered = [s for s in spans[row["cluster_id"]] if s[0] < ms + 60_000 and s[1] > ms]
        assert covered[0][0] <= ms
        assert covered[-1][1] >= ms + 60_000
        nodes[row["cluster_id"], row["start_time"]].append(row)
        size = versions[row["cluster_id"]][0]
        kind = "driver_node_type" if row["driver"] else "worker_node_type"
        assert row["node_type"] == size[kind]
    for of_minute in nodes.values():
        assert [row["driver"] for row in of_minute].count(True) == 1


def test_busy_clusters_are_busy_and_idle_ones_idle(delivered):
    loads: defaultdict[str, list[float]] = defaultdict(list)
    for row in good_records(delivered.landing, "cluster_metrics"):
        if not row["driver"]:
            loads[row["cluster_id"]].append(float(row["cpu_user_percent"]))
    means = [sum(values) / len(values) for values in loads.values()]
    assert min(means) < 3
    assert any(4 < mean < 12 for mean in means)
    assert max(means) > 50


def test_nobody_but_a_job_has_a_job_cluster(delivered, versions):
    sources = {rows[0]["cluster_id"]: rows[0]["cluster_source"] for rows in versions.values()}
    assert set(sources.values()) == {"UI", "JOB"}
    for row in good_records(delivered.landing, "billing_usage"):
        cluster_id = row["usage_metadata"].get("cluster_id")
        if cluster_id in sources:
            is_job = row["usage_metadata"]["job_run_id"] is not None
            assert is_job == (sources[cluster_id] == "JOB")
            assert is_job == (row["sku_name"] == "PREMIUM_JOBS_COMPUTE")


def test_clusters_are_resized_retagged_and_deleted(versions):
    shared = [rows for rows in versions.values() if rows[0]["cluster_source"] == "UI"]
    assert any(
        size(a) != size(b) and a["tags"] == b["tags"] for rows in shared for a, b in pairwise(rows)
    )
    assert any(a["tags"] != b["tags"] for rows in shared for a, b in pairwise(rows))
    assert any(rows[-1]["delete_time"] == rows[-1]["change_time"] for rows in shared)
    for rows in versions.values():
        assert [row["delete_time"] for row in rows[:-1]] == [None] * (len(rows) - 1)
        assert rows[0]["create_time"] == rows[0]["change_time"]


def size(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["worker_count"], row["min_autoscale_workers"], row["max_autoscale_workers"])


def test_an_edit_restarts_a_cluster_with_its_new_workers():
    began = datetime(2026, 1, 20, 9, tzinfo=UTC)
    sizing = Sizing(driver_node_type="i3.xlarge", worker_node_type="i3.xlarge", workers=2)
    span, edit = (began, began + timedelta(hours=2)), (began + timedelta(hours=1), 5)
    life = session_life(Random(1), "c", sizing, "busy", span, "user", edit)
    kinds = [event.type for event in life.events if event.type in MOVES]
    assert kinds == ["STARTING", "RUNNING", "RESTARTING", "RUNNING", "TERMINATING"]
    before, after = life.stretches
    assert (before.workers, after.workers) == (2, 5)
    assert before.ended >= edit[0]
    assert after.started > before.ended
