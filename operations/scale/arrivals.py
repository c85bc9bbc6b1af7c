"""Events that land in a day, second by second, for each group of regions; seeded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operations.cost.errors import BadInputs
from operations.cost.inputs import Figures

DAY = 86_400
HOUR = 3_600
TOP_OF_DAY = 14
GROUPS = ("us", "eu", "ap", "orders", "global")

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Events `landed` by group and second; `late` are those of the first group of earlier days."""

    landed: Curve
    late: Curve

    @property
    def total(self) -> Curve:
        """Events by second, of all groups."""
        return np.asarray(self.landed.sum(axis=0))


def arrivals(f: Figures, seed: int) -> Arrivals:
    """A day of events; raises BadInputs where the mean cannot hold its bursts and peak."""
    random = np.random.default_rng(seed)
    rate = _noisy(_day(f, random), f["noise"], random)
    landed = np.stack([f[f"share_{group}"] * rate for group in GROUPS])
    landed[0] = held_back(landed[0], f)
    late = np.zeros(DAY)
    if f["late_share"]:
        begin, count = int(f["late_at_hour"] * HOUR), int(f["late_seconds"])
        late[begin : begin + count] = f["late_share"] * rate.sum() / count
        landed[0] += late
    return Arrivals(landed, late)


def held_back(rate: Curve, f: Figures) -> Curve:
    """The same events where a group delivers none for hours, then faster than usual.

    Shape (seconds,) in and out. What is still held back at midnight lands in the last second.
    """
    begin = int(HOUR * f["outage_at_hour"])
    end = begin + int(HOUR * f["outage_hours"])
    if begin == end:
        return rate
    most = f["catch_up_factor"] * rate
    landed, held = rate.copy(), float(rate[begin:end].sum())
    landed[begin:end] = 0.0
    for second in range(end, rate.size):
        more = min(held, max(0.0, float(most[second] - rate[second])))
        landed[second] += more
        held -= more
    landed[-1] += held
    return landed


def _day(f: Figures, random: np.random.Generator) -> Curve:
    """Expected events of each second; their sum is the mean times a day."""
    mean, second = f["events_per_second"], np.arange(DAY)
    high = np.zeros(DAY)
    for begin in random.integers(0, DAY - int(f["burst_seconds"]), int(f["bursts_per_day"])):
        high[begin : begin + int(f["burst_seconds"])] = f["burst_factor"] * mean
    peak = int(f["peak_at_hour"] * HOUR), int(f["peak_hours_per_day"] * HOUR)
    high[peak[0] : peak[0] + peak[1]] = f["peak_events_per_second"]
    phase = 2 * np.pi * (second / HOUR - TOP_OF_DAY) / 24
    curve = np.where(high > 0, 0.0, 1 + f["daily_swing"] * np.cos(phase))
    left = mean * DAY - high.sum()
    if left < 0:
        raise BadInputs("Bursts and peak hold more than the day: a larger events_per_second.")
    return np.asarray(high + curve * left / curve.sum())


def _noisy(rate: Curve, spread: float, random: np.random.Generator) -> Curve:
    """Gamma noise of mean 1: never below 0, and seconds are independent."""
    if not spread:
        return rate
    shape = 1 / spread**2
    return np.asarray(rate * random.gamma(shape, 1 / shape, rate.size))
