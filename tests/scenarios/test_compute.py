"""Clusters out of events that arrive in any order, twice, by two regions: always the same."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operations.pipeline import WITHOUT_TESTS
from tests.scenarios.account import WITHOUT_UNIT_TESTS, Account

pytestmark = pytest.mark.full

MODELS = [
    "stg_platform__workspaces",
    "int_platform__workspace_regions",
    "stg_platform__clusters",
    "stg_platform__cluster_events",
    "stg_platform__cluster_metrics",
    "int_platform__cluster_states",
    "int_platform__clusters_current",
    "int_platform__workspaces_current",
    "snap_platform__clusters",
    "snap_platform__workspaces",
    "dim_clusters",
    "dim_workspaces",
]
SELECTED = ("--select", *MODELS, "--indirect-selection", "buildable")
# Each cluster lives the same life, told in an order of its own.
CLUSTERS = [f"c{number}" for number in range(8)]
DELIVERIES = 3
NODE_MINUTES = 5
# When something landed or was read, and who delivered it first, is no part of what it says.
PROVENANCE = ("source_file", "landed_at", "ingested_at", "region")

# The life of a cluster: time, type, details.
LIFE: list[tuple[str, str, dict[str, Any]]] = [
    ("2026-01-05T07:58:00", "CREATING", {"cluster_size": {"num_workers": 2}}),
    ("2026-01-05T08:00:00.500", "RUNNING", {"current_num_workers": 2, "target_num_workers": 2}),
    # The same, told again by another clock.
    ("2026-01-05T08:00:00.502", "RUNNING", {"current_num_workers": 2, "target_num_workers": 2}),
    ("2026-01-05T08:00:03", "DRIVER_HEALTHY", {"current_num_workers": 7}),
    ("2026-01-05T09:00:00", "RESIZING", {"current_num_workers": 2, "target_num_workers": 4}),
    ("2026-01-05T09:01:30.250", "UPSIZE_COMPLETED", {"current_num_workers": 4}),
    ("2026-01-05T09:30:00", "SOMETHING_NEW", {"current_num_workers": 9}),
    ("2026-01-05T10:00:00", "RESIZING", {"current_num_workers": 4, "target_num_workers": 1}),
    ("2026-01-05T10:02:00", "RUNNING", {"current_num_workers": 1}),
    ("2026-01-05T11:00:00", "RESTARTING", {"user": "user-0001@example.com"}),
    ("2026-01-05T11:01:20", "RUNNING", {"current_num_workers": 1}),
    (
        "2026-01-05T23:59:59.999",
        "TERMINATING",
        {"reason": {"code": "INACTIVITY", "type": "SUCCESS"}},
    ),
    (
        "2026-01-06T08:00:00",
        "STARTING",
        {"cluster_size": {"autoscale": {"min_workers": 1, "max_workers": 4}}},
    ),
    ("2026-01-06T08:01:00", "RUNNING", {"current_num_workers": 1}),
    # That this life ended was never told.
    ("2026-01-08T08:00:00", "STARTING", {"cluster_size": {"num_workers": 3}}),
    ("2026-01-08T08:02:00", "RUNNING", {"current_num_workers": 3}),
    ("2026-01-08T08:02:00", "TERMINATING", {"reason": {"code": "USER_REQUEST", "type": "SUCCESS"}}),
]
# What it comes to: state, start, workers, whether DBUs are charged. Each lasts until the next.
STATES = [
    ("PENDING", "05 07:58:00.000", 2, False),
    ("RUNNING", "05 08:00:00.500", 2, True),
    ("RESIZING", "05 09:00:00.000", 2, True),
    ("RUNNING", "05 09:01:30.250", 4, True),
    ("RESIZING", "05 10:00:00.000", 4, True),
    ("RUNNING", "05 10:02:00.000", 1, True),
    ("RESTARTING", "05 11:00:00.000", 1, False),
    ("RUNNING", "05 11:01:20.000", 1, True),
    ("TERMINATING", "05 23:59:59.999", 1, False),
    ("PENDING", "06 08:00:00.000", 1, False),
    ("RUNNING", "06 08:01:00.000", 1, True),
    ("PENDING", "08 08:00:00.000", 3, False),
    ("TERMINATING", "08 08:02:00.000", 3, False),
]
# Seconds of running times nodes, by hand, driver included.
NODE_SECONDS = (
    Decimal("3599.5") * 3
    + Decimal("90.25") * 3
    + Decimal("3509.75") * 5
    + Decimal(120) * 5
    + Decimal(3480) * 2
    + Decimal("46719.999") * 2
    + Decimal(172740) * 2
)


def event_line(cluster: str, at: str, event_type: str, details: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return {
        "workspace_id": "1",
        "cluster_id": cluster,
        "timestamp": round(moment.timestamp() * 1000),
        "type": event_type,
        "details": details,
    }


def metric_line(cluster: str, minute: int) -> dict[str, Any]:
    """A node's minute, counted from noon of the first day."""
    start = datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(minutes=minute)
    return {
        "workspace_id": "1",
        "cluster_id": cluster,
        "instance_id": f"{cluster}-driver",
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(minutes=1)).isoformat(),
        "cpu_user_percent": 1.5,
    }


