"""The delivered files of both shops, added up by the standard library alone."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]
CANCELLED = ("canceled", "unavailable")
SERVICES = ("AMAZONFEE", "B", "BANK CHARGES", "C2", "CRUK", "D", "DOT", "M", "POST", "S")


def rows_of(files: Iterable[Path]) -> Iterator[Row]:
    """Records of CSV files, plain or gz; a record may hold line feeds."""
    for path in sorted(files):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a shop's files come to: orders, those cancelled, items, revenue."""

    orders: int
    cancelled: int
    items: int
    revenue: Decimal


def marketplace_totals(folder: Path) -> Totals:
    """Each order and item once, by its key, however often it was delivered."""
    orders = {row["order_id"]: row for row in rows_of(folder.rglob("*orders_dataset.csv*"))}
    items = {
        (row["order_id"], row["order_item_id"]): row
        for row in rows_of(folder.rglob("*order_items_dataset.csv*"))
        if row["order_id"] in orders
    }
    cancelled = {key for key, row in orders.items() if row["order_status"] in CANCELLED}
    revenue = sum(
        Decimal(row["price"]) + Decimal(row["freight_value"])
        for row in items.values()
        if row["order_id"] not in cancelled
    )
    return Totals(len(orders), len(cancelled), len(items), Decimal(revenue))


def retail_totals(files: Iterable[Path]) -> Totals:
    """Each distinct line once; invoices that begin with C cancel, their lines take off."""
    lines = {tuple(row.items()): row for row in rows_of(files)}.values()
    counted = [row for row in lines if _counts(row)]
    revenue = sum(
        (Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in counted), Decimal()
    )
    orders = {row["InvoiceNo"] for row in counted if row["InvoiceNo"][0] != "C"}
    cancelled = {row["InvoiceNo"] for row in lines if row["InvoiceNo"][0] == "C"}
    return Totals(len(orders), len(cancelled), len(lines), revenue)


@dataclass(frozen=True, slots=True)
class Sold:
    """Lines that sold goods, and what orders that count came to before returns."""

    lines: int
    gross: Decimal


def marketplace_sold(folder: Path) -> Sold:
    """Items of orders that were not cancelled."""
    orders = {row["order_id"]: row for row in rows_of(folder.rglob("*orders_dataset.csv*"))}
    items = {
        (row["order_id"], row["order_item_id"]): Decimal(row["price"])
        + Decimal(row["freight_value"])
        for row in rows_of(folder.rglob("*order_items_dataset.csv*"))
        if row["order_id"] in orders and orders[row["order_id"]]["order_status"] not in CANCELLED
    }
    return Sold(len(items), sum(items.values(), Decimal()))


def retail_sold(files: Iterable[Path]) -> Sold:
    """Distinct lines of invoices that do not cancel; services are in what they came to."""
    lines = {tuple(row.items()): row for row in rows_of(files)}.values()
    counted = [row for row in lines if _counts(row) and row["InvoiceNo"][0] != "C"]
    amounts = (Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in counted)
    goods = [row for row in counted if row["StockCode"].upper() not in SERVICES]
    return Sold(len(goods), sum(amounts, Decimal()))


def _counts(row: Row) -> bool:
    """Whether a line is a sale, a service or a return: no write-off, adjustment or gift."""
    kind, quantity = row["InvoiceNo"][0], int(row["Quantity"])
    if kind == "C":
        return True
    is_service = row["StockCode"].upper() in SERVICES
    return kind != "A" and quantity >= 0 and (is_service or Decimal(row["UnitPrice"]) != 0)


def excerpt(source: Path, target: Path, at_most: int) -> None:
    """The first orders of an export, and what belongs to them in its other files."""
    target.mkdir(parents=True)
    (orders,) = source.glob("*orders_dataset.csv*")
    chosen = list(rows_of([orders]))[:at_most]
    ids = {name: {row[name] for row in chosen} for name in ("order_id", "customer_id")}
    for path in source.iterdir():
        rows = [
            row
            for row in rows_of([path])
            if all(row[name] in known for name, known in ids.items() if name in row)
        ]
        with (target / path.name.removesuffix(".gz")).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def distinct(files: Iterable[Path], *key: str) -> tuple[int, int]:
    """Records, and distinct ones by their key; without a key by everything that they say."""
    seen: Counter[tuple[str, ...]] = Counter(
        tuple(row[name] for name in key or row) for row in rows_of(files)
    )
    return seen.total(), len(seen)
