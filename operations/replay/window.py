"""The window of a replay, by the time at which files landed, and the parts that it is done in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST = timedelta(days=31)


class ReplayRefused(Exception):
    """A replay that cannot be right or would do nothing; the message says what to do instead."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Times of landing, UTC: the start belongs to it, the end does not."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, start: str, end: str, *, is_long: bool = False) -> "Window":
        """Reads `2026-01-05` or `2026-01-05T13:00`, UTC unless the text names its zone.

        Raises:
            ReplayRefused: if a text is no time, or the window is empty or longer than 31 days.
        """
        window = cls(_moment("--from", start), _moment("--to", end))
        if window.end <= window.start:
            raise ReplayRefused(
                f"The window ends ({end}) before it begins ({start}): --to is the first moment"
                " that no longer belongs to it."
            )
        if window.end - window.start > LONGEST and not is_long:
            days = (window.end - window.start) / timedelta(days=1)
            raise ReplayRefused(
                f"The window is {days:g} days long; more than {LONGEST.days} at a stretch take"
                " --long."
            )
        return window

    def parts(self, days: int) -> Iterator["Window"]:
        """Pieces of at most so many days, oldest first; the first is cut at midnight."""
        begin = self.start
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        while begin < self.end:
            midnight += timedelta(days=days)
            until = min(midnight, self.end)
            yield Window(begin, until)
            begin = until

    def __str__(self) -> str:
        return f"{_text(self.start)} to {_text(self.end)}"

    def texts(self) -> tuple[str, str]:
        """Start and end as the dbt var and SQL take them."""
        return _text(self.start), _text(self.end)


def _moment(option: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ReplayRefused(
            f"{option} {text!r} is no time: give a day or a time in UTC, as 2026-01-05 or"
            " 2026-01-05T13:00."
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _text(moment: datetime) -> str:
    if moment.microsecond:
        return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
