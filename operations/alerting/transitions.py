"""What a check changes: alerts that open, become worse, are escalated, are over. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.alerting.fold import State
from operations.alerting.model import Alert, Event, Finding, Kind, Severity, alert_id_of
from operations.alerting.model import event_id_of as new_id
from operations.alerting.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time that a check is made for, the time it is, and the run that makes it."""

    now: datetime
    recorded_at: datetime
    run_id: str

    def event(
        self,
        kind: Kind,
        position: int,
        alert_id: str,
        about: tuple[str, str],
        finding: Finding | None = None,
        severity: Severity | None = None,
        detail: str = "",
    ) -> Event:
        """A new event; ``about`` are rule and subject."""
        return Event(
            event_id=new_id(alert_id, kind, self.recorded_at, position),
            kind=kind,
            occurred_at=self.now,
            recorded_at=self.recorded_at,
            position=position,
            run_id=self.run_id,
            alert_id=alert_id,
            rule=about[0],
            subject=about[1],
            severity=severity,
            value=finding.value if finding else None,
            detail=finding.detail if finding else detail,
        )


# Per rule what its question gave; a rule that is not watched has no entry.
Answers = Mapping[str, Sequence[Finding]]


def transitions(
    state: State, rules: Sequence[Rule], answers: Answers, clock: Clock
) -> tuple[Event, ...]:
    """The events of one check.

    What cannot be asked stays as it is: that nothing is known of it does not mean that it is over.
    An alert of a rule that there is no more is over.
    """
    found = _found(rules, answers)
    changes = [*_new_or_worse(state, found), *_over(state, rules, answers, found)]
    gone = {alert_id for kind, alert_id, *_ in changes if kind is Kind.resolved}
    worse = {alert_id for kind, alert_id, *_ in changes if kind is Kind.raised}
    changes += _escalations(state, rules, found, clock.now, gone | worse)
    return tuple(
        clock.event(kind, position, alert_id, about, finding, severity, detail)
        for position, (kind, alert_id, about, finding, severity, detail) in enumerate(changes)
    )


_Found = Mapping[str, tuple[Rule, Finding, Severity]]
_Change = tuple[Kind, str, tuple[str, str], Finding | None, Severity | None, str]


def _found(rules: Sequence[Rule], answers: Answers) -> dict[str, tuple[Rule, Finding, Severity]]:
    """What is an alert now, by id; of two rows about the same the worse one."""
    found: dict[str, tuple[Rule, Finding, Severity]] = {}
    for rule in rules:
        for finding in answers.get(rule.name, ()):
            severity = rule.severity_of(finding.value)
            if severity is None:
                continue
            alert_id = alert_id_of(rule.name, finding.subject)
            if alert_id not in found or severity.rank > found[alert_id][2].rank:
                found[alert_id] = (rule, finding, severity)
    return found


def _new_or_worse(state: State, found: _Found) -> Iterator[_Change]:
    for alert_id, (rule, finding, severity) in found.items():
        known = state.open.get(alert_id)
        about = (rule.name, finding.subject)
        if known is None:
            yield Kind.opened, alert_id, about, finding, severity, ""
        elif severity.rank > known.severity.rank:
            yield Kind.raised, alert_id, about, finding, severity, ""


def _over(
    state: State, rules: Sequence[Rule], answers: Answers, found: Mapping[str, object]
) -> Iterator[_Change]:
    names = {rule.name: rule for rule in rules}
    for alert_id, alert in state.open.items():
        rule = names.get(alert.rule)
        if alert_id in found or (rule is not None and alert.rule not in answers):
            continue
        detail = rule.resolves_when if rule else "There is no such rule any more."
        about = (alert.rule, alert.subject)
        yield Kind.resolved, alert_id, about, None, alert.severity, detail


def _escalations(
    state: State, rules: Sequence[Rule], found: _Found, now: datetime, changing: set[str]
) -> Iterator[_Change]:
    """Alerts that nobody has answered for in the time of their rule, once, and how they stand."""
    minutes = {rule.name: rule.escalate_minutes for rule in rules}
    for alert_id, alert in state.open.items():
        if alert_id in changing or alert.is_escalated or alert.rule not in minutes:
            continue
        if alert.acknowledged is None and _waits(alert, now) >= minutes[alert.rule]:
            said = f"Nobody has acknowledged it for {minutes[alert.rule]:g} minutes."
            stands = found[alert_id][1] if alert_id in found else alert.newest
            finding = Finding(
                subject=alert.subject, value=stands.value or 0.0, detail=f"{said} {stands.detail}"
            )
            about = (alert.rule, alert.subject)
            yield Kind.escalated, alert_id, about, finding, alert.severity, ""


def _waits(alert: Alert, now: datetime) -> float:
    return (now - alert.waiting_since) / timedelta(minutes=1)
