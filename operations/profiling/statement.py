"""One table, one statement: what is asked of it, and the answer as figures."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from operations.profiling.model import Last, Metric, Table
from operations.queries import quoted


def statement(table: Table, since: date | None = None) -> str:
    """A query with one row: rows, rows read, newest clock, distinct keys, nulls, broken tests."""
    limited = since is not None and table.day is not None
    asked = [
        f"(select count(*) from {table.relation})" if limited else "count(*)",
        "count(*)",
        f"unix_seconds(max({quoted(table.clock)}))" if table.clock else "null",
        _distinct(table.key),
        *(f"count_if({quoted(name)} is null)" for name in table.nullable),
        *(f"count_if(not ({check.condition}))" for check in table.checks),
    ]
    where = f" where {quoted(str(table.day))} >= date'{since}'" if limited else ""
    named = ", ".join(f"{figure} as figure_{number}" for number, figure in enumerate(asked))
    return f"select {named} from {table.relation}{where}"


def _distinct(key: Sequence[str]) -> str:
    """Of a key of several columns a null part is a value of its own; a key that is null is none."""
    if not key:
        return "null"
    if len(key) == 1:
        return f"count(distinct {quoted(key[0])})"
    return f"count(distinct struct({', '.join(quoted(name) for name in key)}))"


def figures(
    table: Table, answer: Sequence[Any], committed_at: datetime, now: datetime, last: Last | None
) -> tuple[int, tuple[Metric, ...]]:
    """Rows of the table, and the figures that the answer to its statement comes to."""
    row_count, read, newest, distinct, *counts = answer
    nulls, broken = counts[: len(table.nullable)], counts[len(table.nullable) :]
    clock = committed_at.timestamp() if newest is None else newest
    found = [
        Metric("rows", Decimal(row_count)),
        Metric("profiled_rows", Decimal(read)),
        Metric("column_count", Decimal(len(table.columns))),
        Metric("age_seconds", Decimal(max(0, int(now.timestamp() - clock)))),
        *_ages(table),
    ]
    if last is not None:
        found.append(Metric("added_rows", Decimal(row_count - last.row_count)))
    if read:
        found += [
            Metric("null_share", _share(count, read), name)
            for name, count in zip(table.nullable, nulls, strict=True)
        ]
        found += [
            Metric("failed_share", _share(count, read), check.column, check.name)
            for check, count in zip(table.checks, broken, strict=True)
        ]
        if table.key:
            found.append(Metric("distinct_share", _share(distinct, read), ", ".join(table.key)))
    return int(row_count), tuple(found)


def _ages(table: Table) -> list[Metric]:
    declared = {
        "allowed_seconds": table.allowed_seconds,
        "refused_seconds": table.refused_seconds,
    }
    return [Metric(name, Decimal(v)) for name, v in declared.items() if v is not None]


def _share(count: int, of: int) -> Decimal:
    return round(Decimal(count) / Decimal(of), 12)
