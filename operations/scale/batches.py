"""Batches that take what is there when they begin and show it when they end. Pure.

One server, one batch at a time: a stream's micro-batches, rounds of silver, runs of gold alike. All
times are seconds from midnight, counts are events; they are no whole numbers.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
# A batch that finds nothing to do and has no clock to wait for looks again so much later.
IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Shown:
    """Batches: `counts[i]` events in all were there at `begins[i]`, and seen from `ends[i]` on."""

    begins: Curve
    ends: Curve
    counts: Curve

    def at(self, times: Curve) -> Curve:
        """Events that could be seen at each of the times."""
        seen = np.concatenate(([0.0], self.counts))
        return np.asarray(seen[np.searchsorted(self.ends, times, side="right")])

    def by(self, time: float) -> float:
        """Events that could be seen at a time."""
        return float(self.at(np.array([time]))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`seconds(new, start)` is how long a batch of so many events takes that begins then.

    Batches begin at multiples of `every`, or, where that is 0, when the last has ended; one that is
    due while another runs is left out. `limit` is the most events of a batch.
    """

    seconds: Callable[[float, float], float]
    every: float = 0.0
    limit: float = inf


def landed_by(landed: Curve) -> Callable[[float], float]:
    """Events that have landed by a time, those of a second at its end; `landed` by second."""
    total: list[float] = [0.0, *np.cumsum(landed).tolist()]
    return lambda time: total[min(int(time), landed.size)]


def together(groups: tuple[Shown, ...]) -> Callable[[float], float]:
    """Events of all groups that can be seen by a time."""
    ends = np.concatenate([group.ends for group in groups])
    new = np.concatenate([np.diff(group.counts, prepend=0.0) for group in groups])
    order = np.argsort(ends, kind="stable")
    sorted_ends = ends[order].tolist()
    total = [0.0, *np.cumsum(new[order]).tolist()]
    return lambda time: float(total[bisect_right(sorted_ends, time)])


def serve(there: Callable[[float], float], server: Server, until: float) -> Shown:
    """Every batch that begins before `until`; `there(t)` is events that can be taken at t."""
    everything = there(until)
    batches: list[tuple[float, float, float]] = []
    taken, time = 0.0, 0.0
    while time < until and taken < everything:
        new = min(there(time) - taken, server.limit)
        end = time + server.seconds(new, time)
        if new > 0:
            taken += new
            batches.append((time, end, taken))
        time = _next(end if new > 0 else max(end, time + IDLE_SECONDS), server.every)
    return Shown(*np.array(batches).reshape(-1, 3).T)


def _next(time: float, every: float) -> float:
    return ceil(time / every - 1e-9) * every if every else time


def freshness(landed: Curve, shown: Shown) -> Curve:
    """Seconds from landing until shown, for the last event of each second; inf where it never is.

    Counted from the begin of the second, so at most a second too long. Shape (seconds,).
    """
    total = np.cumsum(landed)
    # Sums of the same numbers in another order differ in their last digits.
    found = np.searchsorted(shown.counts * (1 + 1e-9), total, side="left")
    ends = np.append(shown.ends, inf)[found]
    return np.asarray(ends - np.arange(landed.size))


def backlog(landed: Curve, shown: Shown) -> Curve:
    """Events that have landed and are not shown, at the end of each second. Shape (seconds,)."""
    seen = shown.at(np.arange(1.0, landed.size + 1))
    return np.asarray(np.maximum(np.cumsum(landed) - seen, 0.0))


def percentile(values: Curve, weights: Curve, share: float) -> float:
    """The smallest value that so much of the weight does not exceed; 0 where nothing weighs."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    if not total.size or total[-1] <= 0:
        return 0.0
    return float(values[order][np.searchsorted(total, share * total[-1] * (1 - 1e-12))])
