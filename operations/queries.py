"""The connection as commands use it: any DB-API cursor with named parameters."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol


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


def quoted(name: str) -> str:
    """A name in back-ticks, as SQL takes it whatever it holds."""
    return "`" + name.replace("`", "``") + "`"


def utc(value: datetime) -> datetime:
    """The connector gives UTC with or without saying so."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
