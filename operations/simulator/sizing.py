"""Sizes of clusters and what their nodes cost in DBUs."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Literal

Habit = Literal["busy", "idle", "oversized", "job"]

# DBUs that a node of a type uses in an hour of running, by cloud.
DBU_RATES: dict[str, dict[str, Decimal]] = {
    "AWS": {
        "i3.xlarge": Decimal("1"),
        "m6gd.2xlarge": Decimal("1.73"),
        "r5d.4xlarge": Decimal("4.37"),
    },
    "AZURE": {"Standard_DS3_v2": Decimal("0.75"), "Standard_E8ds_v5": Decimal("2.61")},
    "GCP": {"n2-highmem-4": Decimal("1.16"), "e2-standard-8": Decimal("1.93")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """Nodes of a cluster; `max_workers` is None where the number of workers is fixed."""

    driver_node_type: str
    worker_node_type: str
    workers: int
    max_workers: int | None = None

    def as_json(self) -> dict[str, object]:
        """The size as the Clusters API shows it."""
        if self.max_workers is None:
            return {"num_workers": self.workers}
        return {"autoscale": {"min_workers": self.workers, "max_workers": self.max_workers}}


def shared_sizing(rng: Random, cloud: str, node_type: str, habit: Habit) -> Sizing:
    """The size of an all-purpose cluster with a habit of use."""
    if habit == "oversized":
        return Sizing(driver_node_type=node_type, worker_node_type=node_type, workers=6)
    if habit == "idle":
        return Sizing(driver_node_type=node_type, worker_node_type=node_type, workers=1)
    return Sizing(
        driver_node_type=_driver_type(rng, cloud, node_type),
        worker_node_type=node_type,
        workers=rng.randint(1, 2),
        max_workers=rng.choice((None, 4)),
    )


def job_sizing(rng: Random, cloud: str, node_type: str) -> Sizing:
    """The size of a job's clusters; a few scale."""
    return Sizing(
        driver_node_type=_driver_type(rng, cloud, node_type),
        worker_node_type=node_type,
        workers=rng.choice((1, 1, 2, 3)),
        max_workers=rng.choice((None, None, None, 5)),
    )


def _driver_type(rng: Random, cloud: str, node_type: str) -> str:
    # Mostly the workers' type: then both share one usage record.
    return node_type if rng.random() < 0.7 else rng.choice(sorted(DBU_RATES[cloud]))
