"""What the SQL endpoint adds to Spark: per statement and per row, and what dbt adds to that."""

import re
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import cast

from tests.benchmarks.audit_days import Batch, write
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, Inside, ingest_everything
from tests.benchmarks.latency import percentile
from tests.benchmarks.rounds import Say
from tests.benchmarks.stage_bronze import FIRST_DAY
from tests.benchmarks.stage_silver import run_models

SUITE = "endpoint"
ROWS = (
    "select id, cast(id as string) as name, id * 1.5 as amount, "
    "timestamp_seconds(id) as at, id % 7 = 0 as flag from range(1000000)"
)
_SELECTED = ("--select", "+ops_audit_activity_hourly")


def timed_pairs(inside: Inside, text: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of a query in Spark itself and through connector and endpoint, in turn."""
    spark, direct, through = inside.engine.spark.newSession(), list[float](), list[float]()
    with closing(inside.connection.connect()) as client, closing(client.cursor()) as cursor:
        for number in range(3 + rounds):
            started = time.perf_counter()
            rows = spark.sql(text).toArrow().num_rows
            between = time.perf_counter()
            cursor.execute(text)
            if cursor.fetchall_arrow().num_rows != rows:
                raise ValueError("the endpoint gave another number of rows than Spark")
            ended = time.perf_counter()
            if number >= 3:
                direct.append(between - started)
                through.append(ended - between)
    return direct, through


def trivial(inside: Inside, count: int) -> float:
    """Seconds of so many trivial statements, sent one after the other."""
    with closing(inside.connection.connect()) as client, closing(client.cursor()) as cursor:
        started = time.perf_counter()
        for number in range(count):
            cursor.execute(f"select {number}")
            cursor.fetchall_arrow()
        return time.perf_counter() - started


def measure_endpoint(root: Path, *, rounds: int, say: Say) -> list[Figure]:
    """Per statement and per row."""
    with Home(root / "endpoint", "interactive") as home:
        pairs = partial(home.do, timed_pairs)
        direct, through = cast(Pair, pairs(ROWS, max(5, rounds)))
        say(f"endpoint: a million rows {median(direct):.2f} s, through it {median(through):.2f} s")
        alone, asked = cast(Pair, pairs("select 1", 20 * rounds))
        say(f"endpoint: a statement {median(alone) * 1e3:.1f} ms, {median(asked) * 1e3:.1f} ms")
    added = [b - a for a, b in zip(alone, asked, strict=True)]
    return [
        _figure("a million rows", median(through) / median(direct) - 1, "more", most=0.15),
        _figure("a statement", median(added) * 1e3, "ms more", most=10),
        _figure("a statement, p99", percentile(added, 0.99) * 1e3, "ms more"),
    ]


Pair = tuple[list[float], list[float]]


def _figure(name: str, value: float, unit: str, most: float | None = None) -> Figure:
    return Figure(suite=SUITE, name=name, value=value, unit=unit, against="Spark", most=most)


def measure_dbt(root: Path, *, rounds: int, say: Say) -> list[Figure]:
    """A run of dbt with nothing new, beside one without models and as many trivial statements."""
    runs = list[IdleRun]()
    with Home(root / "dbt", "interactive") as home:
        write(Batch(day=FIRST_DAY, events=1000, seed=1), home.landing)
        home.do(ingest_everything)
        run_models(home, *_SELECTED)
        for _ in range(1 + rounds):
            ran = run_models(home, *_SELECTED)
            statements = statements_in(home.root)
            run = IdleRun(
                took=ran.usage.seconds,
                statements=statements,
                start=run_models(home, "--select", "no_model_at_all").usage.seconds,
                trivial=cast(float, home.do(trivial, len(statements))),
            )
            say(f"dbt: {len(ran.nodes)} models, {len(statements)} statements in {run.took:.1f} s, "
                f"{sum(statements):.1f} s of them theirs; without models {run.start:.1f} s; "
                f"as many trivial ones {run.trivial:.1f} s")  # fmt: skip
            runs.append(run)
    return list(_of_dbt(runs[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleRun:
    """Seconds of a run with nothing new: the whole, and each of its statements.

    ``start`` is a run without models, ``trivial`` as many trivial statements.
    """

    took: float
    statements: Sequence[float]
    start: float
    trivial: float


def statements_in(root: Path) -> list[float]:
    """Seconds of each statement that the last command of dbt has sent, as its debug log says."""
    log = (root / "debug" / "dbt.log").read_text(encoding="utf-8")
    last = log.rpartition("Running with dbt=")[2]
    return [float(seconds) for seconds in re.findall(r"SQL status: OK in ([\d.]+) seconds", last)]


def _of_dbt(runs: Sequence[IdleRun]) -> Sequence[Figure]:
    """Python's and dbt's start alone are more than the statements, so they stand by themselves."""
    start = median(run.start for run in runs)
    beyond = median((run.took - run.start) / sum(run.statements) for run in runs)
    whole = median(run.took / run.trivial for run in runs)
    figure = partial(Figure, suite="dbt")
    return [
        figure(name="a run without models", value=start, unit="s"),
        figure(
            name="statements of a run with nothing new", value=len(runs[-1].statements), unit=""
        ),
        figure(name="nothing new", value=whole, unit="times", against="as many trivial statements"),
        figure(
            name="nothing new, beyond a run without models",
            value=beyond,
            unit="times",
            against="its statements alone",
            most=1.3,
        ),
    ]
