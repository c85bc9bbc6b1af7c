"""What changes in a workspace while it is watched: things renamed, resized, retagged, deleted."""

from dataclasses import replace
from datetime import datetime, timedelta

from operations.simulator.settings import HOUR, Options
from operations.simulator.world import (
    Cluster,
    ClusterVersion,
    Job,
    Workspace,
    World,
    bare_world,
    new_cluster,
    new_job,
)

_YEAR = timedelta(days=365)


def build_world(options: Options) -> World:
    """The account of a seed, with what changes inside the window; the rest is older than it."""
    world = bare_world(options)
    return replace(world, workspaces=[_with_history(w, options) for w in world.workspaces])


def share_of_window(options: Options, share: float) -> datetime:
    """A moment some share into the window, on a whole second and on no whole hour."""
    seconds = int(options.hours * 3600 * share)
    at = options.start + timedelta(seconds=seconds)
    return at if seconds % 3600 else at + timedelta(seconds=247)


def _with_history(workspace: Workspace, options: Options) -> Workspace:
    start = options.start
    rng = options.random("history", workspace.workspace_id)
    deleted_at = share_of_window(options, 0.55)
    clusters = [_older(cluster, start) for cluster in workspace.clusters]
    jobs = [_older_job(job, start) for job in workspace.jobs]
    renamed = (share_of_window(options, 0.4), f"{jobs[0].name}-v2")
    retired_cluster = new_cluster(rng, workspace.cloud, workspace.people, "idle")
    retired_job = new_job(rng, workspace.cloud, workspace.people, serverless=False)
    return replace(
        workspace,
        created_at=_before(start, workspace.created_at),
        clusters=[_edited(clusters[0], options), *clusters[1:]],
        jobs=[replace(jobs[0], renamed=renamed), *jobs[1:]],
        retired_clusters=(replace(_older(retired_cluster, start), deleted_at=deleted_at),),
        retired_jobs=(replace(_older_job(retired_job, start), deleted_at=deleted_at),),
    )


def _edited(cluster: Cluster, options: Options) -> Cluster:
    """The cluster with a resize and then new tags inside the window."""
    first = cluster.versions[0]
    sizing = replace(first.sizing, workers=first.sizing.workers + 1)
    resized = ClusterVersion(share_of_window(options, 0.35), sizing, first.tags)
    tags = {**first.tags, "team": "platform", "cost_center": "cc-100"}
    return replace(
        cluster,
        versions=(first, resized, ClusterVersion(share_of_window(options, 0.6), sizing, tags)),
    )


def _older(cluster: Cluster, start: datetime) -> Cluster:
    first = cluster.versions[0]
    return replace(cluster, versions=(first._replace(since=_before(start, first.since)),))


def _older_job(job: Job, start: datetime) -> Job:
    return replace(job, created_at=_before(start, job.created_at))


def _before(start: datetime, at: datetime) -> datetime:
    """The moment, some years earlier where it would not be before the window."""
    while at >= start - HOUR:
        at -= _YEAR
    return at
