"""The usage records behind a selection, and the lines that a price is applied to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from operations.trace.arithmetic import cost, exact_sum
from operations.trace.asking import Row
from operations.trace.marts import LINE_COLUMNS

# What a correction has in common with the record that it corrects; the same as in
# int_platform__unmatched_corrections.
USAGE_COLUMNS = (
    "usage_date",
    "account_id",
    "workspace_id",
    "region",
    "sku_name",
    "usage_unit",
    "usage_started_at",
    "usage_ended_at",
    "cluster_id",
    "warehouse_id",
    "job_id",
    "job_run_id",
)
# The price row behind each kind of price, most binding first.
PRICE_KEYS = {
    "billed_price": ("negotiated_price_key", "list_price_key"),
    "list_price": ("list_price_key",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """One usage record; `usage` is what a correction of it has in common with it."""

    record_key: str
    record_id: str | None
    source_name: str
    record_type: str
    quantity: Decimal
    price_key: str | None
    source_file: str
    ingested_at: datetime
    usage: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Its id where the provider gave it one, else its key."""
        return self.record_id or self.record_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What somebody bears of a line, and of it what falls to each record, by record key."""

    whole: Decimal | None
    amount: Decimal | None
    quantity: Decimal
    shares: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Records of one hour, SKU and price: the price is applied to their sum.

    With a `part` its records are those of one bearer, and its amount is a share of the line's.
    """

    key: Mapping[str, Any]
    price: Decimal | None
    records: tuple[UsageRecord, ...]
    part: Part | None = None

    @property
    def quantity(self) -> Decimal:
        """All record types summed: retractions are negative."""
        if self.part:
            return self.part.quantity
        return exact_sum(record.quantity for record in self.records)

    @property
    def price_keys(self) -> list[str]:
        """The price rows of its records: more than one where a price was renewed unchanged."""
        return sorted({record.price_key for record in self.records if record.price_key})

    @property
    def amount(self) -> Decimal | None:
        """Quantity times price as gold rounds it, or the part of it; None without a price."""
        if self.part:
            return self.part.amount
        return cost(self.quantity, self.price)


def group_lines(rows: Sequence[Row], price_column: str) -> tuple[Line, ...]:
    """Rows of priced usage records as lines."""
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(row[name] for name in LINE_COLUMNS), []).append(row)
    lines = []
    for members in grouped.values():
        key = {name: members[0][name] for name in LINE_COLUMNS}
        records = [_record(row, price_column) for row in members]
        records.sort(key=lambda record: (record.ingested_at, record.record_key))
        lines.append(Line(key=key, price=members[0][price_column], records=tuple(records)))
    return tuple(sorted(lines, key=_order))


def _record(row: Row, price_column: str) -> UsageRecord:
    return UsageRecord(
        record_key=row["record_key"],
        record_id=row["record_id"],
        source_name=row["source_name"],
        record_type=row["record_type"],
        quantity=row["usage_quantity"],
        price_key=next((row[name] for name in PRICE_KEYS[price_column] if row[name]), None),
        source_file=row["source_file"],
        ingested_at=row["ingested_at"],
        usage=tuple(row[name] for name in USAGE_COLUMNS),
    )


def _order(line: Line) -> tuple[str, ...]:
    return tuple(str(line.key[name]) for name in LINE_COLUMNS)
