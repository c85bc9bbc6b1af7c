"""A table as it is measured, and what comes of it: plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Check:
    """A test of dbt as a condition: rows of which it is false break it; null passes, as in dbt.

    ``name``: the test's name without its package; ``column``: the column that it is about.
    """

    name: str
    column: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What dbt's manifest declares of a table.

    ``relation``: as SQL names it. ``columns``: all of its contract. ``nullable``: those that no
    constraint keeps from being null. ``key``: columns that no two rows share; empty where none are
    declared. ``clock``: the column whose newest value is the table's age, None for that of its last
    commit. ``day``: the column that `since` limits. ``allowed_seconds``, ``refused_seconds``: age
    that the sources behind it allow and refuse, None where none declares any.
    """

    name: str
    relation: str
    layer: str
    domain: str
    columns: tuple[str, ...]
    nullable: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    clock: str | None = None
    day: str | None = None
    allowed_seconds: int | None = None
    refused_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a table; ``value`` None where there was nothing to measure it on."""

    metric: str
    value: Decimal | None
    column: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """When a table was last measured or carried on (UTC), at which version, with how many rows."""

    version: int
    row_count: int
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A table with its figures."""

    table: Table
    version: int
    row_count: int
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run did: tables by name, and of those that could not be asked why."""

    measured: tuple[Measured, ...] = ()
    unmoved: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)

    def and_of(self, other: "Outcome") -> "Outcome":
        """Both together."""
        return Outcome(
            measured=self.measured + other.measured,
            unmoved=self.unmoved + other.unmoved,
            carried=self.carried + other.carried,
            failed=self.failed | other.failed,
        )
