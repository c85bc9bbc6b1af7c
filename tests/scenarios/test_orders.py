"""Orders from a broker to gold: each once, to the cent, whatever else came with them."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from operations.pipeline import WITHOUT_TESTS
from operations.quarantine.decisions import Choice, dismiss, requeue
from operations.quarantine.sources import declared_sources, find_source
from tests.scenarios.account import WITHOUT_UNIT_TESTS, Account, metric_sql
from tests.scenarios.clerk import Clerk, at_the_desk
from tests.scenarios.order_feed import ORDERS, OrderFeed, order_feed

FIRST = (
    *("--count", "5000", "--customers", "800", "--start", "2026-01-09T06:00:00Z"),
    *("--defects", "hostile"),
)
SECOND = ("--count", "2000", "--customers", "800", "--start", "2026-01-10T02:00:00Z", "--seed", "2")
LATE = ("--count", "200", "--customers", "800", "--start", "2026-01-10T03:00:00Z", "--seed", "3")
# What a close looks at, with its tests.
CLOSED = (
    *("stg_orders__orders", "int_orders__region_watermarks", "fct_revenue_daily"),
    *("fct_unsealed_revenue", "fct_sealed_revenue", "fct_revenue_adjustments"),
    *("fct_revenue_breaks", "fct_revenue_period_states", "fct_revenue_days"),
    "assert_sealed_revenue_equals_its_seals",
)
# Times of the run itself.
MADE_AT = ("as_of", "ingested_at")
BOOKED = "select sum(order_count), sum(revenue) from gold_billing.fct_revenue_daily"
SUMMED = {
    "days": "select order_date, sum(order_count), sum(revenue) from gold_billing.fct_revenue_daily",
    "categories": "select category, order_count, revenue from gold_operational.ops_category_totals",
}


@pytest.fixture(scope="module")
def feed(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrderFeed]:
    with order_feed(account, tmp_path_factory.mktemp("orders")) as found:
        yield found


@pytest.fixture(scope="module")
def expected(feed: OrderFeed) -> dict[str, Any]:
    """What one day's orders must come to; built without the customers, who come later."""
    sums = feed.simulate(*FIRST)
    customers = feed.account.landing / "orders" / "customers"
    shutil.move(customers, feed.home / "withheld")
    feed.build(*WITHOUT_UNIT_TESTS)
    shutil.move(feed.home / "withheld", customers)
    return sums


@pytest.fixture(scope="module")
def clerk(feed: OrderFeed) -> Iterator[Clerk]:
    with at_the_desk(feed.account):
        yield Clerk(feed.account, "orders")


def booked(sums: dict[str, Any]) -> tuple[int, Decimal]:
    return sums["unique_valid_orders"], Decimal(sums["revenue"])


def test_revenue_equals_the_producers_own_sums(feed: OrderFeed, expected: dict[str, Any]) -> None:
    assert feed.one(BOOKED) == booked(expected)
    for name, query in SUMMED.items():
        found = {
            str(row[0]): (row[1], row[2]) for row in feed.account.rows(f"{query} group by all")
        }
        assert found == {
            key: (sums["orders"], Decimal(sums["revenue"])) for key, sums in expected[name].items()
        }


def test_metrics_equal_the_producers_own_sums(feed: OrderFeed, expected: dict[str, Any]) -> None:
    """As MetricFlow asks them."""
    found = feed.account.rows(
        f"""select food_sale__category, sum(food_orders), sum(food_revenue),
            sum(food_basket * food_orders)
        from ({metric_sql("food_by_day")}) group by all"""
    )
    sums = expected["categories"]
    assert {row[0]: row[1:3] for row in found} == {
        key: (of["orders"], Decimal(of["revenue"])) for key, of in sums.items()
    }
    assert all(abs(basket - revenue) < Decimal("0.01") for _, _, revenue, basket in found)


def test_dead_letters_stand_in_the_quarantine(feed: OrderFeed, expected: dict[str, Any]) -> None:
    assert feed.account.reasons("orders", "orders") == expected["dead_letters"]
    assert len(expected["dead_letters"]) == 11


