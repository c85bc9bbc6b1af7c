"""What follows an order: its delivery, and sometimes a review."""

import numpy as np

from operations.orders.dimensions import Record, timestamp
from operations.orders.menus import COMMENTS
from operations.orders.rows import Random, Rows, order_id
from operations.orders.world import FIRST_USER, World

MINUTE_MS = 60_000
RIDERS = 400
REVIEWED = 0.2
CANCELLED = 0.02
FAILED = 0.005


def deliveries(world: World, random: Random, rows: Rows) -> list[Record]:
    """One record for each valid order. Times are minutes after it was sent, at most 2.5 hours.

    A cancelled one was never picked up; a failed one was, and never arrived.
    """
    count = len(rows)
    promised = rows["moment"] + random.integers(25, 46, count) * MINUTE_MS
    cooked = rows["moment"] + _minutes(random, 14, 0.4, 60, count)
    arrived = cooked + _minutes(random, 15, 0.5, 90, count)
    fate = random.random(count)
    columns = (
        rows["number"],
        world.dish_restaurant[rows["dish"]],
        random.integers(1, RIDERS + 1, count),
        promised,
        cooked,
        arrived,
        fate,
    )
    return [
        {
            "delivery_id": f"v-{number:016x}",
            "order_id": order_id(number),
            "restaurant_id": restaurant + 1,
            "rider_id": None if chance < CANCELLED else rider,
            "promised_at": timestamp(due),
            "picked_up_at": None if chance < CANCELLED else timestamp(up),
            "delivered_at": None if chance < CANCELLED + FAILED else timestamp(down),
            "status": _status(chance),
        }
        for number, restaurant, rider, due, up, down, chance in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def reviews(world: World, random: Random, rows: Rows) -> list[Record]:
    """Records for some of the valid orders, two and a half to three hours after they were sent."""
    rows = rows[random.random(len(rows)) < REVIEWED]
    count = len(rows)
    ratings = random.choice([1, 2, 3, 4, 5], count, p=[0.05, 0.06, 0.14, 0.3, 0.45])
    columns = (
        rows["number"],
        world.dish_restaurant[rows["dish"]],
        rows["customer"],
        ratings,
        random.integers(100, size=count),
        rows["moment"] + random.integers(150 * MINUTE_MS, 180 * MINUTE_MS, count),
    )
    return [
        {
            "review_id": f"w-{number:016x}",
            "order_id": order_id(number),
            "restaurant_id": restaurant + 1,
            "user_id": FIRST_USER + customer,
            "rating": rating,
            "comment": COMMENTS[rating][which % len(COMMENTS[rating])] if which < 60 else None,
            "reviewed_at": timestamp(moment),
        }
        for number, restaurant, customer, rating, which, moment in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def _minutes(random: Random, usual: float, spread: float, most: float, count: int) -> Rows:
    minutes = np.minimum(usual * random.lognormal(0, spread, count), most)
    return (minutes * MINUTE_MS).astype("i8")


def _status(chance: float) -> str:
    if chance < CANCELLED:
        return "cancelled"
    return "failed" if chance < CANCELLED + FAILED else "delivered"
