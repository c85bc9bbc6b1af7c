"""Whether the promises of freshness hold while files land without end, and in bursts.

    .venv/bin/python -m tests.benchmarks.soak [--minutes 20] [--rate 200] [--burst 6] [--find]

Continuous ingestion, rounds of silver and runs of gold go on side by side, as their jobs do; what
came of it is read from the tables' own logs. docs/soak.md says what is measured.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.dbt import PROJECT, run_dbt, seeds_of
from operations.domains import left_out
from operations.live.background import Background, background
from operations.live.errors import ServiceFailed
from operations.pipeline import WITHOUT_TESTS
from operations.queries import Cursor
from tests.benchmarks.report import machine
from tests.benchmarks.soak_feed import SOURCE, Feed, Stock, stock
from tests.benchmarks.soak_plan import PROMISES, Plan, ages, next_rate
from tests.benchmarks.soak_probe import (
    BRONZE,
    SILVER,
    Seen,
    gold_moves,
    lost,
    reached,
    seen,
    version,
)
from tests.benchmarks.soak_report import Soak, as_json, highest, markdown
from tests.benchmarks.soak_rounds import Memory, Rounds
from warehouse.connection import Connection
from warehouse.lifecycle import running_warehouse

HOME = PROJECT / ".lakeledger" / "soak"
PLATFORM = left_out(("commerce", "orders"))
SIMULATED = ("--hours", "1", "--faults", "none", "--gzip-share", "0", "--events-per-hour", "2000")
MOST_TRIES = 5
_LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A home with tables that have been built once, and what runs beside it."""

    home: Path
    connection: Connection
    events: Stock
    every: float
    trigger: float

    @property
    def warehouse(self) -> dict[str, str]:
        """What dbt finds in its environment."""
        return self.connection.dbt_environment() | seeds_of(self.home)

    def rounds(self) -> tuple[Rounds, Rounds]:
        """Silver without a pause, gold by its schedule; both grades in one command."""
        common = (*WITHOUT_TESTS, *PLATFORM)
        silver = ("build", "--select", "path:models/silver", *common)
        gold = ("build", "--select", "path:models/gold", "path:snapshots", *common)
        where = (self.warehouse, self.home)
        return (
            Rounds(*where, title="silver", arguments=silver),
            Rounds(*where, title="gold", arguments=gold, every=self.every),
        )


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=_above_zero, default=20.0)
    parser.add_argument("--rate", type=_above_zero, default=200.0, help="lines a second")
    parser.add_argument("--burst", type=_above_zero, default=6.0, help="times the rate")
    parser.add_argument("--find", action="store_true", help="double or halve the rate until known")
    parser.add_argument(
        "--gold-seconds", type=_above_zero, default=300.0, help="from one run of gold to the next"
    )
    parser.add_argument(
        "--trigger", type=_above_zero, default=10.0, help="seconds between micro-batches"
    )
    parser.add_argument("--output", type=Path, help="folder for soak.json and soak.md")
    return parser.parse_args(arguments)


def _above_zero(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} has to be a number above 0")
    return value


