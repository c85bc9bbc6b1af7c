"""What the ledger knows of a period, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from operations.close.books import USAGE, Book
from operations.close.periods import Period

State = Literal["OPEN", "SOFT_CLOSED", "CLOSED"]
EventKind = Literal["soft_closed", "approved", "waived", "closed"]
NOTHING = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One account's period in a book."""

    account: str
    period: Period
    book: Book = USAGE

    @property
    def options(self) -> str:
        """How a command line names the period."""
        book = "" if self.book == USAGE else f" --book {self.book.name}"
        return f"--period {self.period}{book}"

    def __str__(self) -> str:
        return f"{self.period} of {self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodState:
    """Where a period stands; money in the billing currency, `since` in UTC.

    Records held back are in no total: their hour is incomplete.
    """

    key: Key
    state: State
    since: datetime | None = None
    by: str | None = None
    record_count: int = 0
    held_back_count: int = 0
    billed_cost: Decimal = Decimal(0)
    correction_cost: Decimal = Decimal(0)

    @property
    def has_usage(self) -> bool:
        """Whether there is anything to bill, or that may have to be billed."""
        return bool(self.record_count or self.held_back_count or self.billed_cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Somebody's act on a period (UTC)."""

    key: Key
    kind: EventKind
    actor: str
    occurred_at: datetime
    reason: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A named break that nobody has waived, over the days on which it was seen."""

    key: Key
    kind: str
    subject: str | None
    region: str | None
    first_day: date
    last_day: date
    count: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Rows of a bill: their totals and their hash; orders have no cost at list price."""

    row_count: int = 0
    record_count: int = 0
    usage_quantity: Decimal = Decimal(0)
    list_cost: Decimal = Decimal(0)
    billed_cost: Decimal = Decimal(0)
    rows_hash: str = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The seal of a closed period."""

    key: Key
    seal_id: str
    sealed_at: datetime
    sealed_by: str
    approved_by: tuple[str, ...]
    content: Content
    records_hash: str
    input_versions: Mapping[str, int]
    price_version: str
    git_revision: str
    read_through_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that decides whether a period can be closed.

    `behind` names tables that have not read all that their inputs hold.
    """

    state: PeriodState
    content: Content
    breaks: tuple[Break, ...] = ()
    events: tuple[Event, ...] = ()
    earlier_open: tuple[Period, ...] = ()
    behind: tuple[str, ...] = ()


def same_person(one: str, other: str) -> bool:
    """Whether two names are of one person: case and outer spaces make no difference."""
    return one.strip().casefold() == other.strip().casefold()
