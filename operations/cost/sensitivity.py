"""What breaks the budget: inputs moved one at a time, and whole scenarios."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operations.cost.inputs import Figures, Scenario
from operations.cost.model import total

# Which way each of these hurts: a rate when it falls, an amount or a price when it rises.
RISING = (
    "days_kept", "bronze_event_bytes", "silver_event_bytes", "raw_bytes_per_day",
    "gold_passes", "checked_days", "archive_price", "sql_dbu_price", "transfer_price",
    "peak_hours_per_day", "dbt_dbu_per_hour",
)  # fmt: skip
FALLING = ("scan_rate", "merge_rate", "parse_rate", "bronze_rate", "utilization")
# No figure is off by more; beyond it an input does not matter.
MOST = 20.0


@dataclass(frozen=True, slots=True)
class Limit:
    """How far one input can go, the others being as they are, until the budget is reached.

    `factor` is what it is multiplied by; None where a twentyfold change does not reach it.
    """

    name: str
    value: float
    factor: float | None


def limits(f: Figures) -> tuple[Limit, ...]:
    """The limit of every input that is looked at, the tightest first."""
    found = [limit(f, name, rises=True) for name in RISING]
    found += [limit(f, name, rises=False) for name in FALLING]
    return tuple(sorted(found, key=_tightness))


def limit(f: Figures, name: str, *, rises: bool) -> Limit:
    """Found by halving; costs rise in steps, so it is the last figure within the budget."""

    def holds(change: float) -> bool:
        factor = change if rises else 1 / change
        return total(f.changed({name: f[name] * factor})) <= f["budget"]

    if holds(MOST):
        return Limit(name, f[name], None)
    low, high = 1.0, MOST
    if not holds(low):
        return Limit(name, f[name], 1.0)
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return Limit(name, f[name], low if rises else 1 / low)


def totals(f: Figures, scenarios: Iterable[Scenario]) -> Mapping[str, float]:
    """Dollars of a month by scenario."""
    return {one.name: total(f.changed(one.changes)) for one in scenarios}


def _tightness(one: Limit) -> float:
    if one.factor is None:
        return MOST + 1
    return max(one.factor, 1 / one.factor)
