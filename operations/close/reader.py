"""Reads what the ledger and the tables know of periods; writes nothing."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from operations.close.books import USAGE, Book
from operations.close.graph import Graph
from operations.close.hashing import content_query, differing_rows_query, literals
from operations.close.inputs import tables_behind
from operations.close.model import NOTHING, Break, Content, Event, Facts, Key, PeriodState, Seal
from operations.close.periods import Period
from operations.queries import Cursor, rows, utc

_SEAL_COLUMNS = """seal_id, account_id, billing_period, sealed_at, sealed_by, to_json(approved_by),
    records_hash, to_json(input_versions), git_revision, read_through_at"""


def is_built(cursor: Cursor, book: Book) -> bool:
    """Whether there is anything to close in a book."""
    found = rows(
        cursor,
        """select 1 from information_schema.tables
        where table_schema = 'gold_billing' and table_name = :name""",
        name=book.states,
    )
    return bool(found)


def _held_back(cursor: Cursor, book: Book) -> dict[Key, int]:
    if book.held_back is None:
        return {}
    return {
        Key(row[0], Period.parse(row[1]), book): int(row[2])
        for row in rows(
            cursor,
            f"""select account_id, date_format({book.day}, 'yyyy-MM') as billing_period,
                sum(record_count)
            from gold_billing.{book.held_back} group by all""",
        )
    }


def period_states(cursor: Cursor, book: Book = USAGE) -> tuple[PeriodState, ...]:
    """Every period of every account, oldest first; also one whose usage is all held back."""
    held_back = _held_back(cursor, book)
    columns = f"""account_id, billing_period, period_state, state_since_at, state_by,
        {", ".join(book.figures)}"""
    found = {
        key: PeriodState(
            key=key,
            state=row[2],
            since=None if row[3] is None else utc(row[3]),
            by=row[4],
            record_count=int(row[5]),
            held_back_count=held_back.get(key, 0),
            billed_cost=row[6],
            correction_cost=row[7],
        )
        for row in rows(cursor, f"select {columns} from gold_billing.{book.states}")
        for key in (Key(row[0], Period.parse(row[1]), book),)
    }
    for key, count in held_back.items():
        found.setdefault(key, PeriodState(key=key, state="OPEN", held_back_count=count))
    return tuple(sorted(found.values(), key=lambda state: (state.key.period, state.key.account)))


def gather(
    cursor: Cursor, graph: Graph, states: Sequence[PeriodState], chosen: Sequence[PeriodState]
) -> tuple[Facts, ...]:
    """What decides on the `chosen` periods, all of one book; `states` are all there are."""
    periods = sorted({str(state.key.period) for state in chosen if state.state != "CLOSED"})
    if not periods:
        return tuple(Facts(state=state, content=Content()) for state in chosen)
    book = chosen[0].key.book
    among = f"billing_period in ({literals(periods)})"
    breaks, events = _breaks(cursor, among, book), _events(cursor, among, book)
    contents = contents_of(cursor, f"(select * from {book.bill} where {among})", book)
    behind = tables_behind(cursor, graph, book)
    return tuple(
        Facts(
            state=state,
            content=contents.get(state.key, Content()),
            breaks=tuple(breaks.get(state.key, ())),
            events=tuple(events.get(state.key, ())),
            earlier_open=_earlier_open(state, states),
            behind=behind,
        )
        for state in chosen
    )


def _earlier_open(state: PeriodState, states: Sequence[PeriodState]) -> tuple[Period, ...]:
    return tuple(
        other.key.period
        for other in states
        if other.key.account == state.key.account
        and other.key.period < state.key.period
        and other.state != "CLOSED"
        and other.has_usage
    )


def _breaks(cursor: Cursor, among: str, book: Book) -> dict[Key, list[Break]]:
    found: defaultdict[Key, list[Break]] = defaultdict(list)
    for row in rows(
        cursor,
        f"""select account_id, billing_period, break_type, subject, region, min({book.day}),
            max({book.day}), count(*), min_by(detail, {book.day})
        from gold_billing.{book.breaks} where not is_waived and {among}
        group by all order by break_type, subject, region""",
    ):
        key = Key(row[0], Period.parse(row[1]), book)
        found[key].append(
            Break(
                key=key,
                kind=row[2],
                subject=row[3],
                region=row[4],
                first_day=row[5],
                last_day=row[6],
                count=int(row[7]),
                detail=row[8],
            )
        )
    return found


def _events(cursor: Cursor, among: str, book: Book) -> dict[Key, list[Event]]:
    found: defaultdict[Key, list[Event]] = defaultdict(list)
    for row in rows(
        cursor,
        f"""select account_id, billing_period, event, actor, occurred_at, reason, subject
        from {book.ledger_events} where {among} order by occurred_at, event_id""",
    ):
        key = Key(row[0], Period.parse(row[1]), book)
        found[key].append(
            Event(
                key=key,
                kind=row[2],
                actor=row[3],
                occurred_at=utc(row[4]),
                reason=row[5],
                subject=row[6],
            )
        )
    return found


def is_told(cursor: Cursor, seal: Seal) -> bool:
    """Whether the events tell of a seal."""
    found = rows(
        cursor,
        f"""select 1 from {seal.key.book.ledger_events} where event = 'closed' and subject = :seal
            and account_id = :account and billing_period = :period""",
        seal=seal.seal_id,
        account=seal.key.account,
        period=str(seal.key.period),
    )
    return bool(found)


def bill_columns(cursor: Cursor, book: Book = USAGE) -> dict[str, str]:
    """Columns of a sealed row with their types."""
    found: dict[str, str] = {}
    for name, kind, *_ in rows(cursor, f"describe table {book.ledger_rows}"):
        if not name or name.startswith("#"):
            break
        found[name] = kind
    return found


def contents_of(cursor: Cursor, bill: str, book: Book = USAGE) -> dict[Key, Content]:
    """Totals and hash of a bill per account and period; `bill` is a relation or a query."""
    return {
        Key(row[0], Period.parse(row[1]), book): _content(book, row[2:])
        for row in rows(cursor, content_query(bill, bill_columns(cursor, book), book))
    }


def _content(book: Book, row: Sequence[Any]) -> Content:
    """From the hash, the number of rows and the book's totals, in that order."""
    figures = {total.figure: value for total, value in zip(book.totals, row[2:], strict=True)}
    return Content(rows_hash=row[0], row_count=int(row[1]), **figures)


