"""Defects of single orders; each order has one at most."""

import numpy as np

from operations.orders.kinds import Kind
from operations.orders.rows import Random, Rows, log_uniform
from operations.orders.settings import DefectRates

OUTLIER_FACTOR = 50
LATE_MS = (3 * 60_000, 6 * 3_600_000)
_KINDS = {
    "late": Kind.late,
    "null_user_id": Kind.null_user_id,
    "null_dish_id": Kind.null_dish_id,
    "bad_price": Kind.price_not_positive,
    "bad_quantity": Kind.quantity_not_positive,
    "outliers": Kind.outlier,
    "high_value": Kind.high_value,
}


def spoil(random: Random, rows: Rows, rates: DefectRates) -> None:
    """Gives each row a kind by the rates and changes it accordingly."""
    shares = rates.exclusive()
    bounds = np.cumsum([shares[name] for name in _KINDS])
    kinds = np.array([*_KINDS.values(), Kind.plain], "i1")
    rows["kind"] = kinds[np.searchsorted(bounds, random.random(len(rows)), side="right")]
    half = random.random(len(rows)) < 0.5

    def of(kind: Kind) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        mask: np.ndarray[tuple[int], np.dtype[np.bool_]] = rows["kind"] == kind
        return mask

    rows["absent"] = half & (of(Kind.null_user_id) | of(Kind.null_dish_id))
    for kind, column in (
        (Kind.price_not_positive, "price"),
        (Kind.quantity_not_positive, "quantity"),
    ):
        rows[column] = np.where(of(kind), np.where(half, 0, -rows[column]), rows[column])
    rows["price"] *= np.where(of(Kind.outlier), OUTLIER_FACTOR, 1)
    party = 1000 * random.integers(8, 20, len(rows))
    rows["quantity"] = np.where(of(Kind.high_value), party, rows["quantity"])
    lateness = log_uniform(random, *LATE_MS, len(rows)).astype("i8")
    rows["order_time"] -= np.where(of(Kind.late), lateness, 0)
