"""The gates of a close: what blocks it, line by line. Pure: facts in, sentences out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from operations.close.model import Break, Content, Event, Facts, same_person

APPROVALS_NEEDED = 2
_GATES = {
    "incomplete_sector": "sectors",
    "held_back_sector": "sectors",
    "silent_hours": "sectors",
    "unmatched_retraction": "corrections",
    "restatement_before_original": "corrections",
    "negative_net_usage": "corrections",
    "unpriced_usage": "prices",
    "unknown_unit": "prices",
    "unpriced_adjustment": "prices",
    "price_gap": "price windows",
    "price_overlap": "price windows",
    "derived_usage_differs": "reconciliation",
    "invoice_line_differs": "reconciliation",
    "invoice_line_missing": "reconciliation",
    "invoice_line_unknown": "reconciliation",
    "invoice_currency_differs": "reconciliation",
    "workspace_in_two_regions": "regions",
    "usage_delivered_twice": "deliveries",
    "rejected_usage": "deliveries",
    "run_longer_than_30_days": "runs",
    "region_not_heard": "regions",
    "rejected_orders": "deliveries",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One line of what blocks a close: the gate, what it is about, and what to do."""

    gate: str
    what: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Who approved the rows as they are now, and how many approved others."""

    by: tuple[str, ...]
    void: int


def blockers(facts: Facts, now: datetime, sealer: str | None = None) -> tuple[Blocker, ...]:
    """What keeps the period from being closed by `sealer`; nothing where it is closed."""
    if facts.state.state == "CLOSED":
        return ()
    period = facts.state.key.period
    if not period.is_over(now):
        what = f"ends {period.end:%Y-%m-%d %H:%M} UTC"
        return (Blocker(gate="month", what=what, sentence="The month is not over: wait."),)
    return (
        *_behind(facts),
        *_held_back(facts),
        *(_of_break(found) for found in facts.breaks),
        *_earlier(facts),
        *_two_people(facts, sealer),
    )


def soft_closed_by(events: tuple[Event, ...]) -> str | None:
    """Who soft closed the period last."""
    closes = [event for event in events if event.kind == "soft_closed"]
    return max(closes, key=lambda event: event.occurred_at).actor if closes else None


def approvals(events: tuple[Event, ...], content: Content) -> Approvals:
    """Approvals since the last soft close, each person once; of other rows they are void."""
    since = max((e.occurred_at for e in events if e.kind == "soft_closed"), default=None)
    given = [e for e in events if e.kind == "approved" and since and e.occurred_at >= since]
    people: dict[str, str] = {}
    for event in sorted(given, key=lambda event: event.occurred_at):
        if event.subject == content.rows_hash:
            people.setdefault(event.actor.strip().casefold(), event.actor)
    void = sum(event.subject != content.rows_hash for event in given)
    return Approvals(by=tuple(people.values()), void=void)


def _behind(facts: Facts) -> Iterator[Blocker]:
    for table in facts.behind:
        yield Blocker(
            gate="tables",
            what=table,
            sentence="It has not read all of its inputs yet: lakeledger run, then try again.",
        )


def _held_back(facts: Facts) -> Iterator[Blocker]:
    count = facts.state.held_back_count
    if count and not facts.content.row_count:
        yield Blocker(
            gate="sectors",
            what=f"{count:,} usage records",
            sentence="All usage of the month is held back: its hours are incomplete. Deliver what"
            " is missing, or a corrected manifest.",
        )


def _of_break(found: Break) -> Blocker:
    parts = [found.kind, found.subject or "", f"in {found.region}" if found.region else ""]
    days = (
        f"on {found.first_day}"
        if found.first_day == found.last_day
        else f"{found.first_day} to {found.last_day}"
    )
    times = f", {found.count} rows" if found.count > 1 else ""
    return Blocker(
        gate=_GATES.get(found.kind, "other breaks"),
        what=f"{' '.join(filter(None, parts))}, {days}{times}",
        sentence=f"{found.detail.rstrip('.')}.",
    )


def _earlier(facts: Facts) -> Iterator[Blocker]:
    for period in facts.earlier_open:
        yield Blocker(
            gate="order",
            what=str(period),
            sentence=f"It has {facts.state.key.book.name} and is not closed: close it first,"
            f" --period {period}.",
        )


def _two_people(facts: Facts, sealer: str | None) -> Iterator[Blocker]:
    opener, options = soft_closed_by(facts.events), facts.state.key.options
    if opener is None:
        sentence = f"Not soft closed: lakeledger close soft {options} --by WHO."
        yield Blocker(gate="approval", what="none yet", sentence=sentence)
        return
    given = approvals(facts.events, facts.content)
    counted = [name for name in given.by if not (sealer and same_person(name, sealer))]
    if len(counted) >= APPROVALS_NEEDED:
        return
    notes = []
    if len(counted) < len(given.by):
        notes.append(f"{sealer} approved, so somebody else has to close.")
    if given.void:
        notes.append(f"The rows changed since: {given.void} given before that are void.")
    notes.append(
        f"Needed are {APPROVALS_NEEDED} people other than {opener}, who soft closed it, and other"
        f" than who closes it: lakeledger close approve {options} --by WHO."
    )
    yield Blocker(
        gate="approval",
        what=f"{len(counted)} of {APPROVALS_NEEDED}",
        sentence=" ".join(notes),
    )
