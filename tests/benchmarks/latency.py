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


def measure(
    cursor: Any,
    panels: Sequence[Panel],
    *,
    rounds: int,
    seed: int,
    say: Callable[[str], None],
) -> list[Latency]:
    """Every panel, from sending its query to having the whole result; then all of them."""
    queries: Mapping[str, str] = {panel.name: panel.sql for panel in panels}

    def ask(name: str) -> int:
        cursor.execute(queries[name])
        return len(cursor.fetchall_arrow())

    return measured(ask, list(queries), "all panels", rounds=rounds, seed=seed, say=say)


def measured(
    ask: Callable[[str], int],
    names: Sequence[str],
    together: str,
    *,
    rounds: int,
    seed: int,
    say: Callable[[str], None],
) -> list[Latency]:
    """Asks for everything once cold and ``rounds`` times warm; figures of each, then of all.

    ``ask`` gives the rows that it has found; ``together`` is what all are called.
    """

    def timed(name: str) -> tuple[float, int]:
        started = time.perf_counter()
        rows = ask(name)
        return time.perf_counter() - started, rows

    cold = {name: timed(name) for name in names}
    say(f"cold: {sum(seconds for seconds, _ in cold.values()):.1f} s in all")
    warm: dict[str, list[float]] = {name: [] for name in names}
    for number, order in enumerate(orders(names, rounds, seed), start=1):
        for name in order:
            warm[name].append(timed(name)[0])
        if number % 10 == 0:
            say(f"warm: round {number} of {rounds}")
    found = [summary(name, cold[name][1], cold[name][0], warm[name]) for name in names]
    everything = [seconds for values in warm.values() for seconds in values]
    first, rows = (max(seconds for seconds, _ in cold.values()),
                   sum(count for _, count in cold.values()))  # fmt: skip
    return [*found, summary(together, rows, first, everything)]
