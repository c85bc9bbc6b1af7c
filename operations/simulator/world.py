"""The made-up account: workspaces with their people, clusters, warehouses and jobs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, pi
from random import Random
from typing import NamedTuple
from uuid import UUID

from operations.simulator.settings import Options
from operations.simulator.sizing import Habit, Sizing, job_sizing, shared_sizing

_TEAMS = ("payments", "growth", "risk", "logistics", "research", "platform")
_ENVIRONMENTS = ("production", "staging", "development")
_NODE_TYPES = {
    "AWS": ("i3.xlarge", "m6gd.2xlarge", "r5d.4xlarge"),
    "AZURE": ("Standard_DS3_v2", "Standard_E8ds_v5"),
    "GCP": ("n2-highmem-4", "e2-standard-8"),
}
_JOB_NAMES = ("load", "merge", "score", "export", "train", "report")
_HABITS: tuple[Habit, ...] = ("busy", "busy", "busy", "oversized", "busy", "idle")
_TASKS = (("main",), ("main",), ("extract", "publish"), ("extract", "transform", "publish"))
_TRIGGERS = ("CRON", "CRON", "CRON", "FILE_ARRIVAL", "TABLE", "CONTINUOUS")
# Hours from UTC by the first letters of a region name.
UTC_OFFSETS = {"us": -6, "eu": 1, "we": 1, "no": 1, "uk": 0, "ap": 9, "sa": -3, "ca": -5}


class ClusterVersion(NamedTuple):
    """What can change about a cluster, and since when it holds."""

    since: datetime
    sizing: Sizing
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """An all-purpose cluster; its versions are in order of time."""

    cluster_id: str
    name: str
    node_type: str
    owner: str
    habit: Habit
    versions: Sequence[ClusterVersion]
    deleted_at: datetime | None = None

    def version(self, at: datetime) -> ClusterVersion:
        """The version that holds at a moment; before the first, the first."""
        return next((v for v in reversed(self.versions) if v.since <= at), self.versions[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job; a serverless one has no cluster. `renamed` says when and how it is called then."""

    job_id: str
    name: str
    run_as: str
    serverless: bool
    node_type: str
    tags: Mapping[str, str]
    sizing: Sizing
    task_keys: Sequence[str]
    trigger_type: str
    created_at: datetime
    renamed: tuple[datetime, str] | None = None
    deleted_at: datetime | None = None

    def name_at(self, at: datetime) -> str:
        """What the job is called at a moment."""
        return self.renamed[1] if self.renamed and self.renamed[0] <= at else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of a job, by the hour it starts in; `cluster_id` is None for serverless jobs."""

    job: Job
    run_id: str
    cluster_id: str | None
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace and what lives in it; what is retired is deleted and never runs."""

    workspace_id: str
    name: str
    created_at: datetime
    region: str
    cloud: str
    people: Sequence[str]
    principals: Sequence[str]
    clusters: Sequence[Cluster]
    warehouses: Sequence[str]
    notebooks: Sequence[str]
    jobs: Sequence[Job]
    retired_clusters: Sequence[Cluster] = ()
    retired_jobs: Sequence[Job] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The account with its workspaces."""

    options: Options
    account_id: str
    workspaces: Sequence[Workspace]

    def in_region(self, region: str) -> list[Workspace]:
        """The workspaces of a region; may be empty."""
        return [w for w in self.workspaces if w.region == region]

    def runs(self, workspace: Workspace, hour: datetime) -> list[JobRun]:
        """The job runs that start in a workspace in an hour: the same in every source."""
        rng = self.options.random("runs", workspace.workspace_id, hour)
        return [_run(rng, rng.choice(workspace.jobs), hour) for _ in range(rng.randint(3, 7))]

    def sector_size(self, rng: Random, region: str, hour: datetime, per_hour: float) -> int:
        """Number of records of a region and hour, given the mean per hour over all regions."""
        share = len(self.in_region(region)) / len(self.workspaces)
        local = (hour.hour + UTC_OFFSETS.get(region[:2], 0)) % 24
        curve = 1 + 0.7 * cos(2 * pi * (local - 14) / 24)
        return int(per_hour * share * curve * rng.uniform(0.9, 1.1) + rng.random())


def bare_world(options: Options) -> World:
    """The account of a seed before anything changes in it; workspaces go to the regions in turn."""
    rng = options.random("world", "account")
    people = [f"user-{n:04d}@example.com" for n in rng.sample(range(1, 10_000), 60)]
    regions = options.regions
    return World(
        options=options,
        account_id=new_uuid(rng),
        workspaces=[
            _workspace(options.random("world", f"workspace-{n}"), regions[n % len(regions)], people)
            for n in range(options.workspaces)
        ],
    )


def cloud_of(region: str) -> str:
    """The cloud by the form of a region name: us-east-1, us-central1, westeurope."""
    if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d+", region):
        return "AWS"
    return "GCP" if re.fullmatch(r"[a-z]+-[a-z]+\d+", region) else "AZURE"


def new_uuid(rng: Random) -> str:
    """A random uuid from the seeded generator."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def new_cluster_id(rng: Random, at: datetime) -> str:
    """A cluster id as `0109-101523-ab12cd34`."""
    return f"{at:%m%d-%H}{rng.randrange(60):02d}{rng.randrange(60):02d}-{rng.getrandbits(32):08x}"


