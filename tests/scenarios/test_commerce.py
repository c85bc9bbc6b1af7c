"""Two real shops from their files to gold, held against sums made straight from the files."""

import gzip
import json
from decimal import Decimal

import pytest

from operations.pipeline import WITHOUT_TESTS
from tests.scenarios.account import WATCHING, Account, metric_sql
from tests.scenarios.shop_files import (
    marketplace_sold,
    marketplace_totals,
    retail_sold,
    retail_totals,
    rows_of,
)
from tests.scenarios.shops import COMMERCE, DELIVERED, FIRST, OLIST, RETAIL, SECOND, Shops

# Days of the retailer, of which one comes late, and what comes later.
DAYS = [f"2010-12-{day:02}.csv.gz" for day in (10, 13, 14)]
LATE = "2010-12-12.csv.gz"
TREND = """select max_by(revenue_7d_average, order_date) from gold_billing.fct_sales_trend_daily
    where shop = 'retail'"""
LATER = [f"2010-12-{day:02}.csv.gz" for day in (15, 16)]
pytestmark = DELIVERED


@pytest.fixture(scope="module")
def shops(account: Account) -> Shops:
    made = Shops(account)
    made.visit()
    made.deliver(FIRST, DAYS)
    account.dbt("build", *COMMERCE)
    return made


def test_totals_equal_those_of_the_files(shops: Shops) -> None:
    shops.assert_totals_are_right()
    shops.assert_rows_reconcile()


def test_metrics_equal_the_files(shops: Shops) -> None:
    """As MetricFlow asks them: the metric's own SQL over gold, held against the files."""
    for shop, totals, sold in (
        ("marketplace", marketplace_totals(shops.marketplace), marketplace_sold(shops.marketplace)),
        ("retail", retail_totals(shops.retail.iterdir()), retail_sold(shops.retail.iterdir())),
    ):
        counted = totals.orders - (totals.cancelled if shop == "marketplace" else 0)
        ((orders, cancelled, share, items, revenue, gross),) = shops.account.rows(
            f"""select sum(shop_orders), sum(shop_cancelled_orders), max(shop_cancelled_share),
                sum(shop_items), sum(shop_revenue), sum(shop_basket * shop_orders)
            from ({metric_sql("shops_by_day")}) where shop = '{shop}'"""
        )
        assert (orders, cancelled, items) == (counted, totals.cancelled, sold.lines), shop
        assert revenue == totals.revenue, shop
        assert abs(gross - sold.gross) < Decimal("0.01"), shop
        assert 0 < share <= 1, shop


def test_metrics_of_both_shops_together_have_no_money(shops: Shops) -> None:
    ((orders, revenue, basket),) = shops.account.rows(
        f"select shop_orders, shop_revenue, shop_basket from ({metric_sql('shops_together')})"
    )
    counted = (
        "select sum(order_count), count(distinct currency_code) from gold_billing.fct_sales_daily"
    )
    assert shops.account.rows(counted) == [(orders, 2)]
    assert (revenue, basket) == (None, None)


def test_reviews_hold_line_feeds(shops: Shops) -> None:
    files = list((OLIST / FIRST).glob("*order_reviews*"))
    expected = {
        (row["review_id"], row["order_id"]): row["review_comment_message"]
        for row in rows_of(files)
        if "\n" in row["review_comment_message"]
    }
    found = shops.account.rows(
        "select review_id, order_id, comment from silver.stg_commerce__marketplace_order_reviews"
    )
    actual = {(review, order): comment for review, order, comment in found}
    assert len(expected) > 50
    assert {key: actual[key] for key in expected} == expected


def test_the_funnel_counts_what_visitors_did(shops: Shops) -> None:
    expected = json.loads(shops.visits.read_text())
    columns = [name for name in expected["funnel"][0] if name not in ("session_date", "device")]
    found = shops.account.rows(
        f"""select cast(session_date as string), device, {", ".join(columns)}
        from gold_operational.ops_web_funnel_daily"""
    )
    assert len(found) > 10
    assert sorted(found) == sorted(tuple(row.values()) for row in expected["funnel"])
    assert shops.account.reasons("web_events", "commerce") == expected["quarantined"]


@pytest.mark.full
def test_more_files_and_a_late_day_add_up(shops: Shops) -> None:
    before = shops.account.rows(TREND)
    shops.deliver(SECOND, [LATE, *LATER], at_most=1_000)
    shops.account.dbt("build", *COMMERCE, *WITHOUT_TESTS)

    shops.assert_totals_are_right()
    shops.assert_rows_reconcile()
    after = shops.account.rows(TREND)
    assert after != before


@pytest.mark.full
def test_zip_codes_keep_their_zero(shops: Shops) -> None:
    """The second delivery has lost it: the same customers are no other version."""
    lengths = shops.account.rows(
        """select distinct length(zip_prefix) from gold_billing.dim_customers
        where shop = 'marketplace'"""
    )
    assert lengths == [(5,)]


@pytest.mark.full
def test_average_of_seven_days(shops: Shops) -> None:
    ((average, days),) = shops.account.rows(
        """select revenue_7d_average, days_in_average from gold_billing.fct_sales_trend_daily
        where shop = 'retail' and order_date = date'2010-12-16'"""
    )
    week = [RETAIL / f"2010-12-{day:02}.csv.gz" for day in (10, 12, 13, 14, 15, 16)]
    assert days == 7
    assert abs(average - retail_totals(week).revenue / 7) < Decimal("0.0001")


@pytest.mark.full
def test_run_with_nothing_new_and_full_refresh_change_nothing(shops: Shops) -> None:
    before, contents = shops.account.versions(), shops.account.contents(without=("as_of",))
    shops.account.dbt("run", *COMMERCE)
    after = shops.account.versions()
    assert {table for table in before if before[table] != after[table]} <= WATCHING
    shops.account.dbt("run", "--full-refresh", *COMMERCE)
    again = shops.account.contents(without=("as_of",))
    assert contents.keys() == again.keys()
    for table in contents.keys() - WATCHING:
        assert contents[table] == again[table], table


@pytest.mark.full
def test_a_file_of_another_shape_is_quarantined_by_name(shops: Shops) -> None:
    lines = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    lines += "600001,22423,CAKE STAND,two,2010-12-17 09:00:00,12.75,17850.0,United Kingdom\n"
    lines += "600001,22424,CAKE STAND,2,2010-12-17 09:00:00,,17850.0,United Kingdom\n"
    lines += "600001,22425,CAKE STAND,2,2010-12-17 09:00:00,1.5,,\n"
    (shops.retail / "2010-12-17.csv.gz").write_bytes(gzip.compress(lines.encode()))
    shops.take_in()
    shops.account.dbt("run", "--select", "stg_commerce__retail_lines")
    assert shops.account.reasons("retail_lines", "commerce") == {
        "wrong_type:Quantity": 1,
        "missing_key:UnitPrice": 1,
    }
    assert shops.account.rows(
        """select customer_id, country, amount from silver.stg_commerce__retail_lines
        where invoice_date = date'2010-12-17'"""
    ) == [(None, None, Decimal(3))]
