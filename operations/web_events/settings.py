"""Options of a run: conversion from step to step, and how often each defect occurs."""

import math
from dataclasses import dataclass, field, fields
from datetime import date

from operations.web_events.errors import BadOptionError

# With less, a small folder of orders would make hundreds of millions of sessions.
LEAST_CONVERSION = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares of the sessions at a step that go on to the next one; each over 0, at most 1."""

    cart: float = 0.35
    checkout: float = 0.55
    purchase: float = 0.65

    def __post_init__(self) -> None:
        for rate in fields(self):
            value = getattr(self, rate.name)
            if not 0 < value <= 1:
                raise BadOptionError(
                    f"--{rate.name}-rate is {value}; it is a share, over 0 and at most 1."
                )
        if (overall := self.cart * self.checkout * self.purchase) < LEAST_CONVERSION:
            raise BadOptionError(
                f"The three rates let {overall:.6f} of the sessions order; give rates whose "
                f"product is {LEAST_CONVERSION} at least."
            )

    def sessions_left(self) -> tuple[float, float, float]:
        """Sessions for each order that leave after a view, with a cart, in the checkout."""
        checkouts = 1 / self.purchase
        carts = checkouts / self.checkout
        views = carts / self.cart
        return views - carts, carts - checkouts, checkouts - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRates:
    """How often each defect occurs."""

    duplicates: float = 0.01  # of the events: delivered a second time
    late: float = 0.01  # of the events: delivered one to three days after their day
    broken: float = 0.002  # of the events: a line on top that is no event
    missing_steps: float = 0.01  # of the sessions with a cart: the events of a step were lost

    def __post_init__(self) -> None:
        for rate in fields(self):
            value = getattr(self, rate.name)
            if not (math.isfinite(value) and 0 <= value <= 1):
                option = rate.name.replace("_", "-")
                raise BadOptionError(f"--{option} is {value}; it is a share, 0 to 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides every byte of a run, beside the orders.

    Without `start` the first day of orders is the first one; without `days` the last one ends it.
    """

    seed: int = 1
    start: date | None = None
    days: int | None = None
    rates: Rates = field(default_factory=Rates)
    defects: DefectRates = field(default_factory=DefectRates)

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise BadOptionError(f"--seed is {self.seed}; it has to be 0 to {2**32 - 1}.")
        if self.days is not None and self.days < 1:
            raise BadOptionError(f"--days is {self.days}; it has to be 1 or more.")


def parse_day(text: str) -> date:
    """A day from `2018-05-01`.

    Raises:
        BadOptionError: if the text is no such day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadOptionError(f"--start is {text!r}; write it as 2018-05-01.") from error
