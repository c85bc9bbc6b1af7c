"""Records that say how things are: workspaces delivered whole, jobs and clusters as versions."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from operations.simulator.histories import share_of_window
from operations.simulator.records import GoodLine, encode, sql_time
from operations.simulator.runs import RunPlan
from operations.simulator.schedule import Schedule
from operations.simulator.settings import HOUR, epoch_ms
from operations.simulator.sizing import Sizing
from operations.simulator.timeline import floor_hour
from operations.simulator.world import Cluster, Job, Workspace

Row = dict[str, object]

_OUT_OF_ORDER_BY = 3 * HOUR


class StateTables:
    """Makes the records of workspaces, jobs and clusters of each region and hour."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._world = schedule.world
        self._options = schedule.world.options

    def workspace_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """All workspaces of a region, at the start of the window and again in its middle."""
        middle = floor_hour(share_of_window(self._options, 0.5))
        moments = dict.fromkeys((self._options.start, middle))
        return [
            GoodLine(
                encode(self._workspace_row(w, at)),
                epoch_ms(at),
                shared=False,
                key=f"{region} {w.workspace_id}",
            )
            for at in moments
            if at == hour
            for w in self._world.in_region(region)
        ]

    def job_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The versions of jobs that are delivered with an hour."""
        return self._due(hour, (v for w in self._world.in_region(region) for v in self._jobs(w)))

    def cluster_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The versions of clusters that are delivered with an hour, those of job clusters too."""
        lines: list[GoodLine] = []
        for workspace in self._world.in_region(region):
            lines += self._due(hour, self._clusters(workspace))
            for at, row in self._job_clusters(workspace, hour):
                if floor_hour(at) == hour:
                    lines.append(GoodLine(encode(row), epoch_ms(at)))
        return lines

    def _due(
        self, hour: datetime, versions: Iterator[tuple[datetime, datetime, Row]]
    ) -> list[GoodLine]:
        """Those of (change, delivery, record) that an hour brings; the first list comes first."""
        start, last = self._options.start, self._options.end - HOUR
        due = []
        for changed_at, delivered_at, row in versions:
            if min(max(floor_hour(delivered_at), start), last) == hour:
                due.append(GoodLine(encode(row), epoch_ms(changed_at)))
        return due

    def _workspace_row(self, workspace: Workspace, at: datetime) -> Row:
        renamed = at > self._options.start and workspace == self._world.workspaces[0]
        return {
            "account_id": self._world.account_id,
            "workspace_id": workspace.workspace_id,
            "workspace_name": f"{workspace.name}-main" if renamed else workspace.name,
            "workspace_url": f"https://dbc-{workspace.workspace_id[:8]}.example.com",
            "create_time": sql_time(workspace.created_at),
            "status": "RUNNING",
            "snapshot_time": sql_time(at),
        }

    def _jobs(self, workspace: Workspace) -> Iterator[tuple[datetime, datetime, Row]]:
        for job in (*workspace.jobs, *workspace.retired_jobs):
            first = self._job_row(workspace, job, job.created_at)
            yield job.created_at, job.created_at, first
            if job.renamed:
                at, name = job.renamed
                yield at, at, self._job_row(workspace, job, at) | {"name": name}
            if job.deleted_at:
                end = {"delete_time": sql_time(job.deleted_at)}
                row = self._job_row(workspace, job, job.deleted_at) | end
                yield job.deleted_at, job.deleted_at, row

    def _job_row(self, workspace: Workspace, job: Job, at: datetime) -> Row:
        return {
            "account_id": self._world.account_id,
            "workspace_id": workspace.workspace_id,
            "job_id": job.job_id,
            "name": job.name,
            "description": f"{job.name.split('-')[0].capitalize()} of the day",
            "creator_id": job.run_as,
            "run_as": job.run_as,
            "tags": dict(job.tags),
            "change_time": sql_time(at),
            "delete_time": None,
            "trigger_type": job.trigger_type,
            "paused": False,
            "timeout_seconds": 0,
            "create_time": sql_time(job.created_at),
        }

    def _clusters(self, workspace: Workspace) -> Iterator[tuple[datetime, datetime, Row]]:
        # Once per workspace a version comes after the one that followed it.
        overtaken = self._options.faults.out_of_order > 0
        for cluster in (*workspace.clusters, *workspace.retired_clusters):
            for number, version in enumerate(cluster.versions):
                delivered_at = version.since
                if overtaken and number and number == len(cluster.versions) - 2:
                    delivered_at = cluster.versions[-1].since + _OUT_OF_ORDER_BY
                row = self._shared_row(workspace, cluster, version.since)
                yield version.since, delivered_at, row
            if cluster.deleted_at:
                row = self._shared_row(workspace, cluster, cluster.deleted_at)
                row["delete_time"] = sql_time(cluster.deleted_at)
                yield cluster.deleted_at, cluster.deleted_at, row

    def _shared_row(self, workspace: Workspace, cluster: Cluster, at: datetime) -> Row:
        version = cluster.version(at)
        return self._row(workspace, version.sizing, version.tags, at) | {
            "cluster_id": cluster.cluster_id,
            "cluster_name": cluster.name,
            "owned_by": cluster.owner,
            "create_time": sql_time(cluster.versions[0].since),
            "auto_termination_minutes": 0 if cluster.habit == "idle" else 30,
            "cluster_source": "UI",
        }

    def _job_clusters(self, workspace: Workspace, hour: datetime) -> Iterator[tuple[datetime, Row]]:
        for plan, life in self._schedule.job_lives(workspace, hour):
            made, gone = life.events[0].at, life.ended
            own = {
                "cluster_id": life.cluster_id,
                "cluster_name": f"job-{plan.job.job_id}-run-{plan.run_id}",
                "owned_by": plan.job.run_as,
                "create_time": sql_time(made),
                "cluster_source": "JOB",
            }
            yield made, self._row(workspace, life.sizing, _tags(plan), made) | own
            ended = own | {"delete_time": sql_time(gone)}
            yield gone, self._row(workspace, life.sizing, _tags(plan), gone) | ended

    def _row(
        self, workspace: Workspace, sizing: Sizing, tags: Mapping[str, str], at: datetime
    ) -> Row:
        scaled = sizing.max_workers is not None
        return {
            "account_id": self._world.account_id,
            "workspace_id": workspace.workspace_id,
            "cluster_id": None,
            "cluster_name": None,
            "owned_by": None,
            "create_time": None,
            "delete_time": None,
            "driver_node_type": sizing.driver_node_type,
            "worker_node_type": sizing.worker_node_type,
            "worker_count": None if scaled else sizing.workers,
            "min_autoscale_workers": sizing.workers if scaled else None,
            "max_autoscale_workers": sizing.max_workers,
            "auto_termination_minutes": None,
            "enable_elastic_disk": True,
            "tags": dict(tags),
            "cluster_source": None,
            "init_scripts": [],
            "driver_instance_pool_id": None,
            "worker_instance_pool_id": None,
            "dbr_version": "15.4.x-scala2.12",
            "change_time": sql_time(at),
            "change_date": f"{at:%Y-%m-%d}",
            "data_security_mode": "USER_ISOLATION",
            "policy_id": None,
        }


def _tags(plan: RunPlan) -> Mapping[str, str]:
    return plan.job.tags
