"""Two real shops from their files to gold, held against sums made straight from the files."""

import gzip
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from operations.dbt import PROJECT
from operations.pipeline import WITHOUT_TESTS
from operations.web_events.olist import read_orders
from operations.web_events.run import run
from operations.web_events.settings import DefectRates, Options
from tests.scenarios.account import WATCHING, Account
from tests.scenarios.shop_files import (
    Totals,
    distinct,
    excerpt,
    marketplace_totals,
    retail_totals,
    rows_of,
)

DATA = PROJECT.parent / "shared" / "data"
OLIST, RETAIL = DATA / "olist", DATA / "uci_online_retail" / "by-day"
FIRST, SECOND = "sample3000_all9tables", "sample10000_delivered"
# Files of a table of the marketplace, by source, and what identifies a record in them.
TABLES = {
    "marketplace_orders": ("*orders_dataset.csv*", ("order_id",)),
    "marketplace_order_items": ("*order_items_dataset.csv*", ("order_id", "order_item_id")),
    "marketplace_order_payments": (
        "*order_payments_dataset.csv*",
        ("order_id", "payment_sequential"),
    ),
    "marketplace_order_reviews": ("*order_reviews_dataset.csv*", ("review_id", "order_id")),
    "marketplace_customers": ("*customers_dataset.csv*", ("customer_id",)),
    "marketplace_products": ("*products_dataset.csv*", ("product_id",)),
    "marketplace_sellers": ("*sellers_dataset.csv*", ("seller_id",)),
    "marketplace_geolocations": ("*geolocation_dataset.csv*", ()),
    "marketplace_category_names": ("*category_name_translation.csv*", ("product_category_name",)),
}
COMMERCE = ("--select", "tag:commerce")
# Days of the retailer, of which one comes late, and what comes later.
DAYS = [f"2010-12-{day:02}.csv.gz" for day in (10, 13, 14)]
LATE = "2010-12-12.csv.gz"
TREND = """select max_by(revenue_7d_average, order_date) from gold_billing.fct_sales_trend_daily
    where shop = 'retail'"""
LATER = [f"2010-12-{day:02}.csv.gz" for day in (15, 16)]
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not OLIST.is_dir(), reason=f"the delivered files are not in {DATA}"),
]


@dataclass(frozen=True, slots=True)
class Shops:
    """An account into whose folders the files of both shops are delivered."""

    account: Account

    @property
    def marketplace(self) -> Path:
        return self.account.home / "marketplace"

    @property
    def retail(self) -> Path:
        return self.account.home / "retail"

    def deliver(self, sample: str, days: Sequence[str], *, at_most: int | None = None) -> None:
        """An export of the marketplace, whole or of some orders, and days of the retailer."""
        if at_most is None:
            shutil.copytree(OLIST / sample, self.marketplace / sample)
        else:
            excerpt(OLIST / sample, self.marketplace / sample, at_most)
        self.retail.mkdir(exist_ok=True)
        for day in days:
            shutil.copy(RETAIL / day, self.retail)
        self.take_in()

    def visit(self) -> None:
        """Five days of visitors around orders of the marketplace."""
        defects = DefectRates(late=0.05, broken=0.02)
        options = Options(start=date(2018, 5, 1), days=5, defects=defects)
        run(read_orders(OLIST / FIRST), options, self.account.landing, self.visits)

    @property
    def visits(self) -> Path:
        """What the funnel must come to."""
        return self.account.home / "expected_web_events.json"

    def take_in(self) -> None:
        """Ingestion of what has been delivered."""
        folders = dict.fromkeys(TABLES, str(self.marketplace))
        self.account.ingest(folders | {"retail_lines": str(self.retail)})

    def assert_totals_are_right(self) -> None:
        """Gold says what the files say."""
        for shop, expected in (
            ("marketplace", marketplace_totals(self.marketplace)),
            ("retail", retail_totals(self.retail.iterdir())),
        ):
            orders = (
                "order_type = 'sale'"
                if shop == "marketplace"
                else "order_type = 'sale' and not is_cancelled"
            )
            ((count, cancelled, revenue),) = self.account.rows(
                f"""select count_if({orders}), count_if(is_cancelled), sum(revenue)
                from gold_billing.fct_orders where shop = '{shop}'"""
            )
            ((items, item_revenue),) = self.account.rows(
                f"""select count(*), sum(revenue) from gold_billing.fct_order_items
                where shop = '{shop}'"""
            )
            ((daily,),) = self.account.rows(
                f"select sum(revenue) from gold_billing.fct_sales_daily where shop = '{shop}'"
            )
            assert Totals(count, cancelled, items, revenue) == expected, shop
            assert item_revenue == daily == expected.revenue, shop

    def assert_rows_reconcile(self) -> None:
        """Every record of every file is in silver, a copy of one that is, or in quarantine."""
        layers = self.account.layers(*(f"commerce.{name}" for name in (*TABLES, "retail_lines")))
        for name, (pattern, key) in TABLES.items():
            rows = layers[f"commerce.{name}"]
            assert (rows.bronze, rows.silver) == distinct(self.marketplace.rglob(pattern), *key), (
                name
            )
            assert rows.quarantined == 0, name
        rows = layers["commerce.retail_lines"]
        assert (rows.bronze, rows.silver) == distinct(self.retail.iterdir())
        assert rows.duplicates == rows.bronze - rows.silver > 0


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


def test_more_files_and_a_late_day_add_up(shops: Shops) -> None:
    before = shops.account.rows(TREND)
    shops.deliver(SECOND, [LATE, *LATER], at_most=1_000)
    shops.account.dbt("build", *COMMERCE, *WITHOUT_TESTS)

    shops.assert_totals_are_right()
    shops.assert_rows_reconcile()
    after = shops.account.rows(TREND)
    assert after != before


def test_zip_codes_keep_their_zero(shops: Shops) -> None:
    """The second delivery has lost it: the same customers are no other version."""
    lengths = shops.account.rows(
        """select distinct length(zip_prefix) from gold_billing.dim_customers
        where shop = 'marketplace'"""
    )
    assert lengths == [(5,)]


def test_average_of_seven_days(shops: Shops) -> None:
    ((average, days),) = shops.account.rows(
        """select revenue_7d_average, days_in_average from gold_billing.fct_sales_trend_daily
        where shop = 'retail' and order_date = date'2010-12-16'"""
    )
    week = [RETAIL / f"2010-12-{day:02}.csv.gz" for day in (10, 12, 13, 14, 15, 16)]
    assert days == 7
    assert abs(average - retail_totals(week).revenue / 7) < Decimal("0.0001")


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
