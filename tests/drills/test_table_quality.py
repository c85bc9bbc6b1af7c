"""Tables are measured and scored; days that are unlike their weekday are found, and no others."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operations.profiling import facts
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
DIMENSIONS = ("completeness", "uniqueness", "validity", "freshness", "volume")


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


def scores(account: Account, now: datetime) -> dict[str, dict[str, Any]]:
    """The row of each table of that day, by name."""
    columns = (*DIMENSIONS, "score", "worst_column", "worst_share", "is_carried")
    found = account.rows(
        f"""select table_name, {", ".join(columns)} from gold_operational.ops_table_quality
        where measured_date = date'{now.date()}' and domain = 'commerce'"""
    )
    return {name: dict(zip(columns, values, strict=True)) for name, *values in found}


def assert_refreshed_alike(account: Account, *marts: str) -> None:
    """Every row of these marts is the same after a full refresh."""
    names = tuple(f"gold_operational.{mart}" for mart in marts)
    before = account.contents(without=("as_of",), among=names)
    account.dbt("run", "--full-refresh", "--select", *marts)
    again = account.contents(without=("as_of",), among=names)
    for name in names:
        assert before[name], name
        assert before[name] == again[name], name


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


def test_a_full_refresh_finds_the_same_days(shop: Account) -> None:
    """The spike, the missing day and one that came late had been judged incrementally."""
    assert_refreshed_alike(shop, "ops_sales_anomalies")


def test_what_breaks_lowers_its_dimension_and_is_named(shop: Account, started: datetime) -> None:
    shop.dbt("run", *SCORES)
    before = scores(shop, started)
    shop.rows(f"update {LINES} set country = null where minute(invoiced_at) < 5")
    shop.rows(f"update {ITEMS} set line_type = 'unheard' where minute(ordered_at) = 3")
    shop.rows(f"insert into {DAILY} select * from {DAILY} where order_date >= date'2026-02-01'")
    shop.rows(f"delete from {ORDERS} where order_date >= date'2026-01-26'")
    tomorrow = started + timedelta(days=1)
    outcome, _ = measure(shop, tomorrow)
    shop.dbt("run", *SCORES)

    after = scores(shop, tomorrow)
    broken = {
        LINES: "completeness",
        ITEMS: "validity",
        DAILY: "uniqueness",
        ORDERS: "volume",
    }
    lowered = {
        name: [
            dimension
            for dimension in DIMENSIONS
            if after[name][dimension] is not None
            and after[name][dimension] < (before[name][dimension] or 1)
        ]
        for name in before
    }
    assert {name: found for name, found in lowered.items() if found} == {
        name: [dimension] for name, dimension in broken.items()
    }
    named = {name: after[name]["worst_column"] for name in broken}
    assert named == {LINES: "country", ITEMS: "line_type", DAILY: None, ORDERS: None}
    assert all(after[name]["score"] < before[name]["score"] for name in broken)
    assert set(broken) <= {one.table.name for one in outcome.measured}
    assert after["silver.stg_commerce__marketplace_orders"]["is_carried"]


def test_time_alone_makes_tables_stale_and_history_stays(shop: Account, started: datetime) -> None:
    kept = shop.contents(among=("quality.table_metrics",))
    later = started + timedelta(days=2)
    measure(shop, later)
    shop.dbt("run", *SCORES)
    lines = scores(shop, later)[LINES]
    # Allowed are 26 hours, refused 50; the files landed about 48 hours before.
    assert lines["is_carried"]
    assert Decimal("0.05") < lines["freshness"] < Decimal("0.2")
    assert lines["volume"] == 1
    now = shop.contents(among=("quality.table_metrics",))["quality.table_metrics"]
    assert set(kept["quality.table_metrics"]) < set(now)
    days = shop.rows("select distinct measured_date from gold_operational.ops_layer_quality")
    assert len(days) == 3


def test_a_full_refresh_scores_the_same(shop: Account) -> None:
    assert_refreshed_alike(shop, *SCORES[1:])


def test_what_a_person_is_shown(shop: Account) -> None:
    with shop.cursor() as cursor:
        layers, worst = facts.layers(cursor), facts.worst_tables(cursor, 3)
        found = facts.anomalies(cursor, facts.built(cursor), 7)
    assert layers[0].name == "bronze commerce"
    assert all(one.score is not None for one in layers)
    assert len(worst) == 3
    assert worst[0].score <= worst[1].score <= worst[2].score
    assert {one.day for one in found} == {SPIKE, MISSING}
