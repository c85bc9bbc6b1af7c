"""Shapes inside a usage record: metadata, identity and features of each kind of usage.

Members of compute, jobs, notebooks and pipelines are always written, null where they do not apply;
members of other groups are written only where they hold a value, as in exports of several ages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from operations.simulator.charges import Charge
from operations.simulator.runs import RunPlan
from operations.simulator.world import Cluster, Workspace

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


Detailer = Callable[[Random, Workspace], Details]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of usage that comes by chance: weight, largest quantity, and details.

    Without `details` it is the usage of a serverless run.
    """

    sku: str
    weight: float
    largest: int
    details: Detailer | None


def usage_metadata(details: Details) -> dict[str, str | None]:
    """The `usage_metadata` struct."""
    return {**dict.fromkeys(_METADATA), **details.metadata}


def product_features(details: Details) -> dict[str, object]:
    """The `product_features` struct."""
    return {**dict.fromkeys(_FEATURES), **details.features}


def job_cluster_usage(plan: RunPlan, charge: Charge) -> Details:
    """Usage of a job's own cluster."""
    return Details(
        metadata=_run_metadata(plan)
        | {"cluster_id": charge.cluster_id, "node_type": charge.node_type},
        features={"jobs_tier": "CLASSIC", "is_serverless": False, "is_photon": False},
        tags=plan.job.tags,
        run_as=plan.job.run_as,
    )


def shared_cluster_usage(cluster: Cluster, charge: Charge) -> Details:
    """Usage of an all-purpose cluster: never a job id here, even when a job ran on it."""
    return Details(
        metadata={"cluster_id": charge.cluster_id, "node_type": charge.node_type},
        features={"is_serverless": False, "is_photon": False},
        tags=cluster.version(charge.started).tags,
    )


def serverless_usage(rng: Random, plan: RunPlan) -> Details:
    """Usage of a serverless run."""
    target = rng.choice(("STANDARD", "PERFORMANCE_OPTIMIZED"))
    return Details(
        metadata=_run_metadata(plan) | {"usage_policy_id": f"policy-{int(plan.run_id) % 4}"},
        features={"is_serverless": True, "is_photon": True, "performance_target": target},
        tags=plan.job.tags,
        run_as=plan.job.run_as,
    )


def _run_metadata(plan: RunPlan) -> dict[str, str]:
    name = plan.job.name_at(plan.started)
    return {"job_id": plan.job.job_id, "job_run_id": plan.run_id, "job_name": name}


def _warehouse(*, serverless: bool) -> Detailer:
    def details(rng: Random, workspace: Workspace) -> Details:
        place = rng.randrange(len(workspace.warehouses))
        return Details(
            metadata={"warehouse_id": workspace.warehouses[place]},
            features={"sql_tier": "PRO", "is_serverless": serverless, "is_photon": True},
            tags={"team": "analytics"} if place else {},
            owned_by=workspace.people[place],
        )

    return details


def _pipelines(rng: Random, workspace: Workspace) -> Details:
    job = rng.choice(workspace.jobs)
    return Details(
        metadata={
            "dlt_pipeline_id": f"pipeline-{int(job.job_id) % 5}",
            "dlt_update_id": f"update-{rng.randrange(10**12):012d}",
        },
        features={"dlt_tier": "CORE", "is_serverless": False, "is_photon": False},
        tags=job.tags,
        run_as=job.run_as,
    )


def _storage(rng: Random, workspace: Workspace) -> Details:
    return Details(
        metadata={
            "metastore_id": f"metastore-{workspace.region}",
            "catalog_id": f"catalog-{rng.randrange(3)}",
            "storage_api_type": rng.choice(("TIER_1", "TIER_2")),
        },
        features={},
        tags={},
    )


def _network(_rng: Random, workspace: Workspace) -> Details:
    return Details(
        metadata={"source_region": workspace.region, "destination_region": "public"},
        features={"networking": {"connectivity_type": "PUBLIC_IP"}},
        tags={},
    )


def _preview(rng: Random, workspace: Workspace) -> Details:
    return Details(
        metadata={"endpoint_name": f"assistant-{rng.randrange(3)}", "endpoint_id": "preview"},
        features={"serving_type": "GPU_MODEL", "model_serving": {"offering_type": "PREVIEW"}},
        tags={},
        run_as=rng.choice(workspace.people),
    )


JOBS_SERVERLESS = Kind(sku="jobs_serverless", weight=36, largest=6, details=None)
SQL_SERVERLESS = Kind(
    sku="sql_serverless", weight=24, largest=40, details=_warehouse(serverless=True)
)
KINDS = (
    JOBS_SERVERLESS,
    Kind(sku="sql_pro", weight=14, largest=24, details=_warehouse(serverless=False)),
    SQL_SERVERLESS,
    Kind(sku="pipelines", weight=16, largest=12, details=_pipelines),
    Kind(sku="storage", weight=6, largest=300, details=_storage),
    # Large with 12 decimals: more digits than a binary double keeps.
    Kind(sku="network", weight=4, largest=50_000, details=_network),
)
PREVIEW = Kind(sku="unpriced", weight=0, largest=10, details=_preview)
