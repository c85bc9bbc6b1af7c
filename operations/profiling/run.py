"""A run of `lakeledger profile`: asks the tables that have moved, writes down what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from databricks.sql.exc import Error

from operations.profiling.history import History
from operations.profiling.model import Last, Measured, Outcome, Table
from operations.profiling.planner import Plan
from operations.profiling.statement import figures, statement
from operations.queries import Cursor, rows, utc
from operations.refusals import refusal_of

_AT_ONCE = 20


def profile(
    cursor: Cursor,
    plan: Plan,
    *,
    now: datetime,
    run_id: str,
    since: date | None = None,
    again: bool = False,
) -> Outcome:
    """Measures each table that moved since it was last measured, or all of them `again`.

    A table that did not move is not read; its figures are carried on once a day. One that cannot be
    asked is told, and the others are measured all the same. What is measured is written down every
    few tables: a run that is broken off loses little.
    """
    history = History(cursor, plan.history)
    last = history.last()
    tables = existing(cursor, plan.tables)
    found = Outcome()
    for start in range(0, len(tables), _AT_ONCE):
        some = _measure_moved(cursor, tables[start : start + _AT_ONCE], last, now, since, again)
        history.add(some.measured, now, run_id)
        found = found.and_of(some)
    carried = [name for name in found.unmoved if last[name].measured_at.date() < utc(now).date()]
    history.carry(carried, now, run_id)
    return replace(found, carried=tuple(carried))


def _measure_moved(
    cursor: Cursor,
    tables: Sequence[Table],
    last: Mapping[str, Last],
    now: datetime,
    since: date | None,
    again: bool,
) -> Outcome:
    measured, unmoved, failed = [], [], {}
    for table in tables:
        known = last.get(table.name)
        try:
            version, committed_at = _newest_commit(cursor, table)
            if known and known.version == version and not again:
                unmoved.append(table.name)
            else:
                measured.append(_measure(cursor, table, version, committed_at, now, since, known))
        except Error as error:
            failed[table.name] = refusal_of(error)
    return Outcome(measured=tuple(measured), unmoved=tuple(unmoved), failed=failed)


def existing(cursor: Cursor, tables: Sequence[Table]) -> list[Table]:
    """Those of the tables that have been built."""
    listed = rows(
        cursor,
        "select concat(table_schema, '.', table_name) from information_schema.tables",
    )
    names = {str(name) for (name,) in listed}
    return [table for table in tables if table.name in names]


def _newest_commit(cursor: Cursor, table: Table) -> tuple[int, datetime]:
    ((version, committed_at, *_),) = rows(cursor, f"describe history {table.relation} limit 1")
    return int(version), utc(committed_at)


def _measure(
    cursor: Cursor,
    table: Table,
    version: int,
    committed_at: datetime,
    now: datetime,
    since: date | None,
    last: Last | None,
) -> Measured:
    (answer,) = rows(cursor, statement(table, since))
    row_count, metrics = figures(table, answer, committed_at, now, last)
    return Measured(table=table, version=version, row_count=row_count, metrics=metrics)