def version_line(
    cluster: str, name: str, changed: str, deleted: str | None = None
) -> dict[str, Any]:
    return {
        "account_id": "a1",
        "workspace_id": "1",
        "cluster_id": cluster,
        "cluster_name": name,
        "change_time": f"{changed}Z",
        "delete_time": deleted and f"{deleted}Z",
        "tags": {"team": "data"},
    }


def workspace_line(workspace: str, name: str, day: str) -> dict[str, Any]:
    snapshot = f"{day}T00:00:00Z"
    return {
        "account_id": "a1",
        "workspace_id": workspace,
        "workspace_name": name,
        "snapshot_time": snapshot,
    }


# Versions of clusters by delivery; the last is older than what is known by then.
VERSIONS = [
    [
        version_line("c0", "first", "2026-01-02T00:00:00"),
        version_line("gone", "it", "2026-01-02T00:00:00"),
    ],
    [
        version_line("c0", "second", "2026-01-03T00:00:00"),
        version_line("gone", "it", "2026-01-05T09:00:00", "2026-01-05T09:00:00"),
    ],
    [
        version_line("c0", "zeroth", "2026-01-01T00:00:00"),
        version_line("gone", "it", "2026-01-01T00:00:00"),
    ],
]
# Snapshots of workspaces by delivery and region: 2 is claimed twice, 3 goes, 4 goes and comes back.
WORKSPACES = [
    {
        "r1": [workspace_line(number, "old", "2026-01-01") for number in "1234"],
        "r2": [workspace_line("2", "theirs", "2026-01-02")],
    },
    {"r1": [workspace_line(number, "new", "2026-01-03") for number in "12"]},
    {
        "r1": [workspace_line(number, "new", "2026-01-05") for number in "124"]
        + [workspace_line(number, "ancient", "2025-12-01") for number in "134"]
    },
]
# Lines that no staging model takes, by source and reason.
REJECTED = {
    "cluster_events": {
        "missing_key:cluster_id": {"cluster_id": None},
        "wrong_type:timestamp": {"timestamp": "soon"},
    },
    "cluster_metrics": {"end_before_start": {"end_time": "2026-01-05T11:59:59Z"}},
    "clusters": {"missing_key:change_time": {"change_time": None}},
    "workspaces": {"missing_key:workspace_id": {"workspace_id": None}},
}


