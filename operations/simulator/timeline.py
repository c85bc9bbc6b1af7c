"""How the time of a run is cut into slices, and the hour that a slice is delivered with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from operations.simulator.settings import HOUR

# Slices of runs that start from here on end on clock hours; before, whole hours after the start.
CLOCK_HOURS_FROM = datetime(2026, 1, 19, tzinfo=UTC)
_INSTANT = timedelta(milliseconds=1)


def slices(started: datetime, ended: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The slices of an attempt, in order; one without length for an attempt that never started."""
    cut = floor_hour(started) if started >= CLOCK_HOURS_FROM else started
    begin, cut = started, cut + HOUR
    while cut < ended:
        yield begin, cut
        begin, cut = cut, cut + HOUR
    yield begin, ended


def delivered_with(started: datetime, ended: datetime) -> datetime:
    """The hour in which the last instant of a span lies."""
    return floor_hour(max(started, ended - _INSTANT))


def floor_hour(at: datetime) -> datetime:
    """The start of the hour that holds a moment."""
    return at.replace(minute=0, second=0, microsecond=0)


def overlap(started: datetime, ended: datetime, hour: datetime) -> tuple[datetime, datetime] | None:
    """The part of a span that lies in an hour; None where there is none."""
    begin, end = max(started, hour), min(ended, hour + HOUR)
    return (begin, end) if begin < end else None
