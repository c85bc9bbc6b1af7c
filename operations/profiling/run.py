"""A run of `lakeledger profile`: asks the tables that have moved, writes down what they say."""

from collections.abc import Sequence
from datetime import date, datetime

from databricks.sql.exc import Error

from operations.profiling.history import History
from operations.profiling.model import Last, Measured, Outcome, Table
from operations.profiling.planner import Plan
from operations.profiling.statement import figures, statement
from operations.queries import Cursor, rows, utc
from operations.refusals import refusal_of


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
    asked is told, and the others are measured all the same.
    """
    history = History(cursor, plan.history)
    last = history.last()
    measured: list[Measured] = []
    unmoved: list[str] = []
    failed: dict[str, str] = {}
    for table in existing(cursor, plan.tables):
        known = last.get(table.name)
        try:
            version, committed_at = _newest_commit(cursor, table)
            if known and known.version == version and not again:
                unmoved.append(table.name)
            else:
                measured.append(_measure(cursor, table, version, committed_at, now, since, known))
        except Error as error:
            failed[table.name] = refusal_of(error)
    history.add(measured, now, run_id)
    carried = [name for name in unmoved if last[name].measured_at.date() < utc(now).date()]
    history.carry(carried, now, run_id)
    return Outcome(
        measured=tuple(measured), unmoved=tuple(unmoved), carried=tuple(carried), failed=failed
    )


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
