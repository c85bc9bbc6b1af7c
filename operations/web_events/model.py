"""What the simulator speaks of: orders, and the events of the sessions around them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class Step(IntEnum):
    """How far a session goes; the names are the types of its events."""

    view = 1
    add_to_cart = 2
    checkout = 3
    purchase = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of the shop. `ordered_at` is UTC; no products where no item is known of it."""

    order_id: str
    customer_id: str
    product_ids: tuple[str, ...]
    ordered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a visitor does. `happened_at` is UTC, in whole seconds."""

    event_id: str
    step: Step
    happened_at: datetime
    product_id: str | None = None
    customer_id: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One visit: `reached` is its last step; events are in the order in which they happen."""

    session_id: str
    visitor_id: str
    device: str
    referrer: str | None
    reached: Step
    events: tuple[Event, ...]

    @property
    def day(self) -> date:
        """Day of the first event, UTC."""
        return self.events[0].happened_at.date()
