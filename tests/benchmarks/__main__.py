"""Every stage beside its floor, its peers and itself over a longer history.

    .venv/bin/python -m tests.benchmarks [--quick] [--only SUITE…] [--output DIR]

docs/throughput.md says what is measured, and has the results.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from operations.dbt import PROJECT
from tests.benchmarks import gold_queries
from tests.benchmarks.endpoint import measure_dbt, measure_endpoint
from tests.benchmarks.figures import Figure, missed
from tests.benchmarks.growth import measure_growth
from tests.benchmarks.memory import measure_memory
from tests.benchmarks.page import as_json, baseline_of, key_of, page, show
from tests.benchmarks.plots import plot
from tests.benchmarks.report import machine, put_into
from tests.benchmarks.rounds import Say
from tests.benchmarks.sizes import FULL, QUICK, Sizes
from tests.benchmarks.stage_bronze import Kind, measure_bronze
from tests.benchmarks.stage_peers import measure_peers
from tests.benchmarks.stage_silver import measure_silver

DATA = PROJECT / ".lakeledger" / "bench"
BASELINE = Path(__file__).with_name("baseline.json")
PAGE = PROJECT / "docs" / "throughput.md"
# Beside the figures: what a suite has to draw.
Found = tuple[list[Figure], Any]
Suite = Callable[[Path, Sizes, Say], Found]


def _bronze(root: Path, sizes: Sizes, say: Say) -> Found:
    figures: list[Figure] = []
    for size, compressed in sizes.bronze_kinds:
        kind = Kind(size=size, compressed=compressed, events=sizes.bronze_events)
        figures += measure_bronze(root, kind, rounds=sizes.rounds, say=say)
    return figures, None


def _silver(root: Path, sizes: Sizes, say: Say) -> Found:
    return measure_silver(root, events=sizes.silver_events, rounds=sizes.rounds, say=say), None


def _growth(root: Path, sizes: Sizes, say: Say) -> Found:
    return measure_growth(
        root, histories=sizes.histories, events=sizes.growth_events, rounds=sizes.rounds, say=say
    )


def _memory(root: Path, sizes: Sizes, say: Say) -> Found:
    backlogs, events = sizes.memory_backlogs, sizes.memory_events
    return measure_memory(root, backlogs=backlogs, events=events, say=say), None


def _peers(root: Path, sizes: Sizes, say: Say) -> Found:
    return measure_peers(root, events=sizes.peer_events, rounds=sizes.rounds, say=say), None


def _endpoint(root: Path, sizes: Sizes, say: Say) -> Found:
    return measure_endpoint(root, rounds=sizes.rounds, say=say), None


def _dbt(root: Path, sizes: Sizes, say: Say) -> Found:
    return measure_dbt(root, rounds=sizes.rounds, say=say), None


SUITES: Mapping[str, Suite] = {
    "endpoint": _endpoint,
    "dbt": _dbt,
    "bronze": _bronze,
    "silver": _silver,
    "peers": _peers,
    "memory": _memory,
    "growth": _growth,
}
# Dashboards, which have a command and a page of their own.
QUERIES = "queries"


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help=f"{', '.join(QUICK.suites)} of small batches: minutes"
    )
    parser.add_argument("--only", nargs="+", choices=[*SUITES, QUERIES], help="some suites")
    parser.add_argument("--output", type=Path, help="folder for results.json and results.md")
    parser.add_argument("--write-docs", action="store_true", help=f"put results into {PAGE.name}")
    parser.add_argument(
        "--write-baseline", action="store_true", help="what later runs are compared with"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; 1 where a figure misses its bar."""
    options, console = parsed(arguments), Console()
    sizes = QUICK if options.quick else FULL
    chosen = options.only or sizes.suites or [*SUITES, QUERIES]
    load, figures, drawn = os.getloadavg()[0], list[Figure](), dict[str, Any]()
    for name in (name for name in SUITES if name in chosen):
        root = DATA / f"{name}-{sizes.name}"
        shutil.rmtree(root, ignore_errors=True)
        found, drawn[name] = SUITES[name](root, sizes, console.print)
        figures += found
        # Gigabytes of files: nobody looks at them again.
        shutil.rmtree(root, ignore_errors=True)
    where = machine(load)
    report(figures, drawn, where, sizes, options, console)
    slow = QUERIES in chosen and gold_queries.main(["--quick"] if options.quick else [])
    if late := missed(figures):
        console.print(f"{len(late)} of {len(figures)} figures miss their bars.")
    return 1 if late or slow else 0


def report(
    figures: Sequence[Figure],
    drawn: Mapping[str, Any],
    where: Mapping[str, Any],
    sizes: Sizes,
    options: argparse.Namespace,
    console: Console,
) -> None:
    """Writes the results where they are wanted."""
    before = baseline_of(BASELINE)
    show(figures, before, console)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "results.json").write_text(as_json(figures, where, sizes.name))
        (options.output / "results.md").write_text(page(figures, where, sizes.name))
        plot(figures, drawn, options.output)
    if options.write_baseline:
        kept = before | {key_of(one): one.value for one in figures}
        BASELINE.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    if options.write_docs:
        put_into(PAGE, page(figures, where, sizes.name))
        plot(figures, drawn, PAGE.with_suffix(""))


if __name__ == "__main__":
    sys.exit(main())
