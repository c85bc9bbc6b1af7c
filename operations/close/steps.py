"""The steps of a close, each for one account's period: refuse with a sentence, or write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from operations.close import inputs, writer
from operations.close.books import USAGE, Book
from operations.close.gates import Blocker, approvals, blockers, soft_closed_by
from operations.close.graph import Graph
from operations.close.model import Break, Content, Event, Facts, Key, PeriodState, Seal, same_person
from operations.close.periods import CloseRefused, Period
from operations.close.reader import is_told, seals
from operations.queries import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, when (UTC), with which revision of the project."""

    actor: str
    now: datetime
    revision: str


class Blocked(Exception):
    """A period cannot be closed; carries what blocks it."""

    def __init__(self, found: dict[Key, tuple[Blocker, ...]]) -> None:
        super().__init__("Nothing was closed.")
        self.found = found


def person(name: str) -> str:
    """A name to record.

    Raises:
        CloseRefused: if it is empty or longer than a line.
    """
    trimmed = name.strip()
    if not trimmed or len(trimmed) > 200 or not trimmed.isprintable():
        raise CloseRefused("--by needs a name or address on one line, as in user-0001@example.com.")
    return trimmed


def choose(
    states: Sequence[PeriodState], period: Period, account: str | None, book: Book = USAGE
) -> tuple[PeriodState, ...]:
    """The periods that are meant.

    Raises:
        CloseRefused: if there is none, saying what there is.
    """
    of_month = [state for state in states if state.key.period == period]
    if not of_month:
        known = sorted({str(state.key.period) for state in states})
        told = f"known are {known[0]} to {known[-1]}" if known else "none is known"
        raise CloseRefused(
            f"No account has {book.name} in {period}; {told}: lakeledger close status."
        )
    chosen = [state for state in of_month if account in (None, state.key.account)]
    if not chosen:
        accounts = ", ".join(state.key.account for state in of_month[:5])
        raise CloseRefused(
            f"Account {account} has no {book.name} in {period}; with {book.name}: {accounts}."
        )
    return tuple(chosen)


def soft_close(cursor: Cursor, facts: Facts, act: Act) -> str:
    """Publishes the period's totals as provisional; returns what was done."""
    key = facts.state.key
    _refuse_unless_over(key, act)
    if facts.state.state == "CLOSED":
        raise CloseRefused(f"{key} is closed: what comes now is an adjustment of a later period.")
    opener = soft_closed_by(facts.events)
    if opener is not None:
        return f"{key} is soft closed already, by {opener}: nothing was done."
    _record(cursor, Event(key=key, kind="soft_closed", actor=act.actor, occurred_at=act.now), act)
    return f"{key} is soft closed: {_money(facts.content)}. It needs two approvals."


def approve(cursor: Cursor, facts: Facts, act: Act) -> str:
    """Records that somebody agrees to the rows as they are now; returns what was done."""
    key = facts.state.key
    if facts.state.state == "CLOSED":
        raise CloseRefused(f"{key} is closed: there is nothing left to approve.")
    opener = soft_closed_by(facts.events)
    if opener is None:
        raise CloseRefused(
            f"{key} is not soft closed: lakeledger close soft {key.options} --by WHO."
        )
    if same_person(opener, act.actor):
        raise CloseRefused(f"{act.actor} soft closed {key}: somebody else has to approve it.")
    given = approvals(facts.events, facts.content)
    if any(same_person(name, act.actor) for name in given.by):
        raise CloseRefused(f"{act.actor} has approved {key} already: another person has to.")
    _record(
        cursor,
        Event(
            key=key,
            kind="approved",
            actor=act.actor,
            occurred_at=act.now,
            subject=facts.content.rows_hash,
        ),
        act,
    )
    return f"{key} is approved by {len(given.by) + 1}: {_money(facts.content)}."


def with_break(all_facts: Sequence[Facts], kind: str, subject: str | None) -> tuple[Facts, ...]:
    """The periods that have the break; all of them where none has."""
    met = tuple(facts for facts in all_facts if _met(facts, kind, subject))
    return met or tuple(all_facts)


