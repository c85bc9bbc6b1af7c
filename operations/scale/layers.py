"""Bronze, silver and gold behind one another, with given sizes, over a day of arrivals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from operations.cost.inputs import Figures
from operations.cost.model import (
    bronze_core_seconds,
    clusters,
    cores,
    silver_core_seconds,
    size_factor,
    workers,
)
from operations.scale.arrivals import DAY, Arrivals
from operations.scale.batches import (
    Curve,
    Server,
    Shown,
    backlog,
    freshness,
    landed_by,
    percentile,
    serve,
    together,
)

LAYERS = ("bronze", "silver", "gold")
# How long after midnight it is watched on: nothing lands any more, what waits is served.
AFTERWARDS = 6 * 3_600


@dataclass(frozen=True, slots=True)
class Sizes:
    """Workers of each ingest cluster, cores of silver and gold; a share, `utilization`, works."""

    workers: int
    silver_cores: int
    gold_cores: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Freshness of a layer in seconds, over all events, and the most events that waited for it."""

    p50: float
    p99: float
    max: float
    backlog: float


def paid(f: Figures, *, peak: bool) -> Sizes:
    """What the cost model pays for; of the warehouse gold has what it needs, silver the rest."""
    busy = cores(f)
    sql = busy.sql_peak if peak else busy.sql
    gold = int(np.ceil(busy.sql_beside_silver / f["utilization"]))
    most = workers(f, busy.bronze_peak if peak else busy.bronze)
    return Sizes(most, int(clusters(f, sql) * f["warehouse_cores"]) - gold, gold)


def bronze(f: Figures, day: Arrivals, count: int) -> tuple[Shown, ...]:
    """What each group shows, its cluster having `count` workers."""
    speed = count * f["node_cores"] * f["utilization"]
    fixed = f["ingest_streams"] * f["batch_core_seconds"] / speed
    each = bronze_core_seconds(f) / speed
    event = size_factor(f) * f["measured_event_bytes"]
    server = Server(
        seconds=lambda new, _: fixed + new * each if new > 0 else 0.0,
        every=f["ingest_trigger_seconds"],
        limit=f["ingest_streams"] * f["batch_bytes"] / event,
    )
    return tuple(serve(landed_by(group), server, DAY + AFTERWARDS) for group in day.landed)


def silver(f: Figures, before: tuple[Shown, ...], count: int) -> tuple[Shown, ...]:
    """Rounds over all groups, one after the other; an empty round takes its constant, too."""
    fixed = DAY / f["silver_rounds_per_day"]
    each = silver_core_seconds(f) / (count * f["utilization"])
    return _through(before, Server(seconds=lambda new, _: fixed + new * each))


def gold(f: Figures, day: Arrivals, before: tuple[Shown, ...], count: int) -> tuple[Shown, ...]:
    """Runs that read today from its beginning, and earlier days whole when late events came."""
    rate = f["scan_rate"] * count * f["utilization"] / f["gold_passes"]
    today = landed_by(day.total)
    earlier = _late_days(f, day, before)

    def seconds(_: float, start: float) -> float:
        rows = f["late_days_factor"] * today(start) + earlier(start)
        return f["gold_run_seconds"] + rows / rate

    return _through(before, Server(seconds=seconds, every=DAY / f["gold_runs_per_day"]))


def _late_days(f: Figures, day: Arrivals, before: tuple[Shown, ...]) -> Callable[[float], float]:
    """Rows of earlier days that a run reads: all of them while late events come through silver."""
    rows = f["late_days"] * f["events_per_second"] * DAY
    if not rows or not day.late.any():
        return lambda _: 0.0
    landed = np.flatnonzero(day.late)
    total = np.cumsum(day.landed[0])
    first, last = total[landed[0] - 1] if landed[0] else 0.0, total[landed[-1]]
    seen, previous = before[0], 0.0

    def read(start: float) -> float:
        nonlocal previous
        now = seen.by(start)
        touched = previous < last and now > first
        previous = now
        return rows if touched else 0.0

    return read


def _through(before: tuple[Shown, ...], server: Server) -> tuple[Shown, ...]:
    """One server behind all groups: what it shows, group by group."""
    shown = serve(together(before), server, DAY + AFTERWARDS)
    return tuple(Shown(shown.begins, shown.ends, group.at(shown.begins)) for group in before)


def outcomes(f: Figures, day: Arrivals, sizes: Sizes) -> dict[str, Outcome]:
    """Every layer's outcome, by name."""
    first = bronze(f, day, sizes.workers)
    second = silver(f, first, sizes.silver_cores)
    third = gold(f, day, second, sizes.gold_cores)
    return {
        name: outcome(day, shown)
        for name, shown in zip(LAYERS, (first, second, third), strict=True)
    }


def fresh_share(day: Arrivals, shown: tuple[Shown, ...], seconds: float) -> float:
    """Share of events that are shown in less than so many seconds; exactly 1 where all are."""
    late = sum(
        float(landed[freshness(landed, group) >= seconds].sum())
        for landed, group in zip(day.landed, shown, strict=True)
    )
    return 1 - late / float(day.landed.sum())


def outcome(day: Arrivals, shown: tuple[Shown, ...]) -> Outcome:
    """All groups together, each event weighing the same."""
    pairs = tuple(zip(day.landed, shown, strict=True))
    weights: Curve = day.landed.ravel()
    ages = np.concatenate([freshness(*pair) for pair in pairs])[weights > 0]
    weights = weights[weights > 0]
    waiting = np.sum([backlog(*pair) for pair in pairs], axis=0)
    return Outcome(
        p50=percentile(ages, weights, 0.5),
        p99=percentile(ages, weights, 0.99),
        max=float(ages.max()),
        backlog=float(waiting.max()),
    )
