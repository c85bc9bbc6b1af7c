"""What only the account's owner knows, as CSV: contract prices, DBU rates and invoices."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from pathlib import Path

from operations.simulator.bill import EXACT, BillKey, BillLine, plain
from operations.simulator.contracts import negotiated_prices
from operations.simulator.delivery import write_atomically
from operations.simulator.errors import LandingInUseError
from operations.simulator.prices import CURRENCY
from operations.simulator.sizing import DBU_RATES
from operations.simulator.world import World

FOLDER = "seeds"
# Says that the files beside it were simulated and may be written again.
MARKER = ".simulated"
NEGOTIATED = "negotiated_prices.csv"
RATES = "node_type_dbu_rates.csv"
INVOICES = "invoice_lines.csv"

Bill = Mapping[BillKey, BillLine]


@dataclass(slots=True)
class _Invoiced:
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


def seed_files(world: World, bill: Bill) -> dict[str, str]:
    """The text of each file by its name; `bill` is the one after all deliveries."""
    return {
        NEGOTIATED: _csv(_negotiated_rows(world)),
        RATES: _csv(_rate_rows()),
        INVOICES: _csv(_invoice_rows(bill)),
    }


def write_seeds(folder: Path, files: Mapping[str, str]) -> None:
    """Writes the files, marked as simulated.

    Raises:
        LandingWriteError: if the file system refuses.
    """
    write_atomically(folder / MARKER, b"")
    for name, text in files.items():
        write_atomically(folder / name, text.encode())


def check_seeds(folder: Path) -> None:
    """Refuses to overwrite files that somebody else made.

    Raises:
        LandingInUseError: if there are such files.
    """
    if (folder / MARKER).exists():
        return
    for name in (NEGOTIATED, RATES, INVOICES):
        if (folder / name).exists():
            raise LandingInUseError(
                f"{folder / name} was not simulated, so it was left as it is. Give --expected a "
                "path in another folder."
            )


def _negotiated_rows(world: World) -> Iterable[tuple[str, ...]]:
    yield (
        "account_id",
        "sku_name",
        "cloud",
        "usage_unit",
        "currency_code",
        "price_started_at",
        "price_ended_at",
        "negotiated_price",
    )
    for row in negotiated_prices(world.options):
        yield (
            world.account_id,
            row.sku_name,
            row.cloud,
            row.unit,
            CURRENCY,
            _utc(row.start),
            "" if row.end is None else _utc(row.end),
            plain(row.default),
        )


def _rate_rows() -> Iterable[tuple[str, ...]]:
    yield "cloud", "node_type", "dbus_per_hour"
    for cloud, rates in DBU_RATES.items():
        for node_type, rate in rates.items():
            yield cloud, node_type, plain(rate)


def _invoice_rows(bill: Bill) -> Iterable[tuple[str, ...]]:
    """One invoice per account and month; what has no price is on none."""
    yield (
        "account_id",
        "billing_period",
        "invoice_id",
        "sku_name",
        "cloud",
        "usage_unit",
        "usage_quantity",
        "billed_amount",
        "currency_code",
    )
    for (account_id, month, sku_name, cloud, unit), sums in sorted(_invoiced(bill).items()):
        yield (
            account_id,
            month,
            f"INV-{month}-0001",
            sku_name,
            cloud,
            unit,
            plain(sums.quantity),
            plain(sums.amount),
            CURRENCY,
        )


def _invoiced(bill: Bill) -> dict[tuple[str, str, str, str, str], _Invoiced]:
    """Quantity and amount by account, month, SKU, cloud and unit."""
    lines: defaultdict[tuple[str, str, str, str, str], _Invoiced] = defaultdict(_Invoiced)
    with localcontext(EXACT):
        for key, line in bill.items():
            if line.billed_cost is not None:
                month = key.usage_date[:7]
                of = (key.account_id, month, key.sku_name, key.cloud, key.usage_unit)
                lines[of].quantity += line.priced_quantity
                lines[of].amount += line.billed_cost
    return dict(lines)


def _csv(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"
