"""Nothing of orders is lost or counted twice when what takes them in is killed meanwhile."""

import pytest

from tests.faults.live_orders import LiveOrders, Size

# The same with a million: tests/drills/test_million_orders.py.
SHORT = Size(count=1_500, rate=60)


@pytest.mark.timeout(900)
@pytest.mark.full
def test_kills_and_a_restart_change_no_sum(live_orders: LiveOrders) -> None:
    live_orders.check(SHORT, seed=1)
