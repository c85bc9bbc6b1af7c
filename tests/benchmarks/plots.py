"""Pictures of the results, as SVG: rates side by side, and time against the length of history."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing

from tests.benchmarks.figures import Figure
from tests.benchmarks.growth import OF_LATE, Rounds

RATE = "events/s/core"
LAYERS = ("bronze", "silver", "gold", "textbook merge")
# The same picture for the same figures: no date, no random names within.
_PLAIN = {"Date": None, "Creator": None}


def plot(figures: Sequence[Figure], drawn: Mapping[str, Any], folder: Path) -> None:
    """Writes rates-<suite>.svg for each suite with rates, and growth.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    mpl.rcParams["svg.hashsalt"] = "lakeledger"
    for suite in dict.fromkeys(one.suite for one in figures if one.unit == RATE):
        rates = [one for one in figures if one.suite == suite and one.unit == RATE]
        _save(_rates(rates), folder / f"rates-{suite}.svg")
    if drawn.get("growth"):
        _save(_growth(drawn["growth"]), folder / "growth.svg")


def _rates(rates: Sequence[Figure]) -> Drawing:
    drawing = Drawing(figsize=(8, 0.6 + 0.35 * len(rates)), layout="constrained")
    axes = drawing.subplots()
    names = [one.name for one in rates][::-1]
    values = [one.value for one in rates][::-1]
    colours = ["tab:blue" if "lakeledger" in name else "tab:gray" for name in names]
    bars = axes.barh(names, values, color=colours)
    axes.bar_label(bars, labels=[f"{value:,.0f}" for value in values], padding=3)
    axes.set_xlabel("events per second and core")
    axes.margins(x=0.15)
    return drawing


def _growth(found: Mapping[int, Rounds]) -> Drawing:
    drawing = Drawing(figsize=(8, 4.5), layout="constrained")
    axes = drawing.subplots()
    days = sorted(found)
    for layer in LAYERS:
        for suffix, style in (("", "-"), (OF_LATE, "--")):
            name = layer + suffix
            line = [median(found[one][name]) for one in days]
            axes.plot(days, line, style, marker="o", label=name)
    axes.set(xlabel="days of history", ylabel="seconds a batch", xscale="log", yscale="log")
    axes.set_xticks(days, labels=[str(one) for one in days])
    axes.legend(fontsize="small")
    return drawing


def _save(drawing: Drawing, path: Path) -> None:
    drawing.savefig(path, format="svg", metadata=_PLAIN)
