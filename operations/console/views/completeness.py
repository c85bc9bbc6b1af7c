"""Completeness and close: which hours are all here, and what keeps a month from being closed."""

import streamlit as st

from operations.console import queries
from operations.console.board import Ask, chart, heading, notes, nothing, section, table
from operations.console.maps import share_map

_EMPTY = "No hour is known: no source has announced or delivered anything."
# What the page asks for, in its order.
ASKS = (
    queries.PERIOD_STATES,
    queries.BLOCKING_BREAKS,
    queries.COMPLETENESS,
)


def show(ask: Ask) -> None:
    """States of months first: they are what somebody waits for."""
    heading("Completeness and close", "Can the month be closed, and what has not arrived?")
    with section("Months", "Of both books; amounts in the currency of the account."):
        table(
            queries.PERIOD_STATES,
            ask(queries.PERIOD_STATES),
            "There is no month with usage or orders.",
        )
    with section("What blocks", "Breaks that nobody has mended or waived, by kind."):
        table(queries.BLOCKING_BREAKS, ask(queries.BLOCKING_BREAKS), "Nothing blocks a close.")
        st.caption("`lakeledger close status` says the same; `docs/period-close.md` what to do.")
    with section(
        "Hours by source", "Least complete region of each hour, 48 hours of events (UTC)."
    ):
        answer = ask(queries.COMPLETENESS)
        known = answer.frame.dropna(subset=["completeness_pct"])
        if known.empty:
            nothing(answer, _EMPTY)
        else:
            chart(
                share_map(known, "sector_started_at", "source_name", "completeness_pct", "%"),
                "Heat map of completeness in percent, sources down, hours across.",
                "Empty: nothing is known of that hour. A silent region is unknown, never zero.",
            )
            notes(queries.COMPLETENESS, answer)
    with section("Hours that are not complete"):
        answer = ask(queries.COMPLETENESS)
        frame = answer.frame
        incomplete = frame[~frame["is_time_sector_complete"].eq(True)]
        empty = _EMPTY if frame.empty else "Every hour of the last 48 is complete in every region."
        newest_first = incomplete.sort_values("sector_started_at", ascending=False)
        table(queries.COMPLETENESS, answer, empty, newest_first)
