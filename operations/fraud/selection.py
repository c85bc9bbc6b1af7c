"""Which mails are due: new alerts only, not too soon after the last, not too many an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.fraud.model import Customer, Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`quiet`: time between two mails about a customer; `per_hour`: mails of all runs together."""

    quiet: timedelta = timedelta(hours=24)
    per_hour: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Mails to send now, in order; customers who are over the limit; those whose time is quiet."""

    due: tuple[Mail, ...]
    waiting: int
    quiet: int


def select(
    customers: Sequence[Customer],
    unfinished: Sequence[Mail],
    sent_lately: int,
    limits: Limits,
    now: datetime,
) -> Selection:
    """Chooses among customers with new alerts.

    `unfinished` mails were begun by a run that did not live to say whether they left: they come
    first. `sent_lately` mails went out within the last hour. The highest score comes first, then
    the larger amount.
    """
    quiet = [
        customer
        for customer in customers
        if customer.last_mail_at is not None and now - customer.last_mail_at < limits.quiet
    ]
    held = {customer.user_id for customer in quiet}
    held |= {mail.customer.user_id for mail in unfinished}
    open_ones = [customer for customer in customers if customer.user_id not in held]
    open_ones.sort(key=lambda one: (-one.score, -one.new_amount, one.user_id))
    mails = [*unfinished, *(Mail(customer=customer) for customer in open_ones)]
    room = max(0, limits.per_hour - sent_lately)
    return Selection(due=tuple(mails[:room]), waiting=len(mails[room:]), quiet=len(quiet))
