"""What runs when: runs and lives of clusters that touch an hour, the same for each source."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from operations.simulator.cluster_lives import ClusterEvent, ClusterLife, session_life
from operations.simulator.runs import LONGEST, RunPlan, plan_notebook_run, plan_run
from operations.simulator.settings import HOUR
from operations.simulator.world import (
    UTC_OFFSETS,
    Cluster,
    Job,
    JobRun,
    Workspace,
    World,
    new_cluster_id,
    new_job,
)

_DAY = timedelta(days=1)
_LEAST = timedelta(minutes=15)
_KEPT = 50_000
# Hours of a session at least and at most, and how likely a day has one, by habit of use.
_SESSIONS = {"busy": (2.0, 6.0, 0.8), "oversized": (3.0, 6.0, 0.8), "idle": (14.0, 19.0, 0.9)}


class Schedule:
    """Plans of runs and lives of clusters, made when first asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._options = world.options
        self._runs: dict[tuple[str, datetime], list[RunPlan]] = {}
        self._sessions: dict[tuple[str, datetime], ClusterLife | None] = {}

    def started_runs(self, workspace: Workspace, hour: datetime) -> list[RunPlan]:
        """The runs that start in an hour of the window, in order of time."""
        key = (workspace.workspace_id, hour)
        if key not in self._runs:
            if len(self._runs) > _KEPT:
                self._runs.clear()
            plans = self._planned(workspace, hour)
            self._runs[key] = sorted(plans, key=lambda plan: (plan.started, plan.run_id))
        return self._runs[key]

    def recent_runs(self, workspace: Workspace, hour: datetime) -> list[RunPlan]:
        """The runs that start in an hour or may have gone on shortly before it."""
        earliest = max(self._options.start, hour - LONGEST - HOUR)
        count = (hour - earliest) // HOUR
        hours = (earliest + n * HOUR for n in range(count + 1))
        return [
            plan
            for at in hours
            for plan in self.started_runs(workspace, at)
            if plan.ended >= hour - HOUR
        ]

    def job_lives(self, workspace: Workspace, hour: datetime) -> list[tuple[RunPlan, ClusterLife]]:
        """The lives of job clusters that touch an hour, with the runs that they belong to."""
        return [
            (plan, attempt.life)
            for plan in self.recent_runs(workspace, hour)
            for attempt in plan.attempts
            if attempt.life and _touches(attempt.life, hour)
        ]

    def shared_lives(
        self, workspace: Workspace, hour: datetime
    ) -> list[tuple[Cluster, ClusterLife]]:
        """The lives of all-purpose clusters that touch an hour."""
        return [
            (cluster, life)
            for cluster in workspace.clusters
            for life in self._lives_around(workspace, cluster, hour)
            if _touches(life, hour)
        ]

    def cluster_events(
        self, workspace: Workspace, hour: datetime
    ) -> Iterator[tuple[str, ClusterEvent]]:
        """The events of every cluster in an hour, with the ids of the clusters."""
        lives = [life for _, life in self.job_lives(workspace, hour)]
        lives += [life for _, life in self.shared_lives(workspace, hour)]
        for life in lives:
            for event in life.events:
                if hour <= event.at < hour + HOUR:
                    yield life.cluster_id, event
        for cluster in workspace.clusters:
            for before, after in pairwise(cluster.versions):
                if hour <= after.since < hour + HOUR:
                    details: dict[str, object] = {
                        "user": cluster.owner,
                        "cluster_size": after.sizing.as_json(),
                        "previous_cluster_size": {"num_workers": before.sizing.workers},
                    }
                    yield cluster.cluster_id, ClusterEvent(after.since, "EDITED", details)

    def _planned(self, workspace: Workspace, hour: datetime) -> Iterator[RunPlan]:
        name = workspace.workspace_id
        for run in self.world.runs(workspace, hour):
            yield plan_run(self._options.random("run-life", run.run_id), workspace, run, hour)
        rng = self._options.random("ad-hoc-runs", name, hour)
        if rng.random() < 0.2:
            yield plan_run(rng, workspace, _ad_hoc(rng, workspace, hour), hour, "SUBMIT_RUN")
        for cluster, life in self.shared_lives(workspace, hour):
            up = any(s.started <= hour and s.ended >= hour + HOUR for s in life.stretches)
            if up and life.habit == "busy" and rng.random() < 0.4:
                run = _ad_hoc(rng, workspace, hour)
                yield plan_notebook_run(rng, workspace, run, hour, cluster.cluster_id)

    def _lives_around(
        self, workspace: Workspace, cluster: Cluster, hour: datetime
    ) -> Sequence[ClusterLife]:
        today = hour.replace(hour=0)
        found = (self._session(workspace, cluster, today + n * _DAY) for n in (-1, 0, 1))
        return [life for life in found if life]

    def _session(self, workspace: Workspace, cluster: Cluster, day: datetime) -> ClusterLife | None:
        key = (cluster.cluster_id, day)
        if key not in self._sessions:
            if len(self._sessions) > _KEPT:
                self._sessions.clear()
            rng = self._options.random("session", cluster.cluster_id, day)
            self._sessions[key] = self._planned_session(rng, workspace, cluster, day)
        return self._sessions[key]

    def _planned_session(
        self, rng: Random, workspace: Workspace, cluster: Cluster, day: datetime
    ) -> ClusterLife | None:
        """The session of a local day; one that is on when the window opens starts with it."""
        shortest, longest, likely = _SESSIONS[cluster.habit]
        if rng.random() >= likely:
            return None
        offset = UTC_OFFSETS.get(workspace.region[:2], 0)
        first = 4.0 if cluster.habit == "idle" else rng.uniform(7.5, 13.0)
        began = day + timedelta(milliseconds=round((first - offset) * 3_600_000))
        began += timedelta(milliseconds=rng.randrange(600_000))
        ended = began + timedelta(milliseconds=round(rng.uniform(shortest, longest) * 3_600_000))
        began = max(began, self._options.start + timedelta(milliseconds=rng.randrange(60_000)))
        if ended - began < _LEAST or began >= self._options.end:
            return None
        version, edit = cluster.version(began), None
        for later in cluster.versions:
            inside = began + _LEAST / 2 <= later.since <= ended - _LEAST / 2
            if inside and later.sizing != version.sizing:
                edit = (later.since, later.sizing.workers)
        span = (began, ended)
        return session_life(
            rng, cluster.cluster_id, version.sizing, cluster.habit, span, cluster.owner, edit
        )


def _touches(life: ClusterLife, hour: datetime) -> bool:
    return life.events[0].at < hour + HOUR and life.events[-1].at >= hour


def _ad_hoc(rng: Random, workspace: Workspace, hour: datetime) -> JobRun:
    """A run of a job that no list of jobs knows."""
    job: Job = new_job(rng, workspace.cloud, workspace.people[:3], rng.random() < 0.5)
    return JobRun(
        job=job,
        run_id=str(rng.randrange(10**14, 10**15)),
        cluster_id=None if job.serverless else new_cluster_id(rng, hour),
        failed=False,
    )
