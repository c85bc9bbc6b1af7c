"""Shapes inside a usage record: metadata, identity and features of each kind of usage.

Members of compute, jobs, notebooks and pipelines are always written, null where they do not apply;
members of other groups are written only where they hold a value, as in exports of several ages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from operations.simulator.world import JobRun, Workspace

_METADATA = (
    "cluster_id",
    "warehouse_id",
    "instance_pool_id",
    "node_type",
    "job_id",
    "job_run_id",
    "job_name",
    "run_name",
    "notebook_id",
    "notebook_path",
    "dlt_pipeline_id",
    "dlt_update_id",
    "dlt_maintenance_id",
)
_FEATURES = (
    "jobs_tier",
    "sql_tier",
    "dlt_tier",
    "is_serverless",
    "is_photon",
    "serving_type",
    "performance_target",
    "networking",
    "model_serving",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a kind of usage says beyond its SKU; keys are members of the structs."""

    metadata: Mapping[str, str]
    features: Mapping[str, object]
    tags: Mapping[str, str]
    run_as: str | None = None
    owned_by: str | None = None


Detailer = Callable[[Random, Workspace, Sequence[JobRun]], Details]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of usage: its weight among records, its largest quantity, its details."""

    sku: str
    weight: float
    largest: int
    details: Detailer


def usage_metadata(details: Details) -> dict[str, str | None]:
    """The `usage_metadata` struct."""
    return {**dict.fromkeys(_METADATA), **details.metadata}


def product_features(details: Details) -> dict[str, object]:
    """The `product_features` struct."""
    return {**dict.fromkeys(_FEATURES), **details.features}


def _jobs(rng: Random, workspace: Workspace, runs: Sequence[JobRun]) -> Details:
    classic = [run for run in runs if run.cluster_id]
    if not classic:
        return _pipelines(rng, workspace, runs)
    run = rng.choice(classic)
    return Details(
        metadata=_run_metadata(run)
        | {"cluster_id": run.cluster_id or "", "node_type": run.job.node_type},
        features={"jobs_tier": "CLASSIC", "is_serverless": False, "is_photon": rng.random() < 0.5},
        tags=run.job.tags,
        run_as=run.job.run_as,
    )


def _jobs_serverless(rng: Random, _workspace: Workspace, runs: Sequence[JobRun]) -> Details:
    serverless = [run for run in runs if not run.cluster_id]
    run = rng.choice(serverless or runs)
    target = rng.choice(("STANDARD", "PERFORMANCE_OPTIMIZED"))
    return Details(
        metadata=_run_metadata(run) | {"usage_policy_id": f"policy-{int(run.run_id) % 4}"},
        features={"is_serverless": True, "is_photon": True, "performance_target": target},
        tags=run.job.tags,
        run_as=run.job.run_as,
    )


def _run_metadata(run: JobRun) -> dict[str, str]:
    return {"job_id": run.job.job_id, "job_run_id": run.run_id, "job_name": run.job.name}


def _all_purpose(rng: Random, workspace: Workspace, _runs: Sequence[JobRun]) -> Details:
    # Never a job id here, even when a job ran on the cluster.
    cluster = rng.choice(workspace.clusters)
    return Details(
        metadata={"cluster_id": cluster.cluster_id, "node_type": cluster.node_type},
        features={"is_serverless": False, "is_photon": False},
        tags=cluster.tags,
    )


def _warehouse(serverless: bool) -> Detailer:
    def details(rng: Random, workspace: Workspace, _runs: Sequence[JobRun]) -> Details:
        place = rng.randrange(len(workspace.warehouses))
        return Details(
            metadata={"warehouse_id": workspace.warehouses[place]},
            features={"sql_tier": "PRO", "is_serverless": serverless, "is_photon": True},
            tags={"team": "analytics"} if place else {},
            owned_by=workspace.people[place],
        )

    return details


def _pipelines(_rng: Random, _workspace: Workspace, runs: Sequence[JobRun]) -> Details:
    run = runs[0]
    return Details(
        metadata={
            "dlt_pipeline_id": f"pipeline-{int(run.job.job_id) % 5}",
            "dlt_update_id": f"update-{run.run_id}",
        },
        features={"dlt_tier": "CORE", "is_serverless": False, "is_photon": False},
        tags=run.job.tags,
        run_as=run.job.run_as,
    )


def _storage(rng: Random, workspace: Workspace, _runs: Sequence[JobRun]) -> Details:
    return Details(
        metadata={
            "metastore_id": f"metastore-{workspace.region}",
            "catalog_id": f"catalog-{rng.randrange(3)}",
            "storage_api_type": rng.choice(("TIER_1", "TIER_2")),
        },
        features={},
        tags={},
    )


def _network(_rng: Random, workspace: Workspace, _runs: Sequence[JobRun]) -> Details:
    return Details(
        metadata={"source_region": workspace.region, "destination_region": "public"},
        features={"networking": {"connectivity_type": "PUBLIC_IP"}},
        tags={},
    )


def _preview(rng: Random, workspace: Workspace, _runs: Sequence[JobRun]) -> Details:
    return Details(
        metadata={"endpoint_name": f"assistant-{rng.randrange(3)}", "endpoint_id": "preview"},
        features={"serving_type": "GPU_MODEL", "model_serving": {"offering_type": "PREVIEW"}},
        tags={},
        run_as=rng.choice(workspace.people),
    )


KINDS = (
    Kind(sku="jobs", weight=25, largest=20, details=_jobs),
    Kind(sku="jobs_serverless", weight=28, largest=6, details=_jobs_serverless),
    Kind(sku="all_purpose", weight=15, largest=30, details=_all_purpose),
    Kind(sku="sql_pro", weight=7, largest=24, details=_warehouse(False)),
    Kind(sku="sql_serverless", weight=12, largest=40, details=_warehouse(True)),
    Kind(sku="pipelines", weight=8, largest=12, details=_pipelines),
    Kind(sku="storage", weight=3, largest=300, details=_storage),
    # Large with 12 decimals: more digits than a binary double keeps.
    Kind(sku="network", weight=2, largest=50_000, details=_network),
)
PREVIEW = Kind(sku="unpriced", weight=0, largest=10, details=_preview)
