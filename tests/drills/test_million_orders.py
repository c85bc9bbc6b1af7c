"""A million orders, 2 % copies, 1 % late, three kills, a broker that restarts: ten minutes."""

import pytest

from tests.faults.live_orders import LiveOrders, Size

MILLION = Size(count=1_000_000, rate=5_000)


@pytest.mark.timeout(3600)
def test_a_million_orders_add_up(live_orders: LiveOrders) -> None:
    live_orders.check(MILLION, seed=2)