def test_every_message_is_accounted_for_by_the_minute(
    feed: OrderFeed, expected: dict[str, Any]
) -> None:
    rejected = sum(expected["dead_letters"].values())
    copies = expected["messages"] - expected["unique_valid_orders"] - rejected
    assert copies > 0
    found = feed.one(
        """select sum(message_count), sum(order_count), sum(dead_letter_count),
            sum(duplicate_count), sum(missing_key_count)
        from gold_operational.ops_order_quality_per_minute"""
    )
    missing = sum(
        count for reason, count in expected["dead_letters"].items() if "missing_key" in reason
    )
    assert found == (expected["messages"], booked(expected)[0], rejected, copies, missing)


def test_an_order_is_kept_without_its_customer_and_completed_later(
    feed: OrderFeed, expected: dict[str, Any]
) -> None:
    lacking = """select count(*), count_if(array_contains(missing_dimensions, 'customer')),
        count_if(array_size(missing_dimensions) > 1) from silver.int_orders__enriched_orders"""
    orders = booked(expected)[0]
    assert feed.one(lacking) == (orders, orders, 0)
    feed.build(*WITHOUT_TESTS)
    assert feed.one(lacking) == (orders, 0, 0)
    assert feed.one(BOOKED) == booked(expected)


def test_dimensions_are_those_of_the_time_of_the_order(
    feed: OrderFeed, expected: dict[str, Any]
) -> None:
    wrong = """select count(*) from silver.int_orders__enriched_orders as enriched
        inner join silver.stg_orders__{dimension}s as version using ({key})
        where version.updated_at <= enriched.order_at
            and version.updated_at > enriched.{version}"""
    for dimension, plural, key in (
        ("customer", "customer", "user_id"),
        ("dish", "dishe", "dish_id"),
    ):
        query = wrong.format(dimension=plural, key=key, version=f"{dimension}_updated_at")
        assert feed.one(query) == (0,)
        used = f"count(distinct struct({key}, {dimension}_updated_at)) > count(distinct {key})"
        assert feed.one(f"select {used} from silver.int_orders__enriched_orders") == (True,)


def test_marts_agree_with_the_orders(feed: OrderFeed, expected: dict[str, Any]) -> None:
    orders, revenue = booked(expected)
    for mart in ("ops_orders_per_minute", "ops_customer_totals", "ops_restaurants_daily"):
        found = feed.one(f"select sum(order_count), sum(revenue) from gold_operational.{mart}")
        assert found == (orders, revenue), mart
    delivered, late, partial = feed.one(
        """select sum(delivery_count), sum(late_count), count_if(is_partial)
        from gold_operational.ops_deliveries_daily"""
    )
    assert (delivered, partial) == (orders, 0)
    assert 0 < late < delivered


def test_every_kind_of_fraud_is_caught_and_few_others(
    feed: OrderFeed, expected: dict[str, Any]
) -> None:
    labels = {fraud["order_id"]: fraud["kind"] for fraud in expected["frauds"]}
    rows = feed.account.rows("select order_id, user_id from gold_operational.ops_fraud_alerts")
    alerts = {order_id for order_id, _ in rows}
    caught = labels.keys() & alerts
    assert {labels[order_id] for order_id in caught} == set(labels.values())
    assert len(set(labels.values())) == 5
    assert len(caught) >= 0.9 * len(labels)
    assert len(caught) >= 0.7 * len(alerts)
    flagged = feed.one(
        "select count(*), sum(alert_count) from gold_operational.ops_flagged_customers"
    )
    assert flagged == (len({user_id for _, user_id in rows}), len(alerts))


@pytest.mark.full
def test_the_next_day_adds_up_and_equals_a_full_refresh(
    feed: OrderFeed, expected: dict[str, Any]
) -> None:
    before = feed.one(BOOKED)
    added = booked(feed.simulate(*SECOND))
    feed.build(*WITHOUT_TESTS)
    assert feed.one(BOOKED) == tuple(map(sum, zip(before, added, strict=True)))

    incremental = feed.account.contents(without=MADE_AT)
    feed.account.dbt("build", "--full-refresh", *ORDERS, *WITHOUT_TESTS)
    refreshed = feed.account.contents(without=MADE_AT)
    assert refreshed.keys() == incremental.keys()
    for table, rows in refreshed.items():
        assert rows == incremental[table], table


