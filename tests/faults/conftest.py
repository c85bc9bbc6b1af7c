"""Orders live, as a fixture of the tests that kill what takes them in."""

from tests.faults.live_orders import live_orders

__all__ = ["live_orders"]
