"""The SQL that hashes rows of a bill and the records below; the same on every engine.

Rows are hashed as canonical JSON (columns by name, values as text, nulls left out, so that a column
added later leaves old hashes as they are), days over the sorted hashes of their rows, and the whole
over its days: no value ever holds more than a day's hashes.
"""

from collections.abc import Mapping, Sequence

from operations.close.books import USAGE, Book
from operations.queries import literal

# What identifies the seal or follows from the row is no part of it.
_NOT_HASHED = ("seal_id", "row_hash")


def canonical_row(columns: Mapping[str, str]) -> str:
    """SHA-256 of a row, from its columns and their types."""
    members = ", ".join(
        f"{_as_text(name, columns[name])} as {name}"
        for name in sorted(columns)
        if name not in _NOT_HASHED
    )
    return f"sha2(to_json(struct({members})), 256)"


def _as_text(name: str, kind: str) -> str:
    if kind == "timestamp":
        return f"cast(unix_micros({name}) as string)"
    return name if kind.startswith("array") else f"cast({name} as string)"


def content_query(rows: str, columns: Mapping[str, str], book: Book = USAGE) -> str:
    """Hash, number of rows and the book's totals per account and period of `rows`.

    `rows` is a relation or a query in brackets.
    """
    of_day = ", ".join(f"sum({total.column}) as {total.column}" for total in book.totals)
    of_period = ", ".join(
        f"cast(coalesce(sum({total.column}), 0) as {total.type})" for total in book.totals
    )
    day_hashes = f"concat({book.day}, ' ', day_hash)"
    return f"""
        with hashed as (select *, {canonical_row(columns)} as content_hash from {rows}),
        days as (
            select account_id, billing_period, {book.day},
                {_sorted_hash("content_hash", "")} as day_hash, count(*) as row_count, {of_day}
            from hashed group by account_id, billing_period, {book.day}
        )
        select account_id, billing_period, {_sorted_hash(day_hashes, ",")}, sum(row_count),
            {of_period}
        from days group by account_id, billing_period"""


def records_query(records: str, book: Book = USAGE) -> str:
    """Hash over the keys of `records`, hour by hour; null where there are none."""
    hour_at = f"date_trunc('hour', {book.record_at})"
    return f"""
        with hours as (
            select {hour_at} as hour_at, {_sorted_hash("record_key", "")} as hour_hash
            from {records} group by {hour_at}
        )
        select {_sorted_hash("concat(unix_seconds(hour_at), ' ', hour_hash)", ",")} from hours"""


def differing_rows_query(rows: str, columns: Mapping[str, str]) -> str:
    """How many of `rows` are not what their row_hash says, per account and period."""
    return f"""
        select account_id, billing_period, count(*) from {rows}
        where {canonical_row(columns)} <> row_hash group by account_id, billing_period"""


def _sorted_hash(value: str, separator: str) -> str:
    return f"sha2(array_join(array_sort(collect_list({value})), '{separator}'), 256)"


def literals(values: Sequence[str]) -> str:
    """Texts as a list of SQL literals."""
    return ", ".join(literal(value) for value in values)