def lines_of(cluster: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for event in LIFE:
        yield "cluster_events", event_line(cluster, *event)
    for minute in range(NODE_MINUTES):
        yield "cluster_metrics", metric_line(cluster, minute)


def shuffled_deliveries() -> list[dict[tuple[str, str], list[dict[str, Any]]]]:
    """Lines by source and region of each delivery: each once at least, some again."""
    deliveries: list[dict[tuple[str, str], list[dict[str, Any]]]] = [
        defaultdict(list) for _ in range(DELIVERIES)
    ]
    for cluster in CLUSTERS:
        rng = random.Random(cluster)
        lines = list(lines_of(cluster))
        again = [line for line in lines if rng.random() < 0.3]
        for source, line in rng.sample(lines, len(lines)) + again:
            deliveries[rng.randrange(DELIVERIES)][source, rng.choice(["r1", "r1", "r2"])].append(
                line
            )
    return deliveries


def broken_lines(source: str) -> list[dict[str, Any]]:
    good = {
        "cluster_events": event_line("broken", *LIFE[0]),
        "cluster_metrics": metric_line("broken", 0),
        "clusters": version_line("broken", "broken", "2026-01-01T00:00:00"),
        "workspaces": workspace_line("9", "broken", "2026-01-01"),
    }[source]
    return [{**good, **broken} for broken in REJECTED[source].values()]


def land(
    account: Account, name: str, source: str, lines: list[dict[str, Any]], region: str = "r1"
) -> None:
    content = b"\n".join(json.dumps(line).encode() for line in lines) + b"\n"
    account.land(source, f"{name}.json", content, region)


@pytest.fixture(scope="module")
def delivered(account: Account) -> Account:
    """Three deliveries, each taken in and built; what is broken comes with the first."""
    for number, delivery in enumerate(shuffled_deliveries()):
        for (source, region), lines in delivery.items():
            land(account, f"lines-{number}", source, lines, region)
        land(account, f"versions-{number}", "clusters", VERSIONS[number])
        for region, lines in WORKSPACES[number].items():
            land(account, f"snapshot-{number}", "workspaces", lines, region)
        if number == 0:
            land(
                account,
                "ends",
                "cluster_events",
                [event_line("gone", "2026-01-05T08:00:00", "RUNNING", {})],
            )
            for source in REJECTED:
                land(account, "broken", source, broken_lines(source))
        account.ingest()
        is_last = number == DELIVERIES - 1
        account.dbt("build", *SELECTED, *(WITHOUT_UNIT_TESTS if is_last else WITHOUT_TESTS))
    return account


def test_every_order_gives_the_same_exact_states(delivered: Account) -> None:
    found = delivered.rows(
        """select
            cluster_id, state, date_format(started_at, 'dd HH:mm:ss.SSS'), worker_count, is_running,
            date_format(ended_at, 'dd HH:mm:ss.SSS')
        from silver.int_platform__cluster_states
        where cluster_id <> 'gone'
        order by cluster_id, started_at"""
    )
    ends = [start for _, start, *_ in STATES[1:]] + [None]
    assert found == [
        (cluster, *state, end)
        for cluster in CLUSTERS
        for state, end in zip(STATES, ends, strict=True)
    ]


def test_running_node_seconds_are_exact_and_no_state_is_negative(delivered: Account) -> None:
    found = delivered.rows(
        """select cluster_id,
            sum((unix_millis(ended_at) - unix_millis(started_at)) * (worker_count + 1)),
            count_if(ended_at <= started_at)
        from silver.int_platform__cluster_states
        where is_running and cluster_id <> 'gone'
        group by cluster_id"""
    )
    assert sorted(found) == [(cluster, NODE_SECONDS * 1000, 0) for cluster in CLUSTERS]


def test_deletion_ends_what_no_event_has_ended(delivered: Account) -> None:
    found = delivered.rows(
        """select
            state, date_format(started_at, 'dd HH'), date_format(ended_at, 'dd HH'), is_running
        from silver.int_platform__cluster_states where cluster_id = 'gone' order by started_at"""
    )
    assert found == [
        ("RUNNING", "05 08", "05 09", True),
        ("TERMINATED", "05 09", None, False),
    ]


def test_workspaces_of_two_regions(delivered: Account) -> None:
    found = delivered.rows(
        """select workspace_id, region, workspace_name, date_format(snapshot_at, 'yyyy-MM-dd')
        from silver.stg_platform__workspaces"""
    )
    assert sorted(found) == [
        ("1", "r1", "new", "2026-01-05"),
        ("2", "r1", "new", "2026-01-05"),
        ("2", "r2", "theirs", "2026-01-02"),
        ("3", "r1", "old", "2026-01-01"),
        ("4", "r1", "new", "2026-01-05"),
    ]


def test_changed_and_deleted_clusters_have_their_history(delivered: Account) -> None:
    found = delivered.rows(
        """select cluster_id, cluster_name, is_current, is_deleted
        from gold_billing.dim_clusters order by cluster_id, valid_from_at"""
    )
    assert found == [
        ("c0", "first", False, False),
        ("c0", "second", True, False),
        ("gone", "it", False, False),
        ("gone", "it", True, True),
    ]


def test_workspaces_go_and_come_back(delivered: Account) -> None:
    found = delivered.rows(
        """select workspace_id, workspace_name, is_current, is_deleted
        from gold_billing.dim_workspaces order by workspace_id, valid_from_at"""
    )
    assert found == [
        ("1", "old", False, False),
        ("1", "new", True, False),
        ("2", "old", False, False),
        ("2", "new", True, False),
        ("3", "old", False, False),
        ("3", "old", True, True),
        ("4", "old", False, False),
        ("4", "old", False, True),
        ("4", "new", True, False),
    ]


def test_minutes_of_nodes_stand_once(delivered: Account) -> None:
    found = delivered.rows(
        """select cluster_id, count(*), count(distinct started_at)
        from silver.stg_platform__cluster_metrics group by cluster_id"""
    )
    assert sorted(found) == [(cluster, NODE_MINUTES, NODE_MINUTES) for cluster in CLUSTERS]


def test_broken_lines_have_their_reason(delivered: Account) -> None:
    for source, broken in REJECTED.items():
        assert delivered.reasons(source) == dict.fromkeys(broken, 1), source


def test_nothing_new_writes_nothing_and_a_full_refresh_the_same(delivered: Account) -> None:
    versions = delivered.versions()
    delivered.dbt("run", *SELECTED)
    assert delivered.versions() == versions

    before = delivered.contents(without=PROVENANCE)
    delivered.dbt("run", "--full-refresh", *SELECTED)
    after = delivered.contents(without=PROVENANCE)
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
