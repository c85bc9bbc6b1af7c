"""Figures of all suites as a table on the terminal, as a page, and for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Figure

COLUMNS = ("what", "against", "value", "unit", "spread", "bar")


def key_of(figure: Figure) -> str:
    """The name under which a figure stands in the baseline."""
    return f"{figure.suite}: {figure.name} [{figure.unit}] / {figure.against}"


def baseline_of(path: Path) -> dict[str, float]:
    """Values by key; empty where there is no baseline yet."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cells(figure: Figure) -> tuple[str, ...]:
    """A line of a table."""
    spread = f"{figure.spread:.0%}" if figure.spread else ""
    verdict = "" if figure.holds else " **missed**"
    return (
        *(figure.name, figure.against, number(figure.value), figure.unit, spread),
        f"{figure.bar}{verdict}",
    )


def show(figures: Sequence[Figure], before: Mapping[str, float], console: Console) -> None:
    """The tables on the terminal, with what the baseline has."""
    for suite, group in by_suite(figures):
        table = Table(title=suite)
        for name in (*COLUMNS, "baseline"):
            table.add_column(name)
        for one in group:
            known = before.get(key_of(one))
            style = None if one.holds else "red"
            table.add_row(*cells(one), "" if known is None else number(known), style=style)
        console.print(table)


def by_suite(figures: Sequence[Figure]) -> Iterator[tuple[str, list[Figure]]]:
    """Figures suite by suite."""
    for suite, group in groupby(figures, key=lambda figure: figure.suite):
        yield suite, list(group)


def page(figures: Sequence[Figure], where: Mapping[str, Any], scale: str) -> str:
    """Markdown: where it ran, then a table per suite."""
    lines = [
        f"Scale `{scale}`. {where['system']}, {where['cores']} cores, {where['memory_gib']} GiB, "
        f"heap {where['heap']}; load average {where['load_before']} before, "
        f"{where['load_after']} after.",
    ]
    for suite, group in by_suite(figures):
        lines += [
            "",
            f"### {suite}",
            "",
            f"| {' | '.join(COLUMNS)} |",
            "|---|---|---:|---|---:|---|",
        ]
        lines += [f"| {' | '.join(cells(one))} |" for one in group]
    return "\n".join(lines) + "\n"


def as_json(figures: Sequence[Figure], where: Mapping[str, Any], scale: str) -> str:
    """The whole, for programs."""
    records = [figure.as_record() for figure in figures]
    return json.dumps({"scale": scale, "machine": where, "figures": records}, indent=2) + "\n"
