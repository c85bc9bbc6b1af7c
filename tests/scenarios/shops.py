"""An account of both shops: files delivered, and gold held against sums straight from them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from operations.dbt import PROJECT
from operations.web_events.olist import read_orders
from operations.web_events.run import run
from operations.web_events.settings import DefectRates, Options
from tests.scenarios.account import Account
from tests.scenarios.shop_files import Totals, distinct, excerpt, marketplace_totals, retail_totals

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
DELIVERED = [
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
