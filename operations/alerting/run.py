"""One check: what the tables say becomes events, and events become messages, once each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from operations.alerting import store
from operations.alerting.channels import Channel
from operations.alerting.errors import NotTold
from operations.alerting.fold import State, fold
from operations.alerting.model import Event, Kind
from operations.alerting.model import event_id_of as new_id
from operations.alerting.outbox import Batch, plan
from operations.alerting.questions import Answered, ask
from operations.alerting.rules import Rule
from operations.alerting.transitions import Clock, transitions
from operations.queries import Cursor


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a check; it grows while the check goes on."""

    answered: Answered = field(default_factory=Answered)
    events: tuple[Event, ...] = ()
    state: State = field(default_factory=State)
    sent: int = 0
    repeated: int = 0
    waiting: int = 0
    notes: list[str] = field(default_factory=list)


def check(cursor: Cursor, rules: Sequence[Rule], now: datetime, run_id: str) -> Outcome:
    """Asks every question as of ``now`` and writes down what has changed since the last check."""
    before = store.read(cursor)
    answered = ask(cursor, rules, now)
    clock = Clock(now=now, recorded_at=datetime.now(UTC), run_id=run_id)
    events = transitions(fold(before), rules, answered.findings, clock)
    store.append(cursor, events)
    return Outcome(answered=answered, events=events, state=fold([*before, *events]))


def tell(
    cursor: Cursor,
    rules: Sequence[Rule],
    channels: Sequence[Channel],
    per_hour: int,
    run_id: str,
    outcome: Outcome,
) -> None:
    """Tells every channel what it has not been told; one that fails does not keep the others.

    Raises:
        NotTold: at the end, for the channels that could not be told. The next check tells them.
    """
    failures = []
    for channel in channels:
        due = plan(outcome.state, rules, channel.name, datetime.now(UTC), per_hour)
        outcome.waiting += due.waiting
        try:
            for batch in due.due:
                if note := _hand_over(cursor, channel, batch, rules, run_id):
                    outcome.notes.append(note)
                outcome.sent += 1
                outcome.repeated += batch.repeated
        except NotTold as failure:
            failures.append(str(failure))
    if failures:
        raise NotTold(" ".join(failures))


def _hand_over(
    cursor: Cursor, channel: Channel, batch: Batch, rules: Sequence[Rule], run_id: str
) -> str:
    """Written down before and after: a run that dies in between leaves `sending`.

    A digest that may have left once stays as it is until it is taken, so that it keeps its id.
    """
    if not batch.repeated:
        store.append(cursor, [_note(batch, Kind.sending, run_id)])
    try:
        said = channel.tell(batch, rules)
    except NotTold as failure:
        if not (batch.repeated or failure.may_have_left):
            store.append(cursor, [_note(batch, Kind.failed, run_id)])
        raise
    store.append(cursor, [_note(batch, Kind.sent, run_id)])
    return said


def _note(batch: Batch, kind: Kind, run_id: str) -> Event:
    now = datetime.now(UTC)
    return Event(
        event_id=new_id(batch.digest_id, kind, now, 0),
        kind=kind,
        occurred_at=batch.begun_at,
        recorded_at=now,
        position=0,
        run_id=run_id,
        channel=batch.channel,
        digest_id=batch.digest_id,
        covers=batch.covers,
    )
