"""The connection as commands use it: any DB-API cursor with named parameters."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

_ROWS_PER_INSERT = 500


class Cursor(Protocol):
    """The part of a DB-API cursor that is used here."""

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> object:
        """Runs a statement."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """All rows of the last statement."""


def rows(cursor: Cursor, statement: str, **values: Any) -> Sequence[Sequence[Any]]:
    """Runs a query with named parameters."""
    cursor.execute(statement, values or None)
    return cursor.fetchall()


def literal(value: str) -> str:
    """A text as an SQL literal, for where no parameter can stand."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def timestamp_literal(moment: datetime) -> str:
    """A point of time as an SQL literal, to the microsecond, in whatever zone the session is."""
    return f"timestamp'{utc(moment):%Y-%m-%d %H:%M:%S.%f}+00:00'"


def insert(cursor: Cursor, into: str, columns: str, values: Sequence[str]) -> None:
    """Adds rows, each as `(…)` of literals; ``columns`` are those of all, by commas."""
    for start in range(0, len(values), _ROWS_PER_INSERT):
        listed = ", ".join(values[start : start + _ROWS_PER_INSERT])
        cursor.execute(f"insert into {into} ({columns}) values {listed}")


def quoted(name: str) -> str:
    """A name in back-ticks, as SQL takes it whatever it holds."""
    return "`" + name.replace("`", "``") + "`"


def utc(value: datetime) -> datetime:
    """The connector gives UTC with or without saying so."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