@contextmanager
def prepared(options: argparse.Namespace) -> Iterator[Bench]:
    """A new home with an hour of simulated telemetry, taken in and built once."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    os.environ |= {"LAKELEDGER_HOME": str(HOME), "LAKELEDGER_PORT": "0"}
    for command in (("simulate", *SIMULATED), ("ingest",)):
        subprocess.run([sys.executable, "-m", "operations", *command], check=True)
    with running_warehouse(HOME) as connection:
        bench = Bench(
            home=HOME,
            connection=connection,
            events=stock(HOME / "landing"),
            every=options.gold_seconds,
            trigger=options.trigger,
        )
        run_dbt(
            ["build", *WITHOUT_TESTS, *PLATFORM],
            warehouse=bench.warehouse,
            target=HOME / "target",
            log=HOME / "logs" / "dbt-build.log",
        )
        yield bench


def soak(bench: Bench, plan: Plan, first: int) -> Soak:
    """Lands files by the plan while everything runs, and says what the tables say afterwards."""
    ingest = ("ingest", "--continuous", str(bench.trigger), "--source", SOURCE)
    silver, gold = rounds = bench.rounds()
    with (
        closing(bench.connection.connect()) as client,
        closing(client.cursor()) as cursor,
        background((*ingest, "--settle-seconds", "0"), bench.home) as ingestion,
        ExitStack() as ended,
    ):
        since = {table: version(cursor, table) for table in (BRONZE, SILVER)}
        memory = Memory({"ingestion": ingestion.pid, "warehouse": bench.connection.pid})
        feed = Feed(bench.home / "landing", bench.events, plan, first)
        ended.callback(memory.stop.set)
        ended.callback(feed.stop.set)
        for one in rounds:
            ended.callback(one.end)
        for thread in (memory, feed, silver, gold):
            thread.start()
        bronze, taken, done = followed(cursor, feed, ingestion, since)
    return Soak(
        plan=plan,
        lines=feed.landed,
        ages=[
            ages("bronze", [one.age for one in bronze.values()], len(feed.files)),
            ages("silver", [one.age for one in taken.values()], len(feed.files)),
            ages("gold", list(done.values()), len(feed.files)),
        ],
        lost=len(lost(feed.files, bronze)) + len(lost(feed.files, taken)),
        rounds={one.title: one.seconds for one in rounds},
        failures=[text for one in rounds for text in one.failures],
        samples=memory.samples,
    )


def followed(
    cursor: Cursor, feed: Feed, ingestion: Background, since: dict[str, int]
) -> tuple[dict[str, Seen], dict[str, Seen], dict[str, float]]:
    """Waits until all that landed is in gold, or for twice what is promised of it.

    Tables are asked only once nothing lands any more: asking takes time from what is measured.
    """
    while feed.is_alive():
        _ = ingestion.runs  # raises where it has ended with an error
        time.sleep(_LOOK_SECONDS)
    deadline = time.monotonic() + 2 * PROMISES["gold"]
    while True:
        bronze = seen(cursor, BRONZE, "file_modified_at", since[BRONZE])
        silver = seen(cursor, SILVER, "landed_at", since[SILVER])
        gold = reached(silver, gold_moves(cursor))
        if len(gold) >= len(feed.files) or time.monotonic() > deadline:
            return bronze, silver, gold
        _ = ingestion.runs
        time.sleep(_LOOK_SECONDS)


def found(bench: Bench, options: argparse.Namespace) -> Iterator[Soak]:
    """The soak that was asked for; with --find others, until one rate holds and another fails."""
    tried: dict[float, bool] = {}
    rate, first = options.rate, 0
    while rate is not None and len(tried) < MOST_TRIES:
        plan = Plan(rate=rate, seconds=options.minutes * 60, burst=options.burst)
        one = soak(bench, plan, first)
        first += one.lines
        tried[rate] = one.held
        yield one
        rate = next_rate(tried) if options.find else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Soaks and reports; 1 where no rate held, 130 where it was interrupted."""
    options, load = parsed(arguments), os.getloadavg()[0]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    soaks: list[Soak] = []
    try:
        with prepared(options) as bench:
            for one in found(bench, options):
                soaks.append(one)
                print(markdown([one], machine(load)), flush=True)
    except KeyboardInterrupt:
        print("Interrupted: everything that was started has ended.", file=sys.stderr)
        return 130
    except (ServiceFailed, subprocess.CalledProcessError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        where = machine(load)
        (options.output / "soak.json").write_text(as_json(soaks, where), encoding="utf-8")
        (options.output / "soak.md").write_text(markdown(soaks, where), encoding="utf-8")
    return 0 if highest(soaks) is not None else 1


if __name__ == "__main__":
    sys.exit(main())
