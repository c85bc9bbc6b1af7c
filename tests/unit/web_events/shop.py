"""A small shop for the tests."""

from datetime import UTC, datetime, timedelta

from operations.web_events.model import Order

CATALOGUE = ("p1", "p2", "p3")
OPENED = datetime(2018, 1, 1, 0, 1, tzinfo=UTC)


def order(number: int = 0, **changes) -> Order:
    """One of the shop's orders, 97 minutes after the one before."""
    facts = {
        "order_id": f"o{number}",
        "customer_id": f"c{number}",
        "product_ids": ("p1", "p2")[: 1 + number % 2],
        "ordered_at": OPENED + timedelta(minutes=97 * number),
    }
    return Order(**facts | changes)


def orders(count: int) -> tuple[Order, ...]:
    return tuple(order(number) for number in range(count))
