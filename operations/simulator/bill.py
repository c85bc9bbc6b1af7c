"""The arithmetic of a correct bill: exact decimals over distinct usage, apart from any pipeline.

Rules: every record type is summed; a quantity costs the effective list price that is valid at its
`usage_end_time` (start inclusive, end exclusive), and is billed at the negotiated price that is
valid then, if there is one; nothing is rounded; usage without a price stays
visible as an unpriced quantity and never counts as zero money.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from operations.simulator.prices import CURRENCY, PriceKey, PriceWindow
from operations.simulator.records import UsageFact

# Wide enough for any sum here; an operation that would round fails instead.
EXACT = Context(prec=80, traps=[Inexact, InvalidOperation])

Prices = Mapping[PriceKey, Sequence[PriceWindow]]


@dataclass(frozen=True, slots=True, order=True)
class BillKey:
    """The grain of the bill."""

    usage_date: str
    account_id: str
    workspace_id: str
    cloud: str
    sku_name: str
    usage_unit: str


@dataclass(slots=True, kw_only=True)
class BillLine:
    """Quantities and money of one key; costs are None where no record had a price.

    `billed_cost` is at the negotiated price where there is one, else at the list price.
    """

    net_quantity: Decimal = Decimal(0)
    priced_quantity: Decimal = Decimal(0)
    unpriced_quantity: Decimal = Decimal(0)
    unpriced_records: int = 0
    list_cost: Decimal | None = None
    billed_cost: Decimal | None = None
    records: int = 0

    def add(
        self, quantity: Decimal, list_price: Decimal | None, negotiated: Decimal | None = None
    ) -> None:
        """Counts one record in."""
        self.records += 1
        self.net_quantity += quantity
        billed_price = list_price if negotiated is None else negotiated
        if billed_price is None:
            self.unpriced_quantity += quantity
            self.unpriced_records += 1
            return
        self.priced_quantity += quantity
        self.billed_cost = (self.billed_cost or Decimal(0)) + quantity * billed_price
        if list_price is not None:
            self.list_cost = (self.list_cost or Decimal(0)) + quantity * list_price


def price_at(windows: Sequence[PriceWindow], at: datetime) -> Decimal | None:
    """The price of the window that holds `at`, or None."""
    for window in windows:
        if window.start <= at and (window.end is None or at < window.end):
            return window.price
    return None


def compute_bill(
    facts: Iterable[UsageFact], prices: Prices, negotiated: Prices | None = None
) -> dict[BillKey, BillLine]:
    """The bill of distinct usage records, by key; without negotiated prices all pay the list."""
    bill: defaultdict[BillKey, BillLine] = defaultdict(BillLine)
    with localcontext(EXACT):
        for fact in facts:
            of = PriceKey(fact.sku_name, fact.cloud, fact.usage_unit)
            list_price = price_at(prices.get(of, ()), fact.usage_end)
            contract = price_at((negotiated or {}).get(of, ()), fact.usage_end)
            key = BillKey(
                fact.usage_date,
                fact.account_id,
                fact.workspace_id,
                fact.cloud,
                fact.sku_name,
                fact.usage_unit,
            )
            bill[key].add(fact.quantity, list_price, contract)
    return dict(sorted(bill.items()))


def bill_as_json(bill: Mapping[BillKey, BillLine]) -> list[dict[str, object]]:
    """One JSON object per line of the bill; decimals are strings."""
    return [
        {
            "usage_date": key.usage_date,
            "account_id": key.account_id,
            "workspace_id": key.workspace_id,
            "cloud": key.cloud,
            "sku_name": key.sku_name,
            "usage_unit": key.usage_unit,
            "currency_code": None if line.billed_cost is None else CURRENCY,
            "records": line.records,
            "net_quantity": plain(line.net_quantity),
            "priced_quantity": plain(line.priced_quantity),
            "unpriced_quantity": plain(line.unpriced_quantity),
            "list_cost": None if line.list_cost is None else plain(line.list_cost),
            "billed_cost": None if line.billed_cost is None else plain(line.billed_cost),
        }
        for key, line in bill.items()
    ]


def total_of(bill: Mapping[BillKey, BillLine], day: str | None = None) -> dict[str, object]:
    """Totals of one day, or over all; costs are null where nothing had a price."""
    net: defaultdict[str, Decimal] = defaultdict(Decimal)
    unpriced: defaultdict[str, Decimal] = defaultdict(Decimal)
    cost: Decimal | None = None
    billed: Decimal | None = None
    records = unpriced_records = 0
    with localcontext(EXACT):
        for key, line in bill.items():
            if day not in (None, key.usage_date):
                continue
            records += line.records
            unpriced_records += line.unpriced_records
            if line.list_cost is not None:
                cost = (cost or Decimal(0)) + line.list_cost
            if line.billed_cost is not None:
                billed = (billed or Decimal(0)) + line.billed_cost
            net[key.usage_unit] += line.net_quantity
            if line.unpriced_records:
                unpriced[key.usage_unit] += line.unpriced_quantity
    return {
        "currency_code": CURRENCY,
        "list_cost": None if cost is None else plain(cost),
        "billed_cost": None if billed is None else plain(billed),
        "records": records,
        "net_quantity": {unit: plain(net[unit]) for unit in sorted(net)},
        "unpriced_records": unpriced_records,
        "unpriced_quantity": {unit: plain(unpriced[unit]) for unit in sorted(unpriced)},
    }


def totals_by_day(bill: Mapping[BillKey, BillLine]) -> list[dict[str, object]]:
    """Totals of each day, in order."""
    days = sorted({key.usage_date for key in bill})
    return [{"usage_date": day, **total_of(bill, day)} for day in days]


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
