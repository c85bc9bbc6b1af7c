"""Orders of Olist's marketplace, as their two CSV files tell them."""

import csv
import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from operations.web_events.errors import OrdersNotFoundError, UnreadableOrdersError
from operations.web_events.model import Order

_ORDERS, _ITEMS = "orders_dataset.csv", "order_items_dataset.csv"


def read_orders(folder: Path) -> tuple[Order, ...]:
    """All orders of a folder, each once, by time and id; their times are read as UTC.

    Raises:
        OrdersNotFoundError: if the folder or one of its two files is missing.
        UnreadableOrdersError: if a file is not what its name says.
    """
    if not folder.is_dir():
        raise OrdersNotFoundError(f"{folder} is no folder; --orders takes one with Olist's files.")
    orders_file, items_file = _file(folder, _ORDERS), _file(folder, _ITEMS)
    products: dict[str, list[str]] = defaultdict(list)
    for _, (order_id, product_id) in _rows(items_file, "order_id", "product_id"):
        products[order_id].append(product_id)
    orders: dict[str, Order] = {}
    columns = ("order_id", "customer_id", "order_purchase_timestamp")
    for number, (order_id, customer_id, ordered_at) in _rows(orders_file, *columns):
        orders[order_id] = Order(
            order_id=order_id,
            customer_id=customer_id,
            product_ids=tuple(dict.fromkeys(products[order_id])),
            ordered_at=_moment(ordered_at, orders_file, number),
        )
    if not orders:
        raise UnreadableOrdersError(f"{orders_file} holds no order; give a folder with some.")
    return tuple(sorted(orders.values(), key=lambda order: (order.ordered_at, order.order_id)))


def _file(folder: Path, name: str) -> Path:
    """The one file of that table, plain or compressed."""
    found = sorted({*folder.glob(f"olist_{name}"), *folder.glob(f"olist_{name}.gz")})
    if not found:
        raise OrdersNotFoundError(
            f"{folder} has no olist_{name} (or .gz); --orders takes a folder with it."
        )
    if len(found) > 1:
        raise OrdersNotFoundError(
            f"{folder} has both {found[0].name} and {found[1].name}; leave one of them."
        )
    return found[0]


def _rows(path: Path, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The named columns of each record, with the line that it ends on."""
    try:
        with _opened(path) as text:
            reader = csv.DictReader(text, strict=True)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise UnreadableOrdersError(
                    f"{path} has no column {', '.join(sorted(missing))}; is it Olist's file?"
                )
            for row in reader:
                values = tuple(row[column] or "" for column in columns)
                if not all(values):
                    raise UnreadableOrdersError(
                        f"{path}, line {reader.line_num}: one of {', '.join(columns)} is empty; "
                        "mend the line or take it out."
                    )
                yield reader.line_num, values
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise UnreadableOrdersError(
            f"{path} could not be read: {error}. Check that it is whole."
        ) from error


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _moment(text: str, path: Path, number: int) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC, microsecond=0)
    except ValueError as error:
        raise UnreadableOrdersError(
            f"{path}, line {number}: {text!r} is no time; it is written as 2018-05-01 10:00:00."
        ) from error