def _workspace(rng: Random, region: str, everybody: Sequence[str]) -> Workspace:
    people = rng.sample(everybody, 20)
    principals = [new_uuid(rng) for _ in range(3)]
    cloud = cloud_of(region)
    workspace_id = str(rng.randrange(10**15, 10**16))
    return Workspace(
        workspace_id=workspace_id,
        name=f"{_ENVIRONMENTS[int(workspace_id) % 3]}-{region}-{workspace_id[-4:]}",
        created_at=_moment_before(Random(f"workspace/{workspace_id}")),
        region=region,
        cloud=cloud,
        people=people,
        principals=principals,
        clusters=[new_cluster(rng, cloud, people, habit) for habit in _HABITS],
        warehouses=[f"{rng.getrandbits(64):016x}" for _ in range(3)],
        notebooks=[str(rng.randrange(10**14, 10**15)) for _ in range(12)],
        jobs=[new_job(rng, cloud, principals + people[:3], n % 2 == 1) for n in range(12)],
    )


def _tags(rng: Random) -> dict[str, str]:
    tags = {"team": rng.choice(_TEAMS), "environment": rng.choice(_ENVIRONMENTS)}
    # Untagged compute is common and must end up somewhere in a cost allocation.
    return tags if rng.random() < 0.8 else {}


def new_cluster(rng: Random, cloud: str, people: Sequence[str], habit: Habit) -> Cluster:
    """An all-purpose cluster that was made before any window."""
    created = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(8000))
    cluster_id = new_cluster_id(rng, created)
    name, node_type = f"shared-{rng.randrange(100):02d}", rng.choice(_NODE_TYPES[cloud])
    owner, tags = rng.choice(people), _tags(rng)
    sizing = shared_sizing(Random(f"size/{cluster_id}"), cloud, node_type, habit)
    return Cluster(
        cluster_id=cluster_id,
        name=name,
        node_type=node_type,
        owner=owner,
        habit=habit,
        versions=(ClusterVersion(created, sizing, tags),),
    )


def new_job(rng: Random, cloud: str, owners: Sequence[str], serverless: bool) -> Job:
    """A job that was made before any window."""
    job_id = str(rng.randrange(10**14, 10**15))
    name = f"{rng.choice(_JOB_NAMES)}-{rng.randrange(1000):03d}"
    run_as, node_type = rng.choice(owners), rng.choice(_NODE_TYPES[cloud])
    own = Random(f"job/{job_id}")
    return Job(
        job_id=job_id,
        name=name,
        run_as=run_as,
        serverless=serverless,
        node_type=node_type,
        tags=_tags(rng),
        sizing=job_sizing(own, cloud, node_type),
        task_keys=own.choice(_TASKS),
        trigger_type=own.choice(_TRIGGERS),
        created_at=_moment_before(own),
    )


def _moment_before(rng: Random) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(8000 * 3600))


def _run(rng: Random, job: Job, hour: datetime) -> JobRun:
    return JobRun(
        job=job,
        run_id=str(rng.randrange(10**14, 10**15)),
        cluster_id=None if job.serverless else new_cluster_id(rng, hour),
        failed=rng.random() < 0.06,
    )
