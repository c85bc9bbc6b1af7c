"""The state behind running totals: one value per customer and per category, kept in RocksDB.

Runs in Spark's Python workers, which get it by value: it imports nothing of this project.
"""

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pyspark.sql import Row
from pyspark.sql.streaming import StatefulProcessor

CATEGORY, CUSTOMER = "category", "customer"
# What goes in, by position: kind, entity, amount, order_at (microseconds), price (double).
_AMOUNT, _ORDER_AT, _PRICE = 2, 3, 4
_STATE = "orders bigint, revenue decimal(38,2), last_order_at bigint, log_prices double"
OUTPUT = (
    "kind string, entity string, order_count bigint, revenue decimal(38,2),"
    " last_order_at bigint, outliers bigint"
)
# Fewer orders than this do not yet say what is usual in a category.
_LEARNING = 30
_NOTHING = (0, Decimal(0), 0, 0.0)


class RunningTotals(StatefulProcessor):  # type: ignore[misc]
    """Adds the new orders of a customer or category to what was there, and tells the sum.

    A price ``factor`` times a category's geometric mean, or less than that part of it, is an
    outlier. It is counted where it comes; the mean takes it in like any other.
    """

    def __init__(self, factor: float) -> None:
        self._far = math.log(factor)

    def init(self, handle: Any) -> None:
        """Names the state."""
        self._totals = handle.getValueState("totals", _STATE)

    def handleInputRows(
        self,
        key: Any,
        rows: Iterator[Any],
        timerValues: Any,  # noqa: ARG002
    ) -> Iterator[Row]:
        """One row for each key that had orders in the micro-batch."""
        kind, entity = key
        orders, revenue, last, logs = self._totals.get() or _NOTHING
        outliers = 0
        watched = kind == CATEGORY
        for row in rows:
            if watched:
                log = math.log(row[_PRICE])
                if orders >= _LEARNING and abs(log - logs / orders) > self._far:
                    outliers += 1
                logs += log
            orders += 1
            revenue += row[_AMOUNT]
            if row[_ORDER_AT] > last:
                last = row[_ORDER_AT]
        self._totals.update((orders, revenue, last, logs))
        yield Row(
            kind=kind,
            entity=entity,
            order_count=orders,
            revenue=revenue,
            last_order_at=last,
            outliers=outliers,
        )

    def close(self) -> None:
        """Nothing is held beyond the state."""
