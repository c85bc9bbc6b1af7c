"""Reads what models learn from, as it was known on a day; writes nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from databricks.sql.exc import Error

from operations.learning.churn import FEATURES
from operations.learning.errors import NoFeatures
from operations.queries import Cursor, rows
from operations.refusals import refusal_of

_FAR = date(9999, 1, 1)
_KEYS = ("customer_key", "cutoff_date")


def shops(cursor: Cursor) -> list[str]:
    """Shops with features.

    Raises:
        NoFeatures: if there are none.
    """
    found = _asked(cursor, "select distinct shop from silver.int_commerce__customer_features")
    if not found:
        raise NoFeatures(
            "silver.int_commerce__customer_features is empty: no shop of `learning_shops` has "
            "orders of known customers on both sides of a Monday. Take in its days: lakeledger run."
        )
    return sorted(str(row[0]) for row in found)


def history(cursor: Cursor, shop: str, as_of: date | None = None) -> pd.DataFrame:
    """Features with outcomes that were known on a day: a row per customer and cut-off."""
    columns = ("shop", *_KEYS, *FEATURES, "is_churned", "horizon_ended_date")
    found = _asked(
        cursor,
        f"""select features.*, outcomes.is_churned, outcomes.horizon_ended_date
        from (
            select shop, {", ".join((*_KEYS, *FEATURES))}
            from silver.int_commerce__customer_features
        ) as features
        inner join silver.int_commerce__customer_outcomes as outcomes
            using (shop, customer_key, cutoff_date)
        where shop = :shop and horizon_ended_date <= cast(:as_of as date)
        order by cutoff_date, customer_key""",
        shop=shop,
        as_of=str(as_of or _FAR),
    )
    if not found:
        raise NoFeatures(
            f"No cut-off of the shop {shop} has an outcome{_by(as_of)}: its horizon is not over. "
            "Take in more days."
        )
    return _frame(found, columns)


def newest_features(cursor: Cursor, shop: str, as_of: date | None = None) -> pd.DataFrame:
    """Features of the newest cut-off: a row per customer."""
    columns = (*_KEYS, *FEATURES)
    found = _asked(
        cursor,
        f"""select {", ".join(columns)} from silver.int_commerce__customer_features
        where shop = :shop and cutoff_date = (
            select max(cutoff_date) from silver.int_commerce__customer_features
            where shop = :shop and cutoff_date <= cast(:as_of as date)
        )
        order by customer_key""",
        shop=shop,
        as_of=str(as_of or _FAR),
    )
    if not found:
        raise NoFeatures(f"The shop {shop} has no cut-off{_by(as_of)}. Take in more days.")
    return _frame(found, columns)


def purchases(cursor: Cursor, shop: str, as_of: date | None = None) -> pd.DataFrame:
    """What was bought before a day: customer_key, product_key, order_date, order_count."""
    columns = ("customer_key", "product_key", "order_date", "order_count")
    found = _asked(
        cursor,
        f"""select {", ".join(columns)} from silver.int_commerce__customer_products
        where shop = :shop and order_date < cast(:as_of as date)
        order by order_date, customer_key, product_key""",
        shop=shop,
        as_of=str(as_of or _FAR),
    )
    if not found:
        raise NoFeatures(f"The shop {shop} has no purchases{_by(as_of)}. Take in more days.")
    return _frame(found, columns)


def _by(as_of: date | None) -> str:
    return f" by {as_of}" if as_of else ""


def _frame(found: Sequence[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame([tuple(row) for row in found], columns=list(columns))
    numbers = [name for name in (*FEATURES, "order_count") if name in frame.columns]
    return frame.astype(dict.fromkeys(numbers, float))


def _asked(cursor: Cursor, statement: str, **values: Any) -> Sequence[Sequence[Any]]:
    try:
        return rows(cursor, statement, **values)
    except Error as error:
        raise NoFeatures(refusal_of(error)) from error
