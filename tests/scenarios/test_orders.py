"""Orders from a broker to gold: each once, to the cent, whatever else came with them."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.scenarios.account import Account
from tests.scenarios.order_feed import OrderFeed, order_feed

# The newcomers' customer file comes when their orders have been built.
FIRST = (
    "--count",
    "5000",
    "--defects",
    "hostile",
    "--start",
    "2026-01-09T06:00:00Z",
    "--customers",
    "800",
)
AS_OF = ("as_of",)


@pytest.fixture(scope="module")
def feed(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrderFeed]:
    with order_feed(account, tmp_path_factory.mktemp("orders")) as found:
        yield found


@pytest.fixture(scope="module")
def expected(feed: OrderFeed) -> dict[str, Any]:
    """What one day's orders must come to; built without the customers, who come later."""
    sums = feed.simulate(*FIRST)
    customers = feed.account.landing / "orders" / "customers"
    withheld = feed.home / "withheld"
    shutil.move(customers, withheld)
    feed.build("--exclude-resource-type", "unit_test")
    shutil.move(withheld, customers)
    return sums


def one(feed: OrderFeed, statement: str) -> tuple[Any, ...]:
    (row,) = feed.account.rows(statement)
    return row


def test_revenue_equals_the_producers_own_sum(feed: OrderFeed, expected: dict[str, Any]) -> None:
    found = one(feed, "select sum(order_count), sum(revenue) from gold_billing.fct_revenue_daily")
    assert found == (expected["unique_valid_orders"], Decimal(expected["revenue"]))


def test_dead_letters_stand_in_the_quarantine(feed: OrderFeed, expected: dict[str, Any]) -> None:
    assert feed.account.reasons("orders", "orders") == expected["dead_letters"]