@pytest.mark.full
def test_a_dead_letter_is_judged_again_after_a_fix(
    feed: OrderFeed, expected: dict[str, Any]
) -> None:
    declared = declared_sources(feed.account.target / "manifest.json")
    choice = Choice(source=find_source(declared, "orders"), reason="unknown_schema_version")
    orders, revenue = feed.one(BOOKED)
    with feed.account.cursor() as cursor:
        count = requeue(cursor, choice, "user-0001@example.com", "version 9 is understood")
    assert count > 0
    feed.build(*WITHOUT_TESTS, "--vars", "{orders_newest_schema_version: 9}")
    taken, amount = feed.one(
        """select count(*), sum(amount) from silver.stg_orders__orders
        where schema_version = 9 and kafka_offset is null"""
    )
    assert taken == count
    assert feed.one(BOOKED) == (orders + taken, revenue + amount)
    assert feed.one("select count(*) - count(kafka_offset) from bronze_orders.orders") == (count,)


@pytest.mark.full
def test_a_month_of_orders_is_closed_once_its_dead_letters_are_decided_on(
    feed: OrderFeed, clerk: Clerk, expected: dict[str, Any]
) -> None:
    said = " ".join(clerk.refused("seal", "--period", "2026-01", "--by", "carol").split())
    assert "rejected_orders missing_key:dish_id" in said
    assert "lakeledger close soft --period 2026-01 --book orders --by WHO" in said
    assert "no_value" not in said
    source = find_source(declared_sources(feed.account.target / "manifest.json"), "orders")
    with feed.account.cursor() as cursor:
        dismiss(cursor, Choice(source=source, reason=None), "user-0001@example.com", "hostile")

    clerk.approved("2026-01")
    said = clerk.done("seal", "--period", "2026-01", "--by", "carol")
    orders, revenue = feed.one(BOOKED)
    assert f"2026-01 of orders is closed: {revenue:,f} in" in said
    sealed = "select order_count, revenue, length(records_hash) from ledger.revenue_seals"
    assert feed.one(sealed) == (orders, revenue, 64)
    assert "the same hash" in clerk.done("verify")
    days = """select period_state, sum(revenue), sum(adjustment_revenue), bool_and(is_day_complete)
        from gold_billing.fct_revenue_days group by all"""
    assert feed.one(days) == ("CLOSED", revenue, 0, True)


@pytest.mark.full
def test_a_late_order_is_an_adjustment_that_the_next_close_takes_in(
    feed: OrderFeed, clerk: Clerk
) -> None:
    tables = ("revenue_events", "revenue_seals", "sealed_revenue")
    ledger, before = clerk.rows_of(*tables), feed.one(BOOKED)
    late = booked(feed.simulate(*LATE, "--defects", "none"))
    feed.account.ingest()
    said = feed.account.dbt("build", "--select", *CLOSED, "--indirect-selection", "cautious")
    assert said.statuses["pass"] > 15

    differences = """select sum(order_count), sum(revenue), min(reason), max(reason),
        min(adjustment_period), sum(size(source_record_ids))
        from gold_billing.fct_revenue_adjustments"""
    assert feed.one(differences) == (*late, "late_order", "late_order", "2026-02", late[0])
    assert clerk.rows_of(*tables) == ledger

    clerk.approved("2026-02")
    assert "2026-02 of orders is closed" in clerk.done(
        "seal", "--period", "2026-02", "--by", "carol"
    )
    corrections = "select * from gold_billing.fct_unsealed_revenue where charge_class is not null"
    assert feed.account.rows(corrections) == []
    feed.account.dbt("build", "--select", "fct_revenue_adjustments")
    assert feed.account.rows("select * from gold_billing.fct_revenue_adjustments") == []
    sealed = "select sum(order_count), sum(revenue) from gold_billing.fct_sealed_revenue"
    assert feed.one(sealed) == tuple(map(sum, zip(before, late, strict=True)))
    assert "CLOSED" in clerk.done("status")


@pytest.mark.full
def test_a_sealed_month_of_orders_is_made_again_and_tampering_shows(
    feed: OrderFeed, clerk: Clerk
) -> None:
    # The month with the corrections: orders and ledger have both moved since.
    assert "2026-02 of orders: the same" in clerk.done("replay", "--period", "2026-02")
    feed.account.rows(
        "update ledger.sealed_revenue set revenue = revenue + 1 where charge_class is not null"
    )
    said = " ".join(clerk.refused("verify").split())
    assert "2026-02 of orders (" in said
    assert "ledger.sealed_revenue" in said
    assert "2026-01 of orders is closed" in said
