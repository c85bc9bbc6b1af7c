"""What a correct pipeline must find of runs and clusters, after some deliveries."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from operations.simulator.bill import plain
from operations.simulator.charges import Charge, ClusterHours, charges
from operations.simulator.job_records import run_key
from operations.simulator.runs import RunPlan
from operations.simulator.schedule import Schedule
from operations.simulator.settings import iso
from operations.simulator.timeline import slices
from operations.simulator.world import Workspace

Parts = Counter[str]


@dataclass(slots=True, kw_only=True)
class _ClusterSum:
    workspace_id: str
    events: int = 0
    hours: ClusterHours = field(default_factory=ClusterHours)


def job_runs(schedule: Schedule, delivered: Parts) -> list[dict[str, object]]:
    """The runs whose every slice has been delivered, in order of their start.

    `delivered` counts the distinct slices of each run. A run that goes on when the window ends
    is not among them.
    """
    return [
        {
            "workspace_id": plan.workspace.workspace_id,
            "run_id": plan.run_id,
            "run_seconds": sum(_seconds(plan)),
            "result_state": plan.attempts[-1].ending.result_state,
            "attempts": len(plan.attempts),
            "started": iso(plan.started),
            "ended": iso(plan.ended),
        }
        for hour in schedule.world.options.hour_starts()
        for workspace in schedule.world.workspaces
        for plan in schedule.started_runs(workspace, hour)
        if delivered[run_key(plan)] == _slice_count(plan)
    ]


def cluster_hours(schedule: Schedule, delivered: Parts) -> list[dict[str, object]]:
    """Running time and DBUs of the clusters whose every event has been delivered.

    `delivered` counts the distinct events of each cluster. Node-seconds are the time that driver
    and workers ran inside the window, each counted; DBUs are the sum of what was charged by hour.
    """
    found: dict[str, _ClusterSum] = {}
    for hour in schedule.world.options.hour_starts():
        for workspace in schedule.world.workspaces:
            own = workspace.workspace_id
            for cluster_id, _ in schedule.cluster_events(workspace, hour):
                found.setdefault(cluster_id, _ClusterSum(workspace_id=own)).events += 1
            for charge in _charges(schedule, workspace, hour):
                of = found.setdefault(charge.cluster_id, _ClusterSum(workspace_id=own))
                of.hours.add(charge)
    return [
        {
            "workspace_id": sums.workspace_id,
            "cluster_id": cluster_id,
            "node_seconds": f"{sums.hours.node_ms // 1000}.{sums.hours.node_ms % 1000:03d}",
            "dbus": plain(sums.hours.dbus),
        }
        for cluster_id, sums in sorted(found.items())
        if sums.hours.node_ms and delivered[f"{sums.workspace_id} {cluster_id}"] == sums.events
    ]


def _charges(schedule: Schedule, workspace: Workspace, hour: datetime) -> Iterator[Charge]:
    for _, life in schedule.job_lives(workspace, hour):
        yield from charges(life, workspace.cloud, hour)
    for _, life in schedule.shared_lives(workspace, hour):
        yield from charges(life, workspace.cloud, hour)


def _slice_count(plan: RunPlan) -> int:
    return sum(1 for a in plan.attempts for _ in slices(a.started, a.ended))


def _seconds(plan: RunPlan) -> Iterator[int]:
    return (int((a.ended - a.started).total_seconds()) for a in plan.attempts)
