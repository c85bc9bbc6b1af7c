"""Platform log: what ran, by whom, with which code."""

import pandas as pd
import streamlit as st

from operations.console import account_queries
from operations.console.board import Ask, heading, section, table

# What the page asks for, in its order.
ASKS = (account_queries.PLATFORM_LOG,)


def show(ask: Ask) -> None:
    """The newest seven days, narrowed by component, status and text."""
    heading("Platform log", "What ran, what came of it, by whom and with which code?")
    with section("", "The newest seven days of the log, newest first."):
        answer = ask(account_queries.PLATFORM_LOG)
        frame = answer.frame
        if not frame.empty:
            frame = narrowed(frame)
        empty = "Nothing has run yet." if answer.frame.empty else "No row is like that."
        table(account_queries.PLATFORM_LOG, answer, empty, frame)


def narrowed(frame: pd.DataFrame) -> pd.DataFrame:
    """What is left after the reader's choices."""
    with st.container(horizontal=True):
        component = st.selectbox(
            "Component", ["all", *sorted(frame["component"].dropna().unique())], width=200
        )
        status = st.selectbox(
            "Status", ["all", *sorted(frame["status"].dropna().unique())], width=200
        )
        text = st.text_input("Subject or message contains", width=300)
    if component != "all":
        frame = frame[frame["component"] == component]
    if status != "all":
        frame = frame[frame["status"] == status]
    if text:
        searched = frame["subject"].fillna("") + " " + frame["message"].fillna("")
        frame = frame[searched.str.contains(text, case=False, regex=False)]
    return frame