def sealed_contents(
    cursor: Cursor, book: Book = USAGE
) -> tuple[dict[Key, Content], dict[Key, int]]:
    """What the sealed rows come to now, and how many of them differ from their own hash."""
    columns = bill_columns(cursor, book)
    differing = rows(cursor, differing_rows_query(book.sealed_rows, columns))
    return contents_of(cursor, book.sealed_rows, book), {
        Key(row[0], Period.parse(row[1]), book): int(row[2]) for row in differing
    }


def seals(cursor: Cursor, book: Book = USAGE) -> dict[Key, Seal]:
    """Every seal of a book."""
    found = {}
    priced = "price_version" if book.is_priced else f"'{NOTHING}'"
    totals = ", ".join(total.column for total in book.totals)
    for row in rows(
        cursor,
        f"select {_SEAL_COLUMNS}, {priced}, rows_hash, row_count, {totals}"
        f" from {book.ledger_seals}",
    ):
        key = Key(row[1], Period.parse(row[2]), book)
        found[key] = Seal(
            key=key,
            seal_id=row[0],
            sealed_at=utc(row[3]),
            sealed_by=row[4],
            approved_by=tuple(json.loads(row[5])),
            records_hash=row[6],
            input_versions=json.loads(row[7]),
            git_revision=row[8],
            read_through_at=utc(row[9]),
            price_version=row[10],
            content=_content(book, row[11:]),
        )
    return found
