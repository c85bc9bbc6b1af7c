"""Tables that moved are measured; days that are unlike their weekday are found, and no others."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from operations.profiling.model import Outcome
from operations.profiling.planner import read_plan
from operations.profiling.run import profile
from tests.scenarios.account import Account

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
# Six weeks of a retailer that trades on no Saturday, about ten orders a day, five on a Sunday.
FIRST = date(2026, 1, 5)
DAYS = [FIRST + timedelta(days=n) for n in range(6 * 7) if (n + 1) % 7 != 6]
SPIKE, MISSING = date(2026, 2, 10), date(2026, 2, 12)
LATE = date(2026, 1, 28)
NEWEST = date(2026, 2, 15)
# The other shop's sources, of which nothing comes.
OTHERS = [
    f"marketplace_{name}" for name in ("orders", "order_items", "order_payments", "customers")
]
SALES = ("--select", "+ops_sales_anomalies")
SCORES = ("--select", "ops_table_quality", "ops_layer_quality")
LINES, ITEMS = "silver.stg_commerce__retail_lines", "silver.int_commerce__order_items"
ORDERS, DAILY = "silver.int_commerce__retail_orders", "gold_billing.fct_sales_daily"


def orders_of(day: date) -> int:
    """How many orders there are: one more or less from week to week, but for what is planted."""
    if day == SPIKE:
        return 40
    return (5 if day.weekday() == 6 else 10) + (day.toordinal() // 7) % 3 - 1


def invoices(day: date) -> str:
    """A day's file: an order is a line of ten pieces at 2.50."""
    lines = [
        f"{day:%y%m%d}{n:03},22423,CAKE STAND,10,{day} 10:{n:02}:00,2.5,17850.0,United Kingdom"
        for n in range(orders_of(day))
    ]
    return "\n".join([HEADER, *lines, ""])


def deliver(account: Account, days: list[date]) -> None:
    folder = account.home / "retail"
    folder.mkdir(exist_ok=True)
    for day in days:
        (folder / f"{day}.csv").write_text(invoices(day))
    nothing = account.home / "nothing"
    nothing.mkdir(exist_ok=True)
    account.ingest(dict.fromkeys(OTHERS, str(nothing)) | {"retail_lines": str(folder)})


class Recorder:
    """A cursor that remembers what it was asked."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.asked: list[str] = []

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> object:
        self.asked.append(operation)
        return self.cursor.execute(operation, parameters)

    def fetchall(self) -> Any:
        return self.cursor.fetchall()


@contextmanager
def recorded(account: Account) -> Iterator[Recorder]:
    with account.cursor() as cursor:
        yield Recorder(cursor)


def measure(account: Account, now: datetime) -> tuple[Outcome, list[str]]:
    """What a run of `lakeledger profile` did at that time, and what it asked."""
    plan = read_plan(account.target / "manifest.json")
    with recorded(account) as cursor:
        outcome = profile(cursor, plan, now=now, run_id=f"run-{now:%d}")
        return outcome, cursor.asked


@pytest.fixture(scope="module")
def shop(account: Account) -> Account:
    """Five weeks and a day that is to come late, built; then the sixth week and that day."""
    first = [day for day in DAYS if day < date(2026, 2, 9) and day != LATE]
    rest = [LATE, *(day for day in DAYS if day >= date(2026, 2, 9) and day != MISSING)]
    for days in (first, rest):
        deliver(account, days)
        account.dbt("run", *SALES, *SCORES[1:])
    return account


@pytest.fixture(scope="module")
def started(shop: Account) -> datetime:
    """The time of the first measurement; what it did is tested first."""
    return datetime.now(UTC)


def test_a_spike_and_a_missing_day_are_found_and_no_other_day(shop: Account) -> None:
    found = shop.rows(
        """select order_date, metric, severity, direction
        from gold_operational.ops_sales_anomalies where is_anomaly"""
    )
    metrics = ("orders", "revenue", "items")
    assert sorted(found) == sorted(
        [(SPIKE, metric, "HIGH", "above") for metric in metrics]
        + [(MISSING, metric, "HIGH", "below") for metric in metrics]
    )


def test_a_sentence_says_what_is_wrong(shop: Account) -> None:
    found = shop.rows(
        """select explanation from gold_operational.ops_sales_anomalies
        where is_anomaly and metric = 'revenue' order by order_date"""
    )
    assert found[0][0].startswith(
        "revenue of retail on Tuesday 2026-02-10 was 1,000; the 5 Tuesdays before had 250 ± "
    )
    assert found[1][0].startswith(
        "revenue of retail on Thursday 2026-02-12 was missing; the 5 Thursdays before had 250 ± "
    )


def test_saturdays_and_the_newest_day(shop: Account) -> None:
    saturday = shop.rows(
        """select distinct value, expected_value, is_anomaly
        from gold_operational.ops_sales_anomalies where order_date = date'2026-02-14'"""
    )
    assert saturday == [(0, 0, False)]
    newest = shop.rows(
        f"""select distinct is_partial, is_anomaly from gold_operational.ops_sales_anomalies
        where order_date >= date'{NEWEST}'"""
    )
    assert newest == [(True, None)]


def test_what_has_not_moved_is_not_read_again(shop: Account, started: datetime) -> None:
    first, _ = measure(shop, started)
    assert {LINES, ITEMS, ORDERS, DAILY} <= {one.table.name for one in first.measured}
    assert first.failed == {}
    again, asked = measure(shop, started + timedelta(seconds=1))
    assert again.measured == ()
    assert {one.table.name for one in first.measured} == set(again.unmoved)
    assert not [statement for statement in asked if "count(*)" in statement]
