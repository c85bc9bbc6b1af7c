"""Fraud: orders that look like frauds, and whose they are."""

import pandas as pd

from operations.console import account_queries, palette
from operations.console.board import Ask, chart, heading, section, table
from operations.console.figures import stacked

_EMPTY = "No orders look like frauds."
_PARTS = {
    "high": ("high", palette.VERMILION),
    "medium": ("medium", palette.ORANGE),
    "low": ("low", palette.SKY),
}
# What the page asks for, in its order.
ASKS = (
    account_queries.FRAUD_ALERTS,
    account_queries.FLAGGED_CUSTOMERS,
)


def show(ask: Ask) -> None:
    """By day, by customer, by order."""
    heading("Fraud", "Which orders look like frauds, whose are they, and how much is at stake?")
    with section("Orders by day"):
        answer = ask(account_queries.FRAUD_ALERTS)
        if not answer.frame.empty:
            chart(stacked(by_day(answer.frame), "day", _PARTS), "Alerts by day and severity.")
        table(account_queries.FRAUD_ALERTS, answer, _EMPTY)
    with section("Customers", "Those with most at stake first."):
        table(
            account_queries.FLAGGED_CUSTOMERS,
            ask(account_queries.FLAGGED_CUSTOMERS),
            "No customer is flagged.",
        )


def by_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Alerts counted by day (UTC), a column for each severity."""
    counted = pd.crosstab(frame["order_at"].dt.date, frame["severity"])
    return counted.reindex(columns=list(_PARTS), fill_value=0).rename_axis("day").reset_index()
