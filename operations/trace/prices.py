"""The price rows of lines: a price of the contract where there is one, else the list price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from operations.trace.asking import Cursor, Row, ask, text_literals
from operations.trace.records import Line

_TABLES: dict[Literal["list", "negotiated"], tuple[str, str]] = {
    "list": ("silver.stg_platform__list_prices", "list_price"),
    "negotiated": ("silver.int_platform__negotiated_prices", "negotiated_price"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A price and the time for which it holds: start inclusive, end exclusive.

    Only a list price came in a file; a price of the contract is a row of a seed.
    """

    kind: Literal["list", "negotiated"]
    record_key: str
    price: Decimal
    currency_code: str
    started_at: datetime
    ended_at: datetime | None
    source_file: str | None = None
    ingested_at: datetime | None = None


def find_prices(cursor: Cursor, lines: Sequence[Line]) -> dict[str, PriceRow]:
    """The price rows of some lines, by their keys."""
    keys = sorted({key for line in lines for key in line.price_keys})
    if not keys:
        return {}
    found: dict[str, PriceRow] = {}
    for kind, (table, column) in _TABLES.items():
        rows = ask(
            cursor,
            f"select *, {column} as price from {table} where record_key in ({text_literals(keys)})",
        )
        found |= {row["record_key"]: _price(row, kind) for row in rows}
    return found


def _price(row: Row, kind: Literal["list", "negotiated"]) -> PriceRow:
    return PriceRow(
        kind=kind,
        record_key=row["record_key"],
        price=row["price"],
        currency_code=row["currency_code"],
        started_at=row["price_started_at"],
        ended_at=row["price_ended_at"],
        source_file=row.get("source_file"),
        ingested_at=row.get("ingested_at"),
    )
