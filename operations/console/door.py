"""Who is let in: on one machine whoever has the address that the command printed."""

import secrets

import streamlit as st

_PARAMETER = "key"


def lets_in(key: str) -> bool:
    """Whether this reader's address has the key; it stays in the address from page to page."""
    given = st.query_params.get(_PARAMETER, "") or st.session_state.get(_PARAMETER, "")
    if not secrets.compare_digest(given.encode(), key.encode()):
        st.error("Open the address that lakeledger console has printed: it has the key.")
        return False
    st.session_state[_PARAMETER] = given
    st.query_params[_PARAMETER] = given
    return True
