"""Times every panel of every dashboard over gold at the size of a mid-size account.

    .venv/bin/python -m tests.benchmarks.gold_queries [--quick] [--output DIR] [--keep]

docs/benchmarks.md says what is measured and how the rows are made.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console

from operations.dbt import PROJECT
from tests.benchmarks.lakehouse import Home, make, of_panels, running
from tests.benchmarks.latency import Latency, measure
from tests.benchmarks.project import Panel, compiled, panels
from tests.benchmarks.report import BAR_SECONDS, Results, machine, markdown, put_into, show
from tests.benchmarks.rows import SEED
from tests.benchmarks.scale import FULL, QUICK
from warehouse.spark_settings import Profile

DATA = PROJECT / ".lakeledger" / "bench"
PAGE = PROJECT / "docs" / "benchmarks.md"
# What a dashboard sets in its session: it asks the same queries over many rows again and again, for
# which compiled plans pay off; the interactive profile is made for statements that run once.
COMPILED = {
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
}


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="gold_queries", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the days and jobs")
    parser.add_argument("--rounds", type=int, help="warm rounds (40; 10 with --quick)")
    parser.add_argument("--profile", choices=("interactive", "bulk"), default="interactive")
    parser.add_argument(
        "--interpreted", action="store_true", help="leave the dashboard's session as it is opened"
    )
    parser.add_argument("--output", type=Path, help="folder for results.json and results.md")
    parser.add_argument(
        "--keep", action="store_true", help="take the tables as they are, whatever has changed"
    )
    parser.add_argument("--write-docs", action="store_true", help=f"put results into {PAGE.name}")
    return parser.parse_args(arguments)


def asked(
    root: Path,
    profile: Profile,
    session: Mapping[str, str],
    queries: Sequence[Panel],
    rounds: int,
    console: Console,
) -> list[Latency]:
    """The figures, from an engine that nobody has asked anything yet."""
    with (
        running(root, profile) as (_, connection),
        closing(connection.connect(session_configuration=dict(session))) as client,
        closing(client.cursor()) as cursor,
    ):
        return measure(cursor, queries, rounds=rounds, seed=SEED, say=console.print)


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the tables, asks, reports; 1 where a panel misses the bar."""
    options, console = parsed(arguments), Console()
    scale = QUICK if options.quick else FULL
    rounds = options.rounds or (10 if options.quick else 40)
    home = Home(DATA / f"gold-{scale.name}")
    manifest = compiled(DATA / "panels" / "target")
    tables: Mapping[str, int]
    if options.keep and home.note.exists():
        tables = {name: made["rows"] for name, made in home.made()["tables"].items()}
    else:
        tables = make(home, manifest, of_panels(manifest, scale), console.print)
    load, session = os.getloadavg()[0], {} if options.interpreted else COMPILED
    found = asked(home.root, options.profile, session, panels(manifest), rounds, console)
    results = Results(
        scale=scale.name,
        profile=options.profile,
        session=session,
        rounds=rounds,
        tables=tables,
        latencies=found,
        machine=machine(load),
    )
    return reported(results, options, console)


def reported(results: Results, options: argparse.Namespace, console: Console) -> int:
    """Writes the results where they are wanted; the exit code."""
    show(results, console)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "results.json").write_text(results.as_json(), encoding="utf-8")
        (options.output / "results.md").write_text(markdown(results), encoding="utf-8")
    if options.write_docs:
        put_into(PAGE, markdown(results))
    if results.slow:
        console.print(
            f"99.9 % of all runs have to take less than {BAR_SECONDS:g} s, which these panels "
            f"miss: {', '.join(results.slow)}."
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
