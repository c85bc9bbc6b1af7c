"""Quarantine: what no model accepts, line by line, and having it judged again."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from operations.console import queries, words
from operations.console.board import Ask, heading, section, table
from operations.console.desk import Desk, Intent
from operations.quarantine.decisions import Choice, refuse_hopeless
from operations.quarantine.sources import QuarantineRefused

_INTENT = "requeue_intent"
_DONE = "requeue_done"
_ALL = "every reason"
# What the page asks for, in its order.
ASKS = (queries.QUARANTINE,)


def show(ask: Ask, desk: Desk, who: str, forget_answers: Callable[[], None]) -> None:
    """``who``: the user, where the platform says who it is; else empty, and the page asks."""
    heading("Quarantine", "What was rejected, why, and what can be judged again?")
    if done := st.session_state.pop(_DONE, None):
        st.success(done)
    with section("Open", "Rows that nobody has decided on."):
        answer = ask(queries.QUARANTINE)
        table(queries.QUARANTINE, answer, "Nothing is open: every line of bronze was accepted.")
    if answer_is_empty(ask):
        return
    with section("Look at lines"):
        choice = choose(ask(queries.QUARANTINE).frame, desk)
        look(desk, choice)
    with section("Judge again", "After a rule was mended. Nothing happens before it is confirmed."):
        requeue(desk, choice, who, forget_answers)


def answer_is_empty(ask: Ask) -> bool:
    """Whether there is nothing to choose from, or it could not be read."""
    try:
        return bool(ask(queries.QUARANTINE).frame.empty)
    except Exception:  # the section above has said so
        return True


def choose(frame: pd.DataFrame, desk: Desk) -> Choice:
    """The reader's choice of source and reason."""
    with st.container(horizontal=True):
        source = st.selectbox("Source", sorted(frame["source_name"].unique()), width=320)
        reasons = sorted(frame.loc[frame["source_name"] == source, "quarantine_reason"])
        reason = st.selectbox("Reason", [_ALL, *reasons], width=320)
    return desk.choice(source, None if reason == _ALL else reason)


def look(desk: Desk, choice: Choice) -> None:
    """The newest lines, only when they are asked for: they may speak of persons."""
    if not st.toggle("Show the newest lines as they came; they may speak of persons"):
        return
    found = desk.examples(choice)
    if not found:
        st.info(f"Nothing is open of {choice}.")
    for line, region, file, ingested_at in found:
        st.caption(f"{region or 'no region'}, {ingested_at:%Y-%m-%d %H:%M} UTC, {file}")
        st.code(line or "", language=None, wrap_lines=True)


def requeue(desk: Desk, choice: Choice, who: str, forget_answers: Callable[[], None]) -> None:
    """First what it would do, then the doing."""
    try:
        refuse_hopeless(choice)
    except QuarantineRefused as refused:
        st.info(str(refused))
        return
    with st.form("requeue"):
        by = who or st.text_input("Who decides (a name or address)").strip()
        why = st.text_input("What was mended").strip()
        asked = st.form_submit_button("Show what it will do")
    if asked and not by:
        st.warning("Say who decides: an auditor will read it.")
    elif asked:
        st.session_state[_INTENT] = Intent(choice, desk.waiting(choice), by, why)
    intent: Intent | None = st.session_state.get(_INTENT)
    if intent is not None and intent.choice == choice:
        confirm(desk, intent, forget_answers)


def confirm(desk: Desk, intent: Intent, forget_answers: Callable[[], None]) -> None:
    """What will be done, sentence by sentence, and two buttons."""
    if not intent.rows:
        st.info(f"Nothing is open of {intent.choice} any more.")
        return
    st.warning("\n".join(f"- {sentence}" for sentence in intent.consequences()))
    with st.container(horizontal=True):
        confirmed = st.button(f"Requeue {words.count(intent.rows, 'row')}", type="primary")
        if st.button("Cancel"):
            del st.session_state[_INTENT]
            st.rerun()
    if confirmed:
        now = desk.waiting(intent.choice)
        if now != intent.rows:
            st.session_state[_INTENT] = Intent(intent.choice, now, intent.by, intent.why)
            st.warning("The rows have changed in the meantime: ask again to see what it would do.")
            return
        count = desk.requeue(intent.choice, intent.by, intent.why)
        del st.session_state[_INTENT]
        st.session_state[_DONE] = (
            f"{words.count(count, 'row')} of {intent.choice} will be judged again by the next run."
        )
        forget_answers()
        st.rerun()
