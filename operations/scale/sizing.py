"""The smallest sizes with which a day keeps its promises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

from operations.cost.inputs import Figures
from operations.scale.arrivals import Arrivals
from operations.scale.batches import Shown
from operations.scale.layers import Outcome, Sizes, bronze, fresh_share, gold, silver

# What is not kept with so much is not kept by size.
MOST_WORKERS = 64
MOST_CORES = 4_096
# A worker of the SQL warehouse.
CORES_STEP = 8

# Of events, as docs/slo.md has it; and the promise itself.
MOST_EVENTS, EVERY_EVENT = 0.99, 1.0


def kept(f: Figures, found: Mapping[str, Outcome], share: float) -> bool:
    """Whether so much of the events of every layer is fresh; MOST_EVENTS or EVERY_EVENT."""
    return all(
        (one.max if share == EVERY_EVENT else one.p99) < f[f"{layer}_seconds"]
        for layer, one in found.items()
    )


@dataclass(frozen=True, slots=True)
class Needed:
    """Sizes that keep the promises; None where the layer `fails` needs more than any tried."""

    sizes: Sizes | None
    fails: str = ""


def needs(f: Figures, day: Arrivals) -> tuple[Needed, Needed]:
    """What MOST_EVENTS and EVERY_EVENT need; a size of ingest is simulated once for both."""
    simulated = cache(partial(bronze, f, day))
    return needed(f, day, MOST_EVENTS, simulated), needed(f, day, EVERY_EVENT, simulated)


def needed(
    f: Figures, day: Arrivals, share: float, simulated: Callable[[int], tuple[Shown, ...]]
) -> Needed:
    """The smallest size of each layer, one after the other: silver behind the bronze found."""

    def holds(layer: str, shown: tuple[Shown, ...]) -> bool:
        return fresh_share(day, shown, f[f"{layer}_seconds"]) >= share

    workers = least(lambda n: holds("bronze", simulated(n)), 1, MOST_WORKERS)
    if workers is None:
        return Needed(None, "bronze")
    first = simulated(workers)
    silver_cores = least(lambda n: holds("silver", silver(f, first, n)), CORES_STEP, MOST_CORES)
    if silver_cores is None:
        return Needed(None, "silver")
    second = silver(f, first, silver_cores)
    gold_cores = least(lambda n: holds("gold", gold(f, day, second, n)), CORES_STEP, MOST_CORES)
    if gold_cores is None:
        return Needed(None, "gold")
    return Needed(Sizes(workers, silver_cores, gold_cores))


def least(holds: Callable[[int], bool], step: int, most: int) -> int | None:
    """The smallest multiple of `step` up to `most` that holds, found by doubling and halving.

    More is never worse by more than a batch, so a smaller one between those looked at may hold by
    luck; what is returned does hold.
    """
    high = step
    while not holds(high):
        high *= 2
        if high > most:
            return None
    low = high // 2
    while high - low > step:
        middle = (low + high) // 2 // step * step
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
