"""The days that evidence is about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


class EvidenceRefused(Exception):
    """What was asked for makes no sense, or would change evidence; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days, UTC, the first and the last included."""

    first: date
    last: date

    @classmethod
    def parse(cls, first: str, last: str) -> "Days":
        """Two dates as in 2026-01-31.

        Raises:
            EvidenceRefused: if one is none, or they are in the wrong order.
        """
        found = []
        for option, text in (("--from", first), ("--to", last)):
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                raise EvidenceRefused(f"{option} {text!r} is no day, as in 2026-01-31.") from None
        if found[0] > found[1]:
            raise EvidenceRefused(f"--from {found[0]} is later than --to {found[1]}.")
        return cls(first=found[0], last=found[1])

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def holds(self, moment: datetime) -> bool:
        """Whether a moment, with its zone, falls into these days."""
        return self.start <= moment < self.end
