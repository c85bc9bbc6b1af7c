"""Reads what the ledger and the tables know of periods; writes nothing."""

import json
from collections import defaultdict
from collections.abc import Sequence

from operations.close.graph import Graph
from operations.close.hashing import content_query, differing_rows_query, literals
from operations.close.inputs import UNBILLED, tables_behind
from operations.close.model import Break, Content, Event, Facts, Key, PeriodState, Seal
from operations.close.periods import Period
from operations.queries import Cursor, rows, utc

_SEALED = (
    "(select sealed.* from ledger.sealed_usage as sealed"
    " left semi join ledger.period_seals as seals on sealed.seal_id = seals.seal_id)"
)
_STATES = """select account_id, billing_period, period_state, state_since_at, state_by,
    record_count, billed_cost, correction_cost from gold_billing.fct_period_states"""
_SEAL_COLUMNS = """seal_id, account_id, billing_period, sealed_at, sealed_by, to_json(approved_by),
    row_count, record_count, usage_quantity, list_cost, billed_cost, rows_hash, records_hash,
    to_json(input_versions), price_version, git_revision, read_through_at"""


def period_states(cursor: Cursor) -> tuple[PeriodState, ...]:
    """Every period of every account, oldest first; also one whose usage is all held back."""
    held_back = {
        Key(row[0], Period.parse(row[1])): int(row[2])
        for row in rows(
            cursor,
            """select account_id, date_format(usage_date, 'yyyy-MM') as billing_period,
                sum(record_count)
            from gold_billing.fct_held_back_usage group by all""",
        )
    }
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
        for row in rows(cursor, _STATES)
        for key in (Key(row[0], Period.parse(row[1])),)
    }
    for key, count in held_back.items():
        found.setdefault(key, PeriodState(key=key, state="OPEN", held_back_count=count))
    return tuple(sorted(found.values(), key=lambda state: (state.key.period, state.key.account)))


def gather(
    cursor: Cursor, graph: Graph, states: Sequence[PeriodState], chosen: Sequence[PeriodState]
) -> tuple[Facts, ...]:
    """What decides on the `chosen` periods; `states` are all there are."""
    periods = sorted({str(state.key.period) for state in chosen if state.state != "CLOSED"})
    if not periods:
        return tuple(Facts(state=state, content=Content()) for state in chosen)
    among = f"billing_period in ({literals(periods)})"
    breaks, events = _breaks(cursor, among), _events(cursor, among)
    contents = contents_of(cursor, f"(select * from {UNBILLED} where {among})")
    behind = tables_behind(cursor, graph)
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


def _breaks(cursor: Cursor, among: str) -> dict[Key, list[Break]]:
    found: defaultdict[Key, list[Break]] = defaultdict(list)
    for row in rows(
        cursor,
        f"""select account_id, billing_period, break_type, subject, region, min(usage_date),
            max(usage_date), count(*), min_by(detail, usage_date)
        from gold_billing.fct_period_breaks where not is_waived and {among}
        group by all order by break_type, subject, region""",
    ):
        key = Key(row[0], Period.parse(row[1]))
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


def _events(cursor: Cursor, among: str) -> dict[Key, list[Event]]:
    found: defaultdict[Key, list[Event]] = defaultdict(list)
    for row in rows(
        cursor,
        f"""select account_id, billing_period, event, actor, occurred_at, reason, subject
        from ledger.period_events where {among} order by occurred_at, event_id""",
    ):
        key = Key(row[0], Period.parse(row[1]))
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
        """select 1 from ledger.period_events where event = 'closed' and subject = :seal
            and account_id = :account and billing_period = :period""",
        seal=seal.seal_id,
        account=seal.key.account,
        period=str(seal.key.period),
    )
    return bool(found)


def bill_columns(cursor: Cursor) -> dict[str, str]:
    """Columns of a sealed row with their types."""
    found: dict[str, str] = {}
    for name, kind, *_ in rows(cursor, "describe table ledger.sealed_usage"):
        if not name or name.startswith("#"):
            break
        found[name] = kind
    return found


def contents_of(cursor: Cursor, bill: str) -> dict[Key, Content]:
    """Totals and hash of a bill per account and period; `bill` is a relation or a query."""
    return {
        Key(row[0], Period.parse(row[1])): Content(
            row_count=int(row[2]),
            record_count=int(row[3]),
            usage_quantity=row[4],
            list_cost=row[5],
            billed_cost=row[6],
            rows_hash=row[7],
        )
        for row in rows(cursor, content_query(bill, bill_columns(cursor)))
    }


def sealed_contents(cursor: Cursor) -> tuple[dict[Key, Content], dict[Key, int]]:
    """What the sealed rows come to now, and how many of them differ from their own hash."""
    differing = rows(cursor, differing_rows_query(_SEALED, bill_columns(cursor)))
    return contents_of(cursor, _SEALED), {
        Key(row[0], Period.parse(row[1])): int(row[2]) for row in differing
    }


def seals(cursor: Cursor) -> dict[Key, Seal]:
    """Every seal."""
    found = {}
    for row in rows(cursor, f"select {_SEAL_COLUMNS} from ledger.period_seals"):
        key = Key(row[1], Period.parse(row[2]))
        found[key] = Seal(
            key=key,
            seal_id=row[0],
            sealed_at=utc(row[3]),
            sealed_by=row[4],
            approved_by=tuple(json.loads(row[5])),
            content=Content(
                row_count=int(row[6]),
                record_count=int(row[7]),
                usage_quantity=row[8],
                list_cost=row[9],
                billed_cost=row[10],
                rows_hash=row[11],
            ),
            records_hash=row[12],
            input_versions=json.loads(row[13]),
            price_version=row[14],
            git_revision=row[15],
            read_through_at=utc(row[16]),
        )
    return found
