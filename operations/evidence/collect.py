"""What the tables say: rows of the records of operations, and the commits of every table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.evidence.period import Days
from operations.queries import Cursor, quoted, rows, utc

# Every table of these schemas is a record of what was done. What a seal says of the sealed rows
# (their number and hash) is exported, the rows themselves are the bill.
RECORDS = ("ledger", "operations")
_ALSO, _NOT = {"silver.quarantine_decisions"}, {"ledger.sealed_usage", "ledger.sealed_revenue"}
_COMMIT = (
    *("version", "timestamp", "userId", "userName", "operation", "operationParameters", "job"),
    *("notebook", "clusterId", "operationMetrics", "userMetadata", "engineInfo"),
)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Table:
    """A table of records; ``clock`` is the column that says when, None where there is none."""

    schema: str
    name: str
    clock: str | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The name as SQL takes it."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


def delta_tables(cursor: Cursor) -> tuple[Table, ...]:
    """Every Delta table of the catalog, with the first column of its times."""
    tables = rows(
        cursor,
        """select table_schema, table_name from information_schema.tables
        where table_type <> 'VIEW' and data_source_format = 'DELTA'""",
    )
    clocks = rows(
        cursor,
        """select table_schema, table_name, min_by(column_name, ordinal_position)
        from information_schema.columns where data_type like 'TIMESTAMP%' group by all""",
    )
    first = {(schema, name): clock for schema, name, clock in clocks}
    return tuple(
        sorted(
            Table(schema=schema, name=name, clock=first.get((schema, name)))
            for schema, name in tables
        )
    )


def is_record(table: Table) -> bool:
    """Whether the rows of a table are evidence."""
    name = str(table)
    return (table.schema in RECORDS and name not in _NOT) or name in _ALSO


def record_lines(cursor: Cursor, table: Table, days: Days) -> list[str]:
    """The rows of these days as JSON, in the order of their time; all where there is none."""
    clock = "" if table.clock is None else quoted(table.clock)
    where = f"where {clock} >= :start and {clock} < :end" if clock else ""
    values = {"start": days.start, "end": days.end} if clock else {}
    found = rows(
        cursor,
        f"""select to_json(struct(*), map('ignoreNullFields', 'false')) as line
        from {table.sql} {where} order by {clock + "," if clock else ""} line""",
        **values,
    )
    return [str(row[0]) for row in found]


def commit_lines(cursor: Cursor, tables: Iterable[Table], days: Days) -> list[str]:
    """The commits of these days as JSON, table by table, oldest first."""
    lines = []
    for table in tables:
        commits = [_named(row) for row in rows(cursor, f"describe history {table.sql}")]
        for commit in sorted(commits, key=lambda commit: int(commit["version"])):
            if days.holds(utc(commit["timestamp"])):
                told = {"table": str(table), **{name: commit.get(name) for name in _COMMIT}}
                lines.append(json.dumps(told, default=_text, ensure_ascii=False))
    return lines


def revisions(lines: Iterable[str]) -> Mapping[str, int]:
    """How often each revision of the project is named by rows or commits."""
    found: dict[str, int] = {}
    for line in lines:
        row = json.loads(line)
        revision = row.get("git_revision") or _told(row.get("userMetadata")).get("git_revision")
        if isinstance(revision, str):
            found[revision] = found.get(revision, 0) + 1
    return dict(sorted(found.items()))


def _told(user_metadata: str | None) -> Mapping[str, Any]:
    """What a commit's metadata says; nothing where somebody wrote something else there."""
    try:
        told = json.loads(user_metadata or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _named(row: Any) -> dict[str, Any]:
    values: dict[str, Any] = row.asDict()
    for name in ("operationParameters", "operationMetrics"):
        pairs: Sequence[tuple[str, str]] | Mapping[str, str] | None = values.get(name)
        values[name] = dict(pairs or ())
    return values


def _text(value: object) -> str:
    return utc(value).isoformat() if isinstance(value, datetime) else str(value)
