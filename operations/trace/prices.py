"""The price row of each record: negotiated where there is one, else list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from operations.trace.asking import Cursor, Row, ask, text_literals
from operations.trace.records import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A price and the time for which it holds: start inclusive, end exclusive."""

    kind: Literal["negotiated", "list"]
    account_id: str | None
    sku_name: str
    cloud: str
    usage_unit: str
    currency_code: str
    started_at: datetime
    ended_at: datetime | None
    price: Decimal
    record_key: str | None = None
    source_file: str | None = None
    ingested_at: datetime | None = None

    def holds_for(self, line: Mapping[str, Any], at: datetime) -> bool:
        """Whether it is the price of the line's usage that ends at `at`."""
        same = all(
            getattr(self, name) == line[name]
            for name in ("sku_name", "cloud", "usage_unit", "currency_code")
        )
        account = self.account_id is None or line["account_id"] in (None, self.account_id)
        in_window = self.started_at <= at and (self.ended_at is None or at < self.ended_at)
        return same and account and in_window


def find_prices(cursor: Cursor, lines: Sequence[Line]) -> tuple[PriceRow, ...]:
    """All price rows of the SKUs of some lines."""
    skus = text_literals(sorted({line.key["sku_name"] for line in lines}))
    if not skus:
        return ()
    listed = ask(
        cursor,
        f"""select *, list_price as price from silver.stg_platform__list_prices
        where sku_name in ({skus})""",
    )
    contract = ask(
        cursor,
        f"""select *, negotiated_price as price from seeds.negotiated_prices
        where sku_name in ({skus})""",
    )
    return (
        *(_price(row, "negotiated") for row in contract),
        *(_price(row, "list") for row in listed),
    )


def price_of(
    line: Line, prices: Iterable[PriceRow], price_column: str = "billed_price"
) -> PriceRow | None:
    """The row that gave the line its price; None where the line has none.

    All records of a line have one price, so that of the first speaks for all. Where two windows
    hold, as before the provider has closed the older one, the later start wins.
    """
    if line.price is None:
        return None
    at = line.records[0].usage_ended_at
    for kind in ("list",) if price_column == "list_price" else ("negotiated", "list"):
        holding = [row for row in prices if row.kind == kind and row.holds_for(line.key, at)]
        holding.sort(key=lambda row: row.record_key or "")
        newest = max((row.started_at for row in holding), default=None)
        found = [row for row in holding if row.started_at == newest and row.price == line.price]
        if found:
            return found[0]
    return None


def _price(row: Row, kind: Literal["negotiated", "list"]) -> PriceRow:
    return PriceRow(
        kind=kind,
        account_id=row["account_id"],
        sku_name=row["sku_name"],
        cloud=row["cloud"],
        usage_unit=row["usage_unit"],
        currency_code=row["currency_code"],
        started_at=row["price_started_at"],
        ended_at=row["price_ended_at"],
        price=row["price"],
        record_key=row.get("record_key"),
        source_file=row.get("source_file"),
        ingested_at=row.get("ingested_at"),
    )
