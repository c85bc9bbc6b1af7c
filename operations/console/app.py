"""What streamlit runs: `lakeledger console` starts it, on Databricks the app of the bundle."""

import os

import streamlit as st

from operations.console.application import run, sheets
from operations.console.cli import KEY
from operations.console.desk import QuarantineDesk
from operations.console.door import lets_in
from operations.console.frames import Answer
from operations.console.kinds import Query
from operations.console.lakehouse import Lakehouse, in_hand
from operations.console.queries import ALL

_SECONDS = 60


@st.cache_resource(show_spinner="Connecting …")
def lakehouse() -> Lakehouse:
    """One for all readers; it opens a session for each question that is asked at once."""
    return Lakehouse(lambda: in_hand().connect())


@st.cache_data(ttl=_SECONDS, show_spinner="Reading …")
def answered(analysis: str) -> Answer:
    """The answer of a query, for a minute the same for all readers; a failure is not kept."""
    return lakehouse().ask(next(query for query in ALL if query.analysis == analysis))


def ask(query: Query) -> Answer:
    """The answer of a query."""
    answer: Answer = answered(query.analysis)
    return answer


# On Databricks the platform lets people in, and names them; elsewhere the command has set a key.
key = os.environ.get(KEY, "")
if not key or lets_in(key):
    user = st.context.headers.get("X-Forwarded-Email", "") if not key else ""
    desk = QuarantineDesk(lakehouse(), in_hand)
    run(sheets(ask, desk, user, answered.clear), answered.clear)
