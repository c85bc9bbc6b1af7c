"""What each channel is still to be told, and in which digest. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.alerting.fold import State
from operations.alerting.model import Event, Kind, Severity, digest_id_of
from operations.alerting.rules import Rule

MAIL = "mail"
# What was over before that is told to nobody any more; what is still open always is.
_OLD = timedelta(days=7)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a digest says of one alert: its events that it tells, the newest last."""

    alert_id: str
    rule: str
    subject: str
    severity: Severity
    events: tuple[Event, ...]

    @property
    def is_over(self) -> bool:
        """Whether the last of them says that it is resolved."""
        return self.events[-1].kind is Kind.resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A digest that is due. ``repeated``: it was begun before, and nobody knows whether it left."""

    digest_id: str
    channel: str
    events: tuple[Event, ...]
    begun_at: datetime
    repeated: bool = False

    @property
    def covers(self) -> tuple[str, ...]:
        """The ids of the events that it tells."""
        return tuple(event.event_id for event in self.events)

    def entries(self) -> list[Entry]:
        """One per alert, the worst first; what is over comes last."""
        grouped: dict[str, list[Event]] = {}
        for event in self.events:
            grouped.setdefault(event.alert_id, []).append(event)
        entries = [_entry(alert_id, events) for alert_id, events in grouped.items()]
        return sorted(
            entries, key=lambda one: (one.is_over, -one.severity.rank, one.rule, one.subject)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Digests to hand over now, in order, and how many events wait for the next hour."""

    due: tuple[Batch, ...] = ()
    waiting: int = 0


def plan(state: State, rules: Sequence[Rule], channel: str, now: datetime, per_hour: int) -> Plan:
    """What is due on a channel at ``now``, the real time.

    Digests that were begun and not ended come first, as they were. What is new goes in one; over
    the limit of an hour it waits, unless something in it is critical.
    """
    unfinished = _unfinished(state, channel)
    new = _new(state, rules, channel, now)
    if not new:
        return Plan(due=unfinished)
    is_critical = any(event.severity is Severity.CRITICAL for event in new)
    if not is_critical and _lately(state, channel, now) >= per_hour:
        return Plan(due=unfinished, waiting=len(new))
    covers = tuple(event.event_id for event in new)
    batch = Batch(
        digest_id=digest_id_of(channel, covers), channel=channel, events=new, begun_at=now
    )
    return Plan(due=(*unfinished, batch))


def _unfinished(state: State, channel: str) -> tuple[Batch, ...]:
    """Digests of which nobody knows whether they left, as they were."""
    known = {event.event_id: event for event in state.told}
    found = (
        Batch(
            digest_id=digest.digest_id,
            channel=channel,
            events=tuple(known[one] for one in digest.covers if one in known),
            begun_at=digest.begun_at,
            repeated=True,
        )
        for digest in state.digests.values()
        if digest.channel == channel and digest.status is Kind.sending
    )
    return tuple(batch for batch in found if batch.events)


def _lately(state: State, channel: str, now: datetime) -> int:
    """Digests that left within the last hour, or may have."""
    return sum(
        digest.channel == channel
        and digest.status is not Kind.failed
        and now - digest.recorded_at < _HOUR
        for digest in state.digests.values()
    )


def _new(state: State, rules: Sequence[Rule], channel: str, now: datetime) -> tuple[Event, ...]:
    """Events for the channel that no digest has told, or may have."""
    covered = state.covered(channel)
    paging = {rule.name for rule in rules if rule.channel != MAIL}
    escalated = {event.alert_id for event in state.told if event.kind is Kind.escalated}
    return tuple(
        event
        for event in state.told
        if event.event_id not in covered
        and (channel == MAIL or event.rule in paging or event.alert_id in escalated)
        and (event.alert_id in state.open or now - event.recorded_at < _OLD)
    )


def _entry(alert_id: str, events: Sequence[Event]) -> Entry:
    severities = [event.severity for event in events if event.severity is not None]
    return Entry(
        alert_id=alert_id,
        rule=events[0].rule,
        subject=events[0].subject,
        severity=max(severities, key=lambda one: one.rank),
        events=tuple(events),
    )
