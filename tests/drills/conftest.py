"""Fixtures of other suites: orders live, and an account."""

from tests.faults.live_orders import live_orders
from tests.scenarios.conftest import account, dbt_target

__all__ = ["account", "dbt_target", "live_orders"]
