"""Rules, findings and events as checks make them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from operations.alerting.fold import State, fold
from operations.alerting.model import Event, Finding, Kind, Severity
from operations.alerting.model import event_id_of as new_id
from operations.alerting.outbox import Batch, Plan, plan
from operations.alerting.rules import Level, Rule
from operations.alerting.transitions import Clock, transitions

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def rule(
    name: str = "stale-data",
    levels: Sequence[tuple[str, float]] = (("MEDIUM", 24), ("HIGH", 48)),
    channel: str = "mail",
    side: Literal["above", "below"] = "above",
    escalate_minutes: float = 60,
    stops_pipeline: bool = False,
) -> Rule:
    return Rule(
        name=name,
        says="Nothing new has come.",
        unit="hours",
        levels=tuple(
            Level(severity=Severity(one), side=side, limit=limit) for one, limit in levels
        ),
        escalate_minutes=escalate_minutes,
        channel=channel,
        resolves_when="Something has come.",
        question="select 1",
        stops_pipeline=stops_pipeline,
    )


def finding(subject: str = "audit_logs", value: float = 25.0) -> Finding:
    return Finding(subject=subject, value=value, detail=f"{subject} is at {value:g}.")


@dataclass
class History:
    """Checks one after the other, ten minutes apart, and what they leave."""

    rules: Sequence[Rule] = field(default_factory=lambda: (rule(),))
    events: list[Event] = field(default_factory=list)
    now: datetime = NOON

    @property
    def state(self) -> State:
        return fold(self.events)

    def check(
        self, answers: Mapping[str, Sequence[Finding]], after: timedelta = 10 * MINUTE
    ) -> list[Kind]:
        """What a check with these answers says."""
        self.now += after
        clock = Clock(now=self.now, recorded_at=self.now, run_id="run")
        new = transitions(self.state, self.rules, answers, clock)
        self.events += new
        return [event.kind for event in new]

    def stale(self, *values: float) -> list[Kind]:
        """A check that finds sources as many hours old."""
        found = [finding(f"source-{number}", value) for number, value in enumerate(values)]
        return self.check({"stale-data": found})

    def acknowledge(self, alert_id: str, by: str = "on duty") -> None:
        alert = self.state.open[alert_id]
        clock = Clock(now=self.now, recorded_at=self.now + MINUTE / 2, run_id="run")
        event = clock.event(Kind.acknowledged, 0, alert_id, (alert.rule, alert.subject))
        self.events.append(replace(event, actor=by, detail="is mended"))

    def due(self, channel: str = "mail", per_hour: int = 12) -> Plan:
        return plan(self.state, self.rules, channel, self.now, per_hour)

    def note(self, batch: Batch, kind: Kind) -> None:
        """Writes down how a digest stands."""
        self.now += timedelta(seconds=1)
        self.events.append(
            Event(
                event_id=new_id(batch.digest_id, kind, self.now, 0),
                kind=kind,
                occurred_at=batch.begun_at,
                recorded_at=self.now,
                position=0,
                run_id="run",
                channel=batch.channel,
                digest_id=batch.digest_id,
                covers=batch.covers,
            )
        )

    def send(self, channel: str = "mail", per_hour: int = 12) -> list[Batch]:
        """Sends what is due, as a run does that lives to its end."""
        due = self.due(channel, per_hour).due
        for batch in due:
            if not batch.repeated:
                self.note(batch, Kind.sending)
            self.note(batch, Kind.sent)
        return list(due)
