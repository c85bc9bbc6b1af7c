"""Both exports of the marketplace and every day of the retailer, from their files to gold."""

import pytest

from tests.scenarios.account import Account
from tests.scenarios.shop_files import retail_totals
from tests.scenarios.shops import COMMERCE, DELIVERED, FIRST, RETAIL, SECOND, Shops

pytestmark = [*DELIVERED, pytest.mark.timeout(3600)]


def test_whole_shops_add_up(account: Account) -> None:
    """To the cent, and every record of every file is accounted for; all tests of dbt pass."""
    shops = Shops(account)
    shops.visit()
    days = sorted(path.name for path in RETAIL.iterdir())
    shops.deliver(FIRST, days)
    account.dbt("build", *COMMERCE)
    shops.assert_totals_are_right()

    shops.deliver(SECOND, [])
    account.dbt("build", *COMMERCE)
    shops.assert_totals_are_right()
    shops.assert_rows_reconcile()
    assert len(days) == 167
    assert retail_totals(RETAIL.iterdir()).orders > 9_000