def waive(
    cursor: Cursor, facts: Facts, act: Act, kind: str, subject: str | None, reason: str
) -> str:
    """Records who answers for a break and why; returns what was done."""
    key = facts.state.key
    if facts.state.state == "CLOSED":
        raise CloseRefused(f"{key} is closed: there is nothing left to waive.")
    if not reason.strip():
        raise CloseRefused("--reason needs words: they are what an auditor will read.")
    kinds = sorted({found.kind for found in facts.breaks})
    met = _met(facts, kind, subject)
    if not met:
        open_ones = ", ".join(kinds) if kinds else "none"
        named = kind if subject is None else f"{kind}: {subject}"
        raise CloseRefused(f"{key} has no open break '{named}'; open are: {open_ones}.")
    event = Event(
        key=key,
        kind="waived",
        actor=act.actor,
        occurred_at=act.now,
        reason=reason.strip(),
        subject=kind if subject is None else f"{kind}: {subject}",
    )
    _record(cursor, event, act)
    return f"{key}: {event.subject} is waived by {act.actor}; it was seen {_times(met)}."


def seal(cursor: Cursor, graph: Graph, facts: Facts, act: Act, before: Mapping[str, int]) -> Seal:
    """Closes a period that nothing blocks; the seal says what was billed.

    `before` are the versions of all inputs as they were before the facts were read.

    Raises:
        CloseRefused: if tables were written since; nothing is closed then.
    """
    key, content = facts.state.key, facts.content
    made = Seal(
        key=key,
        seal_id=writer.seal_id(key, content),
        sealed_at=act.now,
        sealed_by=act.actor,
        approved_by=approvals(facts.events, content).by,
        content=content,
        records_hash=inputs.records_hash(cursor, key),
        input_versions=dict(before),
        price_version=inputs.price_version(cursor, key),
        git_revision=act.revision,
        read_through_at=inputs.read_through(cursor, key) or act.now,
    )
    written = writer.write_rows(cursor, key, made.seal_id)
    after = inputs.input_versions(cursor, graph, key.book)
    # The rows just written are those of this very close.
    moved = [name for name in before if before[name] != after[name] and not _is_ledger(name)]
    if moved or written != content:
        what = ", ".join(moved) or "the rows of the bill"
        raise CloseRefused(f"{key} was not closed: {what} changed meanwhile. Try again.")
    writer.commit_seal(cursor, made)
    return finish(cursor, key, made)


def finish(cursor: Cursor, key: Key, made: Seal | None = None) -> Seal:
    """What follows a commit: the event, and no rows of other tries. Repeating it adds nothing.

    Raises:
        CloseRefused: if somebody else closed the period with other rows in between.
    """
    kept = seals(cursor, key.book)[key]
    if not is_told(cursor, kept):
        writer.write_event(cursor, writer.closed_event(kept), kept.git_revision)
    writer.drop_unsealed_rows(cursor, kept)
    if made is not None and made.seal_id != kept.seal_id:
        raise CloseRefused(
            f"{key} was closed by {kept.sealed_by} meanwhile, with other rows: close verify."
        )
    return kept


def check_gates(all_facts: Sequence[Facts], act: Act) -> None:
    """All or none.

    Raises:
        Blocked: if anything blocks any of the periods.
    """
    found = {facts.state.key: blockers(facts, act.now, act.actor) for facts in all_facts}
    blocked = {key: lines for key, lines in found.items() if lines}
    if blocked:
        raise Blocked(blocked)


def _refuse_unless_over(key: Key, act: Act) -> None:
    if not key.period.is_over(act.now):
        raise CloseRefused(
            f"{key.period} is not over: it ends {key.period.end:%Y-%m-%d %H:%M} UTC."
        )


def _record(cursor: Cursor, event: Event, act: Act) -> None:
    writer.write_event(cursor, event, act.revision)


def _is_ledger(table: str) -> bool:
    return table.split(".")[0].endswith("ledger")


def _money(content: Content) -> str:
    return f"{content.billed_cost.normalize():,f} in {content.row_count:,} rows"


def _met(facts: Facts, kind: str, subject: str | None) -> list[Break]:
    return [b for b in facts.breaks if b.kind == kind and subject in (None, b.subject)]


def _times(met: Sequence[Break]) -> str:
    count = sum(found.count for found in met)
    return "once" if count == 1 else f"{count:,} times"
