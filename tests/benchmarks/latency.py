"""How long queries take: percentiles, and the rounds that give the numbers."""

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.project import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Seconds of one panel, or of all: the first run and the percentiles of the later ones."""

    name: str
    rows: int
    cold: float
    p50: float
    p99: float
    p999: float
    max: float
    count: int

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of all do not exceed (nearest rank).

    Never interpolated: of 40 values the 99.9th percentile is the largest.
    """
    if not values:
        raise ValueError("there is no percentile of nothing")
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


def summary(name: str, rows: int, cold: float, warm: Sequence[float]) -> Latency:
    """A panel's figures from its first run and the later ones, in seconds."""
    return Latency(
        name=name,
        rows=rows,
        cold=cold,
        p50=percentile(warm, 0.5),
        p99=percentile(warm, 0.99),
        p999=percentile(warm, 0.999),
        max=max(warm),
        count=len(warm),
    )


def orders(names: Sequence[str], rounds: int, seed: int) -> list[list[str]]:
    """The names once per round, each round in an order of its own, always the same ones."""
    shuffle = random.Random(seed)
    return [shuffle.sample(names, len(names)) for _ in range(rounds)]


def timed(cursor: Any, sql: str) -> tuple[float, int]:
    """Seconds from sending a query to having its whole result, and the rows of that."""
    started = time.perf_counter()
    cursor.execute(sql)
    rows = len(cursor.fetchall_arrow())
    return time.perf_counter() - started, rows


def measure(
    cursor: Any,
    panels: Sequence[Panel],
    *,
    rounds: int,
    seed: int,
    say: Callable[[str], None],
) -> list[Latency]:
    """Runs every panel once cold and ``rounds`` times warm; figures per panel, then of all."""
    queries: Mapping[str, str] = {panel.name: panel.sql for panel in panels}
    cold = {name: timed(cursor, sql) for name, sql in queries.items()}
    say(f"cold: {sum(seconds for seconds, _ in cold.values()):.1f} s in all")
    warm: dict[str, list[float]] = {name: [] for name in queries}
    for number, order in enumerate(orders(list(queries), rounds, seed), start=1):
        for name in order:
            warm[name].append(timed(cursor, queries[name])[0])
        if number % 10 == 0:
            say(f"warm: round {number} of {rounds}")
    found = [summary(name, cold[name][1], cold[name][0], warm[name]) for name in queries]
    everything = [seconds for values in warm.values() for seconds in values]
    first, rows = (max(seconds for seconds, _ in cold.values()),
                   sum(count for _, count in cold.values()))  # fmt: skip
    return [*found, summary("all panels", rows, first, everything)]
