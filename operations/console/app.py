"""What streamlit runs: `lakeledger console` starts it, on Databricks the app of the bundle."""

import os

import streamlit as st

from operations.console.answers import Answers
from operations.console.application import run, sheets
from operations.console.cli import KEY
from operations.console.desk import QuarantineDesk
from operations.console.door import lets_in
from operations.console.frames import Answer
from operations.console.kinds import Query
from operations.console.lakehouse import Lakehouse, in_hand


@st.cache_resource(show_spinner="Connecting …")
def lakehouse() -> Lakehouse:
    """One for all readers; it opens a session for each question that is asked at once."""
    return Lakehouse(lambda: in_hand().connect())


@st.cache_resource(show_spinner=False)
def answers() -> Answers:
    """One for all readers."""
    return Answers(lakehouse().ask)


def ask(query: Query) -> Answer:
    """The answer of a query."""
    with st.spinner("Reading …"):
        return answers().ask(query)


# On Databricks the platform lets people in, and names them; elsewhere the command has set a key.
key = os.environ.get(KEY, "")
if not key or lets_in(key):
    user = st.context.headers.get("X-Forwarded-Email", "") if not key else ""
    desk = QuarantineDesk(lakehouse(), in_hand)
    kept = answers()
    run(sheets(ask, desk, user, kept.forget), kept.forget, kept.ahead, kept.in_advance)
