"""The scale plan as Markdown: the same inputs and seed give the same text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, isfinite

from operations.cost.inputs import Figures, Input, Scenario
from operations.cost.model import HOURS, cores
from operations.cost.statement import table
from operations.scale.arrivals import Arrivals, arrivals
from operations.scale.layers import LAYERS, Sizes, outcomes, paid
from operations.scale.plan import plan
from operations.scale.reading import checked
from operations.scale.sizing import EVERY_EVENT, MOST_EVENTS, Needed, kept, needs


@dataclass(frozen=True, slots=True)
class Day:
    """A scenario, the figures that it has, what lands in it, and what it needs."""

    name: str
    figures: Figures
    arrivals: Arrivals
    most: Needed
    every: Needed


def statement(f: Figures, inputs: Sequence[Input], scenarios: Iterable[Scenario], seed: int) -> str:
    """Tables of sizes, of freshness by scenario, of the plan, and of the inputs of arrivals."""
    days = [_day(f, one, seed) for one in scenarios]
    parts = [_sizes(days), _paid(f, days), _layers(f, days), _plan(f), _inputs(inputs, seed)]
    return "\n\n".join(parts) + "\n"


def _day(f: Figures, one: Scenario, seed: int) -> Day:
    changed = checked(f.changed(one.changes))
    landed = arrivals(changed, seed)
    return Day(one.name, changed, landed, *needs(changed, landed))


def _sizes(days: Sequence[Day]) -> str:
    rows = [
        (name, day.name, *_needed(day.figures, found))
        for name, day, found in (
            *(("99 %", day, day.most) for day in days),
            *(("all", day, day.every) for day in days),
        )
    ]
    headings = ("fresh", "day", "workers a group", "cores of silver", "of gold", "SQL clusters")
    return "### The smallest sizes that keep the promises\n\n" + table(headings, rows, "lrrrr")


def _needed(f: Figures, found: Needed) -> tuple[str, ...]:
    """Workers, cores of silver, of gold, and clusters of the warehouse with all it carries."""
    sizes = found.sizes
    if sizes is None:
        return "none", f"{found.fails} fails", "", ""
    busy = cores(f)
    beside = (busy.checks + busy.maintenance) / f["utilization"]
    count = ceil((sizes.silver_cores + sizes.gold_cores + beside) / f["warehouse_cores"])
    return str(sizes.workers), str(sizes.silver_cores), str(sizes.gold_cores), str(count)


def _paid(f: Figures, days: Sequence[Day]) -> str:
    """The sizes of the cost model, through the days that its mean is of."""
    usual, peak = paid(f, peak=False), paid(f, peak=True)
    rows = []
    for day in days:
        if day.figures["events_per_second"] == f["events_per_second"]:
            verdicts = (_verdict(day, sizes) for sizes in (usual, peak))
            rows.append((day.name, *(cell for verdict in verdicts for cell in verdict)))
    text = "### What the cost model pays for\n\n" + " ".join(
        f"{when}: {sizes.workers} workers a group, {sizes.silver_cores} cores for silver, "
        f"{sizes.gold_cores} for gold."
        for when, sizes in (("Usual sizes", usual), ("Peak sizes", peak))
    )
    month = f["warehouse_dbu_per_hour"] * f["sql_dbu_price"] * HOURS
    text += f" A cluster more, up all month, is ${month:,.0f}."
    headings = ("day", "usual sizes: p99, s", "kept", "peak sizes: p99, s", "kept")
    return text + "\n\n" + table(headings, rows, "rlrl")


def _verdict(day: Day, sizes: Sizes) -> tuple[str, str]:
    found = outcomes(day.figures, day.arrivals, sizes)
    seconds = " / ".join(_seconds(found[layer].p99) for layer in LAYERS)
    if kept(day.figures, found, EVERY_EVENT):
        return seconds, "all"
    return seconds, "99 %" if kept(day.figures, found, MOST_EVENTS) else "**no**"


def _layers(f: Figures, days: Sequence[Day]) -> str:
    """Freshness and backlog with the smallest sizes of the 99 %."""
    rows = []
    for day in days:
        if day.most.sizes is None:
            continue
        for layer, found in outcomes(day.figures, day.arrivals, day.most.sizes).items():
            spread = (_seconds(one) for one in (found.p50, found.p99, found.max))
            rows.append((day.name, layer, *spread, f"{found.backlog / 1e6:,.1f}"))
    promised = ", ".join(f"{layer} {f[f'{layer}_seconds']:.0f} s" for layer in LAYERS)
    headings = ("day", "layer", "p50", "p99", "max", "most waiting, million events")
    return (
        "### Freshness with the smallest sizes for 99 %\n\n"
        f"Seconds from landing; promised: {promised}.\n\n{table(headings, rows, 'lrrrr')}"
    )


def _plan(f: Figures) -> str:
    rows = [(row.name, *row.cells, row.so) for row in plan(f)]
    rates = (f"{f[name]:,.0f}/s" for name in ("events_per_second", "peak_events_per_second"))
    return "### Files, streams, limits, layout, checkpoints\n\n" + table(
        ("what", *rates, "so"), rows, "rrl"
    )


def _inputs(inputs: Sequence[Input], seed: int) -> str:
    rows = [
        (f"`{one.name}`", f"{one.value:,.12g}", one.unit, one.kind, one.source) for one in inputs
    ]
    headings = ("input", "value", "unit", "kind", "from")
    return f"### Inputs of arrivals, seed {seed}\n\n" + table(headings, rows, "rlll")


def _seconds(value: float) -> str:
    return f"{value:,.0f}" if isfinite(value) else "over 6 h"
