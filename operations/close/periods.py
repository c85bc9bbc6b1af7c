"""A billing period: a calendar month, UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime


class CloseRefused(Exception):
    """Something a user asked of the close cannot be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, UTC: its start belongs to it, its end does not."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Reads `2026-01`.

        Raises:
            CloseRefused: if the text is no month.
        """
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip(), flags=re.ASCII)
        if found is None or found[1] == "0000":
            raise CloseRefused(f"'{text}' is no billing period: give a month, as in 2026-01.")
        return cls(int(found[1]), int(found[2]))

    @property
    def first_day(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> datetime:
        """The instant at which it is over."""
        after = self.following
        return datetime(after.year, after.month, 1, tzinfo=UTC)

    @property
    def following(self) -> "Period":
        """The month after it."""
        return Period(self.year + 1, 1) if self.month == 12 else Period(self.year, self.month + 1)

    def is_over(self, now: datetime) -> bool:
        """Whether the month has ended."""
        return now >= self.end

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
