"""Alerts: what somebody has to look at, by domain and kind."""

import streamlit as st

from operations.console import queries
from operations.console.board import Ask, heading, section, table


def show(ask: Ask) -> None:
    """The findings, narrowed by severity and kind."""
    heading("Alerts", "What is open, of which severity, and where to read on?")
    with section(""):
        answer = ask(queries.CRITICAL_ALERTS)
        frame = answer.frame
        kinds = sorted(frame["kind"].dropna().unique())
        if kinds:
            chosen = st.multiselect("Kind", kinds, placeholder="All kinds")
            frame = frame[frame["kind"].isin(chosen)] if chosen else frame
        table(queries.CRITICAL_ALERTS, answer, "Nothing high or critical is open.", frame)
