"""How a column of an answer is to be read: what its values are, and in which unit."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "text"
    COUNT = "whole number"
    NUMBER = "number"
    MONEY = "amount in the currency beside it"
    PERCENT = "0 to 100"
    SHARE = "0 to 1"
    SECONDS = "duration in seconds"
    TIME = "point of time, UTC"
    DAY = "date"
    FLAG = "yes or no"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a page shows: its name in the analysis, its heading, and what it holds."""

    name: str
    label: str
    kind: Kind = Kind.TEXT


SEVERITY = Column("severity", "Severity")
IS_PARTIAL = Column("is_partial", "Partial", Kind.FLAG)


@dataclass(frozen=True, slots=True)
class Query:
    """An analysis of resources/dashboards, and which of its columns are read, in order.

    ``limit``: most rows that are fetched.
    """

    analysis: str
    columns: tuple[Column, ...]
    limit: int = 500
