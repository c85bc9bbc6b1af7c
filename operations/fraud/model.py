"""What a mail is made of. Times are UTC, amounts in the one currency of orders."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One order with a reason to look at it; `reasons` are (rule, evidence)."""

    order_id: str
    order_at: datetime
    amount: Decimal
    score: Decimal
    severity: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A flagged customer with the alerts that no mail has told yet, and how many there are in all.

    `last_mail_at`: when the newest mail about the customer went out.
    """

    user_id: str
    score: Decimal
    alert_count: int
    amount_at_stake: Decimal
    alerts: tuple[Alert, ...]
    last_mail_at: datetime | None = None

    @property
    def new_amount(self) -> Decimal:
        """Sum of the alerts that no mail has told."""
        return sum((alert.amount for alert in self.alerts), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that is due. `repeated`: it was begun before, and nobody knows whether it left."""

    customer: Customer
    repeated: bool = False

    @property
    def mail_id(self) -> str:
        """The same for the same customer and orders, so that a repeated mail can be recognised."""
        return mail_id_of(self.customer.user_id, self.order_ids)

    @property
    def order_ids(self) -> tuple[str, ...]:
        """The orders that it tells."""
        return tuple(sorted(alert.order_id for alert in self.customer.alerts))


def mail_id_of(user_id: str, order_ids: Sequence[str]) -> str:
    """32 hex digits."""
    text = "\0".join((user_id, *sorted(order_ids)))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
