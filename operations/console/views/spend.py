"""Spend: what it costs, who causes it, and what the month will come to."""

import pandas as pd
import streamlit as st

from operations.console import account_queries, words
from operations.console.board import (
    Ask,
    Tile,
    chart,
    heading,
    notes,
    nothing,
    section,
    table,
    tiles,
)
from operations.console.budget import monthly_budget
from operations.console.figures import bars_and_mean, ranked
from operations.console.frames import Answer
from operations.console.kinds import Query

_EMPTY = "Nothing has been billed: no usage of a complete hour has landed."
# What the page asks for, in its order.
ASKS = (
    account_queries.MONTH_FORECAST,
    account_queries.DAILY_SPEND,
    account_queries.TEAM_BY_MONTH,
    account_queries.TOP_JOBS,
    account_queries.COST_BY_TAG,
)


def show(ask: Ask) -> None:
    """The month, the days, then who bears it."""
    heading("Spend", "What does it cost, who causes it, and what will the month come to?")
    with section("The newest month", "Spend so far, by all usage that is here; docs/metrics.md."):
        answer = ask(account_queries.MONTH_FORECAST)
        if not answer.frame.empty:
            tiles(month_tiles(answer.frame, monthly_budget()))
        table(account_queries.MONTH_FORECAST, answer, "No usage has landed.")
    with section("By day", "Billing grade: complete hours only, up to 30 days."):
        daily(ask(account_queries.DAILY_SPEND))
    with section("By team", "The newest month."):
        answer = ask(account_queries.TEAM_BY_MONTH)
        newest = answer.frame[answer.frame["usage_period"] == answer.frame["usage_period"].max()]
        split(account_queries.TEAM_BY_MONTH, answer, newest, "team")
    with section("By job", "The 20 that cost most in the newest month."):
        answer = ask(account_queries.TOP_JOBS)
        named = answer.frame["job_name"].fillna(answer.frame["job_id"])
        split(account_queries.TOP_JOBS, answer, answer.frame.assign(job=named), "job")
    with section("By tag", "Every tag splits the whole bill of the newest month."):
        tags(ask(account_queries.COST_BY_TAG))


def month_tiles(frame: pd.DataFrame, budget: float | None) -> list[Tile]:
    """Spend, forecast and budget of each currency; half a forecast is none."""
    shown = []
    for currency, part in frame.groupby("currency_code", dropna=False):
        unit = "" if pd.isna(currency) else f", {currency}"
        so_far = part["month_to_date_cost"].sum()
        expected = part["month_end_forecast_cost"].sum(skipna=False)
        shown += [
            Tile(f"To date{unit}", words.amount(so_far), "Billed cost, complete or not."),
            Tile(f"Forecast{unit}", words.amount(expected), "Needs two weeks of whole days."),
        ]
        if budget:
            says = f"{words.amount(budget)} a month, of an account, in its currency."
            shown.append(Tile("Of the budget", f"{so_far / budget:.1%}", says))
    return shown


def daily(answer: Answer) -> None:
    """A chart for each currency: amounts of two are never added."""
    if answer.frame.empty:
        nothing(answer, _EMPTY)
        return
    for currency, part in answer.frame.groupby("currency_code"):
        chart(
            bars_and_mean(part, "usage_date", "billed_cost", "mean_billed_cost", str(currency)),
            f"Billed cost of each day in {currency}, with the mean of seven days.",
        )
    notes(account_queries.DAILY_SPEND, answer)


def split(query: Query, answer: Answer, frame: pd.DataFrame, by: str) -> None:
    """Bars for each currency, and the rows."""
    for currency, part in frame.dropna(subset=["billed_cost"]).groupby("currency_code"):
        chart(
            ranked(part, by, "billed_cost", str(currency)),
            f"Billed cost in {currency}, the highest first.",
        )
    table(query, answer, _EMPTY, frame)


def tags(answer: Answer) -> None:
    """One tag at a time."""
    names = sorted(answer.frame["tag"].dropna().unique())
    if not names:
        nothing(answer, "The bill is split by no tag: none has been seen on usage.")
        return
    chosen = st.selectbox("Tag", names)
    split(
        account_queries.COST_BY_TAG,
        answer,
        answer.frame[answer.frame["tag"] == chosen],
        "tag_value",
    )
