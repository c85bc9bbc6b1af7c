"""Results of the benchmark for people and for programs."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.benchmarks.latency import Latency

BAR_SECONDS = 3.0
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
COLUMNS = ("panel", "rows", "cold", "p50", "p99", "p99.9", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that a run found: figures in seconds, rows per table, where it ran."""

    scale: str
    profile: str
    session: Mapping[str, str]
    rounds: int
    tables: Mapping[str, int]
    latencies: Sequence[Latency]
    machine: Mapping[str, Any]

    @property
    def slow(self) -> list[str]:
        """Panels whose 99.9th percentile does not keep below the bar."""
        return [found.name for found in self.latencies[:-1] if found.p999 >= BAR_SECONDS]

    def as_json(self) -> str:
        """The whole, for programs."""
        return json.dumps(
            {
                "scale": self.scale,
                "profile": self.profile,
                "session": self.session,
                "rounds": self.rounds,
                "bar_seconds": BAR_SECONDS,
                "slow": self.slow,
                "machine": self.machine,
                "rows": self.tables,
                "latencies": [found.as_record() for found in self.latencies],
            },
            indent=2,
        )


def machine(load_before: float) -> dict[str, Any]:
    """What the figures were measured on; load averages tell how alone the run was."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "heap": os.environ.get("LAKELEDGER_MEMORY") or "2g",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(load_before, 1),
        "load_after": round(os.getloadavg()[0], 1),
    }


def cells(found: Latency) -> tuple[str, ...]:
    """A line of the table: rows, and seconds to hundredths."""
    seconds = (found.cold, found.p50, found.p99, found.p999, found.max)
    return (found.name, f"{found.rows:,}", *(f"{value:.2f}" for value in seconds))


def show(results: Results, console: Console) -> None:
    """The table on the terminal."""
    table = Table(title=f"seconds per panel, scale {results.scale}, {results.rounds} warm rounds")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "panel" else "right")
    for found in results.latencies:
        style = "red" if found.name in results.slow else None
        table.add_row(*cells(found), style=style, end_section=found is results.latencies[-2])
    console.print(table)


def markdown(results: Results) -> str:
    """The same as a page: where it ran, the figures, the rows behind them."""
    where = results.machine
    session = "compiled" if results.session else "interpreted"
    lines = [
        f"Scale `{results.scale}`, profile `{results.profile}`, plans {session}, "
        f"{results.rounds} warm rounds. "
        f"{where['system']}, {where['cores']} cores, {where['memory_gib']} GiB, heap "
        f"{where['heap']}; load average {where['load_before']} before, {where['load_after']} after "
        "(the run itself keeps about one core busy).",
        "",
        "Seconds, from sending the query to having its whole result:",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * (len(COLUMNS) - 1)}",
        *(f"| {' | '.join(cells(found))} |" for found in results.latencies),
        "",
        "The last line is of all runs together; its cold figure is the slowest first run.",
        "",
        "| table | rows |",
        "|---|---:|",
        *(f"| {name} | {rows:,} |" for name, rows in sorted(results.tables.items())),
    ]
    return "\n".join(lines) + "\n"


def put_into(page: Path, text: str, name: str = "results") -> None:
    """Replaces what stands between the two markers of a name in a page.

    Raises:
        ValueError: if the page lacks them.
    """
    begins, ends = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = page.read_text(encoding="utf-8").partition(begins)
    _, end, after = rest.partition(ends)
    if not (begin and end):
        raise ValueError(f"{page} has no place for results: {begins} … {ends}")
    page.write_text(f"{before}{begins}\n\n{text}\n{ends}{after}", encoding="utf-8")
