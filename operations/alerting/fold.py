"""Where alerts stand, by the events of their history. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from operations.alerting.model import WORDS, Alert, Event, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What was handed to a channel, as far as it is known: ``status`` is that of its last row."""

    digest_id: str
    channel: str
    covers: tuple[str, ...]
    status: Kind
    begun_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Open alerts by id, events that people are to be told, in order, and digests by id."""

    open: Mapping[str, Alert] = field(default_factory=dict)
    told: tuple[Event, ...] = ()
    digests: Mapping[str, Digest] = field(default_factory=dict)

    def by_severity(self) -> list[Alert]:
        """Open alerts, the worst first, then the oldest."""
        return sorted(
            self.open.values(),
            key=lambda one: (-one.severity.rank, one.opened_at, one.rule, one.subject),
        )

    def covered(self, channel: str) -> frozenset[str]:
        """Events that a digest of the channel has told, or may have."""
        return frozenset(
            event_id
            for digest in self.digests.values()
            if digest.channel == channel and digest.status is not Kind.failed
            for event_id in digest.covers
        )


def fold(events: Iterable[Event]) -> State:
    """The state that these events have led to, in whatever order they come."""
    alerts: dict[str, Alert] = {}
    told: list[Event] = []
    digests: dict[str, Digest] = {}
    for event in sorted(events, key=lambda one: (one.recorded_at, one.position, one.event_id)):
        if event.digest_id:
            digests[event.digest_id] = _digest(digests.get(event.digest_id), event)
            continue
        if _apply(alerts, event) and event.kind in WORDS:
            told.append(event)
    return State(open=alerts, told=tuple(told), digests=digests)


def _apply(alerts: dict[str, Alert], event: Event) -> bool:
    """Whether the event means anything: a second opening or a change of a closed one does not."""
    known = alerts.get(event.alert_id)
    if event.kind is Kind.opened:
        if known is not None or event.severity is None:
            return False
        alerts[event.alert_id] = Alert(
            alert_id=event.alert_id,
            rule=event.rule,
            subject=event.subject,
            severity=event.severity,
            opened_at=event.occurred_at,
            events=(event,),
        )
        return True
    if known is None:
        return False
    if event.kind is Kind.resolved:
        del alerts[event.alert_id]
        return True
    severity = event.severity if event.kind is Kind.raised and event.severity else known.severity
    alerts[event.alert_id] = replace(known, severity=severity, events=(*known.events, event))
    return True


def _digest(known: Digest | None, event: Event) -> Digest:
    if known is not None and known.status is Kind.sent:
        return known
    return Digest(
        digest_id=event.digest_id,
        channel=event.channel,
        covers=known.covers if known else event.covers,
        status=event.kind,
        begun_at=known.begun_at if known else event.occurred_at,
        recorded_at=event.recorded_at,
    )
