"""When orders are sent: evenly, or along the daily curve of the customers."""

from dataclasses import dataclass

import numpy as np

from operations.orders.rows import Floats, Ints

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Timeline:
    """Maps the progress of a run, 0 to 1 by orders, to moments and back.

    `elapsed` (ms since the start) and `progress` are knots of a rising line from 0 to the end.
    """

    start: int
    elapsed: Floats
    progress: Floats

    @property
    def span(self) -> int:
        """Milliseconds from start to end."""
        return int(self.elapsed[-1])

    @property
    def room(self) -> int:
        """Milliseconds that what belongs together may take."""
        return self.span // 4

    @property
    def end(self) -> int:
        """The last moment."""
        return self.start + self.span

    def moments(self, progress: Floats) -> Ints:
        """Milliseconds since 1970 at these points."""
        moments: Ints = self.start + np.interp(progress, self.progress, self.elapsed).astype("i8")
        return moments

    def progress_at(self, moments: Ints) -> Floats:
        """The inverse."""
        return np.interp(moments - self.start, self.elapsed, self.progress)


def steady(start: int, span: int) -> Timeline:
    """The same number of orders in every second."""
    return Timeline(start, np.array([0.0, span]), np.array([0.0, 1.0]))


def daily(start: int, span: int, by_hour: Floats) -> Timeline:
    """Orders along the curve; `by_hour` holds 24 weights of the hours, UTC."""
    first_hour = (start // HOUR_MS + 1) * HOUR_MS - start
    knots = np.unique(np.append(np.arange(first_hour, span, HOUR_MS), (0, span))).astype("f8")
    hours = (start + knots[:-1].astype("i8")) // HOUR_MS % 24
    reached = np.append(0.0, np.cumsum(np.diff(knots) * by_hour[hours]))
    return Timeline(start, knots, reached / reached[-1])
