"""From an order to the session that placed it, and to those around it that left before."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random

from operations.web_events.model import Event, Order, Session, Step
from operations.web_events.settings import Rates

_DEVICES, _DEVICE_WEIGHTS = ("mobile", "desktop", "tablet"), (55, 39, 6)
_REFERRERS, _REFERRER_WEIGHTS = (None, "search", "social", "email", "marketplace"), (4, 3, 1, 1, 1)
_DAY_SECONDS = 86_400
# Seconds between two things that a visitor does.
_SHORTEST_GAP, _LONGEST_GAP = 4, 300
_MOST_VIEWS = 4


def sessions_of(
    order: Order, catalogue: Sequence[str], rates: Rates, missing_steps: float, seed: int
) -> Iterator[Session]:
    """The session that placed the order, then those of its day that left before buying.

    The same arguments make the same sessions, whatever other orders there are.

    Args:
        order: What was bought.
        catalogue: Products that others look at.
        rates: How many sessions leave at each step.
        missing_steps: Share of the sessions with a cart that a step below the last is missing of.
        seed: Another one makes other sessions.
    """
    random = Random(f"{seed}:{order.order_id}")
    yield _buying(order, random, missing_steps, seed)
    number = 0
    for step, mean in zip(Step, rates.sessions_left(), strict=False):
        for _ in range(_rounded(mean, random)):
            number += 1
            yield _leaving(order, step, number, catalogue, random, missing_steps, seed)


def _buying(order: Order, random: Random, missing_steps: float, seed: int) -> Session:
    products: tuple[str | None, ...] = order.product_ids or (None,)
    done = [(Step.view, product) for product in products]
    done += [(Step.add_to_cart, product) for product in products]
    done += [(Step.checkout, None), (Step.purchase, None)]
    visitor = _identity("v", seed, order.customer_id)
    return _session(order, 0, done, order.ordered_at, visitor, random, missing_steps, seed)


def _leaving(
    order: Order,
    reached: Step,
    number: int,
    catalogue: Sequence[str],
    random: Random,
    missing_steps: float,
    seed: int,
) -> Session:
    seen = [random.choice(catalogue) for _ in range(random.randint(1, _MOST_VIEWS))]
    done: list[tuple[Step, str | None]] = [(Step.view, product) for product in seen]
    if reached >= Step.add_to_cart:
        done.append((Step.add_to_cart, random.choice(seen)))
    if reached >= Step.checkout:
        done.append((Step.checkout, None))
    midnight = datetime.combine(order.ordered_at.date(), time(), order.ordered_at.tzinfo)
    ended_at = midnight + timedelta(seconds=random.randrange(_DAY_SECONDS))
    visitor = _identity("v", seed, order.order_id, number)
    return _session(order, number, done, ended_at, visitor, random, missing_steps, seed)


def _session(
    order: Order,
    number: int,
    done: Sequence[tuple[Step, str | None]],
    ended_at: datetime,
    visitor_id: str,
    random: Random,
    missing_steps: float,
    seed: int,
) -> Session:
    reached = done[-1][0]
    lost = _lost_step(reached, random, missing_steps)
    name = _identity("", seed, order.order_id, number)
    moments = _moments_until(ended_at, len(done), random)
    events = tuple(
        Event(
            event_id=f"e{name}-{place}",
            step=step,
            happened_at=moment,
            product_id=product,
            customer_id=order.customer_id if number == 0 and step >= Step.checkout else None,
            order_id=order.order_id if step is Step.purchase else None,
        )
        for place, ((step, product), moment) in enumerate(zip(done, moments, strict=True))
        if step is not lost
    )
    return Session(
        session_id=f"s{name}",
        visitor_id=visitor_id,
        device=random.choices(_DEVICES, _DEVICE_WEIGHTS)[0],
        referrer=random.choices(_REFERRERS, _REFERRER_WEIGHTS)[0],
        reached=reached,
        events=events,
    )


def _moments_until(ended_at: datetime, count: int, random: Random) -> list[datetime]:
    """So many moments, the last one given, with a pause before each of the others."""
    moments = [ended_at]
    while len(moments) < count:
        gap = random.randint(_SHORTEST_GAP, _LONGEST_GAP)
        moments.append(moments[-1] - timedelta(seconds=gap))
    return moments[::-1]


def _lost_step(reached: Step, random: Random, share: float) -> Step | None:
    if reached is Step.view or random.random() >= share:
        return None
    return Step(random.randint(Step.view, reached - 1))


def _rounded(mean: float, random: Random) -> int:
    """One of the two whole numbers around a mean, so that the mean of many is kept."""
    whole = int(mean)
    return whole + (random.random() < mean - whole)


def _identity(kind: str, *parts: object) -> str:
    return kind + hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()[:20]
