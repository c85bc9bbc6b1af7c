"""What the marts of quality and anomalies say now, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from operations.queries import Cursor, rows

_DIMENSIONS = "completeness, uniqueness, validity, freshness, volume"
_NEWEST = "measured_date = (select max(measured_date) from {mart})"
# Marts of anomalies: table, its day, whose figure.
ANOMALIES = (
    ("gold_operational.ops_sales_anomalies", "order_date", "shop"),
    ("gold_operational.ops_order_anomalies", "order_date", "'orders'"),
    ("gold_operational.ops_volume_anomalies", "landed_date", "source_name"),
)
LAYERS = "gold_operational.ops_layer_quality"
TABLES = "gold_operational.ops_table_quality"


@dataclass(frozen=True, slots=True)
class Quality:
    """Scores 0 to 100 and dimensions 0 to 1 of a layer or a table; None where nothing is known."""

    name: str
    day: date
    tables: int
    score: Decimal | None
    dimensions: tuple[Decimal | None, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A day on which a figure was far from what is usual."""

    day: date
    of: str
    severity: str
    explanation: str


def built(cursor: Cursor) -> set[str]:
    """Tables of the operational marts that are there, with their schema."""
    listed = rows(
        cursor,
        """select concat(table_schema, '.', table_name) from information_schema.tables
        where table_schema = 'gold_operational'""",
    )
    return {str(name) for (name,) in listed}


def layers(cursor: Cursor) -> list[Quality]:
    """The newest scores per layer and domain, in the way of the data."""
    found = rows(
        cursor,
        f"""select concat(layer, ' ', domain), measured_date, table_count, score, {_DIMENSIONS},
            concat(worst_table, ' ', worst_table_score)
        from {LAYERS} where {_NEWEST.format(mart=LAYERS)}
        order by array_position(array('bronze', 'silver', 'gold', 'snapshots'), layer), domain""",
    )
    return [_quality(row) for row in found]


def worst_tables(cursor: Cursor, at_most: int) -> list[Quality]:
    """Tables with the lowest of the newest scores, and what is wrong with them."""
    found = rows(
        cursor,
        f"""select table_name, measured_date, 1, score, {_DIMENSIONS},
            concat(worst_column, ': ', worst_reason, ' in ', round(100 * worst_share, 2), ' %')
        from {TABLES} where {_NEWEST.format(mart=TABLES)} and score < 100
        order by score, table_name limit {int(at_most)}""",
    )
    return [_quality(row) for row in found]


def anomalies(cursor: Cursor, marts: set[str], days: int) -> list[Anomaly]:
    """Anomalies of the newest days of each mart that is there, newest first."""
    found: list[Anomaly] = []
    for mart, day, of in ANOMALIES:
        if mart in marts:
            newest = f"(select max({day}) from {mart})"
            found += [
                Anomaly(*row)
                for row in rows(
                    cursor,
                    f"""select {day}, {of}, severity, explanation from {mart}
                    where is_anomaly and {day} > date_sub({newest}, {int(days)})""",
                )
            ]
    return sorted(found, key=lambda one: (one.day, one.of, one.explanation), reverse=True)


def _quality(row: Sequence[Any]) -> Quality:
    name, day, tables, score, *rest = row
    dimensions, reason = rest[:-1], rest[-1]
    return Quality(str(name), day, int(tables), score, tuple(dimensions), str(reason or ""))
