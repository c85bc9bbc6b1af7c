"""What alerts are made of. Times are UTC."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is; see ``rank``."""

    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """Greater is worse."""
        return list(Severity).index(self)


class Kind(StrEnum):
    """What an event says; the last three are about a digest, not about an alert."""

    opened = "opened"
    raised = "raised"
    acknowledged = "acknowledged"
    escalated = "escalated"
    resolved = "resolved"
    sending = "sending"
    sent = "sent"
    failed = "failed"


# What people are told, and in which words; an acknowledgement they have made themselves.
WORDS = {
    Kind.opened: "opened",
    Kind.raised: "became worse",
    Kind.escalated: "escalated",
    Kind.resolved: "resolved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of a question: what it is about, how far it has gone, and a sentence."""

    subject: str
    value: float
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A row of the history of alerts.

    ``occurred_at`` is the time that the check was made for, ``recorded_at`` when it was written;
    the order is that of ``recorded_at`` and ``position``. Of a digest, ``covers`` are the ids of
    the events that it tells, on ``channel``.
    """

    event_id: str
    kind: Kind
    occurred_at: datetime
    recorded_at: datetime
    position: int
    run_id: str
    alert_id: str = ""
    rule: str = ""
    subject: str = ""
    severity: Severity | None = None
    value: float | None = None
    detail: str = ""
    actor: str = ""
    channel: str = ""
    digest_id: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as its events have left it: ``events`` are those since it was opened last."""

    alert_id: str
    rule: str
    subject: str
    severity: Severity
    opened_at: datetime
    events: tuple[Event, ...]

    @property
    def acknowledged(self) -> Event | None:
        """Who answers for it as it is; none once it has become worse."""
        for event in reversed(self.events):
            if event.kind in (Kind.acknowledged, Kind.raised):
                return event if event.kind is Kind.acknowledged else None
        return None

    @property
    def is_escalated(self) -> bool:
        """Whether it has been told further up since it was opened or became worse."""
        for event in reversed(self.events):
            if event.kind in (Kind.escalated, Kind.raised):
                return event.kind is Kind.escalated
        return False

    @property
    def waiting_since(self) -> datetime:
        """Since when nobody has answered: its opening, or when it became worse."""
        times = [e.occurred_at for e in self.events if e.kind in (Kind.opened, Kind.raised)]
        return max(times, default=self.opened_at)

    @property
    def newest(self) -> Event:
        """The last event that says a value and a detail."""
        return next(event for event in reversed(self.events) if event.value is not None)


def alert_id_of(rule: str, subject: str) -> str:
    """8 hex digits: the same for the same rule and subject, in every run."""
    return _digits(rule, subject)[:8]


def event_id_of(alert_id: str, kind: Kind, recorded_at: datetime, position: int) -> str:
    """16 hex digits."""
    return _digits(alert_id, kind, recorded_at.isoformat(), str(position))[:16]


def digest_id_of(channel: str, covers: tuple[str, ...]) -> str:
    """32 hex digits: a digest that is repeated can be recognised."""
    return _digits(channel, *sorted(covers))[:32]


def _digits(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
