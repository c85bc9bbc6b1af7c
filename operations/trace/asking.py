"""Statements to the warehouse and their rows as plain dictionaries."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Cursor(Protocol):
    """The part of a DB-API cursor that is used here; parameters are named."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """Name first, for each column of the last statement."""

    def execute(self, operation: str, parameters: Mapping[str, str] | None = None) -> object:
        """Runs a statement."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """All rows of the last statement."""


Row = Mapping[str, Any]


def ask(cursor: Cursor, statement: str, parameters: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of a statement, each by column name."""
    cursor.execute(statement, parameters or None)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def text_literal(value: str) -> str:
    """A text from a table of ours as an SQL literal; what a user typed goes as a parameter."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def text_literals(values: Sequence[str]) -> str:
    """The same for the inside of an `in (…)`."""
    return ", ".join(map(text_literal, values))
