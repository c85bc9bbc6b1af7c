"""Alerts: what somebody has to look at, by domain and kind."""

import streamlit as st

from operations.console import queries
from operations.console.board import Ask, heading, section, table

# What the page asks for, in its order.
ASKS = (
    queries.CRITICAL_ALERTS,
    queries.ALERT_EVENTS,
)


def show(ask: Ask) -> None:
    """The findings, narrowed by severity and kind."""
    heading("Alerts", "What is open, of which severity, and where to read on?")
    with section("Findings", "High and critical, over every domain, by what the tables say now."):
        answer = ask(queries.CRITICAL_ALERTS)
        frame = answer.frame
        kinds = sorted(frame["kind"].dropna().unique())
        if kinds:
            chosen = st.multiselect("Kind", kinds, placeholder="All kinds")
            frame = frame[frame["kind"].isin(chosen)] if chosen else frame
        table(queries.CRITICAL_ALERTS, answer, "Nothing high or critical is open.", frame)
    with section("What befell alerts", "By `lakeledger alerts check`, which tells people."):
        table(
            queries.ALERT_EVENTS,
            ask(queries.ALERT_EVENTS),
            "No alert has been opened: lakeledger alerts check.",
        )
