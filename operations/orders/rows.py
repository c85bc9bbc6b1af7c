"""The orders of a run as rows of numbers: made and tallied by the thousand, encoded one by one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Moments are milliseconds since 1970 UTC, prices and amounts cents, quantities thousandths.
ORDER = np.dtype(
    [
        ("moment", "i8"),  # when it is sent
        ("order_time", "i8"),  # what the event says
        ("number", "u8"),  # the order's id as a number
        ("customer", "i4"),  # index into the world's customers
        ("dish", "i4"),
        ("place", "i4"),  # a customer's home, or after all homes a city
        ("payment", "i4"),
        ("price", "i8"),
        ("quantity", "i8"),
        ("version", "i1"),
        ("note", "i1"),
        ("kind", "i1"),
        ("absent", "?"),  # a null key is left out instead
        ("fraud", "i1"),
        ("episode", "i4"),  # numbers what belongs together, from 1
        ("first", "?"),  # not a copy of an earlier message
    ]
)

Rows = NDArray[Any]  # of dtype ORDER
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Random = np.random.Generator


def blank(count: int) -> Rows:
    """So many rows of zeros, each the first of its order and of schema version 1."""
    rows = np.zeros(count, ORDER)
    rows["version"] = 1
    rows["first"] = True
    return rows


def chance(seed: int, *path: int) -> Random:
    """A source of chance of its own for each path below a seed."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, *path))))


def order_numbers(seed: int, indexes: Ints) -> NDArray[np.uint64]:
    """64-bit ids of orders; no two pairs of seed and index (both below 2**32) share one.

    Each step of the mixing can be undone, so different inputs cannot meet.
    """
    mixed = (np.uint64(seed) << np.uint64(32)) | indexes.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def order_id(number: int) -> str:
    """The id as events have it."""
    return f"o-{number:016x}"


def amounts(rows: Rows) -> Ints:
    """Cents of each order, rounded half up; of positive prices and quantities only."""
    cents: Ints = (rows["price"] * rows["quantity"] + 500) // 1000
    return cents


def log_uniform(random: Random, low: float, high: float, count: int) -> Floats:
    """Numbers between the two, small ones as likely as large ones by order of magnitude."""
    return np.exp(random.uniform(np.log(low), np.log(high), count))
