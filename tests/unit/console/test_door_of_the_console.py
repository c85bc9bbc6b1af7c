"""Pages are shown to whoever has the address that the command printed, and to nobody else."""

import pytest
from streamlit.testing.v1 import AppTest


def guarded() -> None:
    import streamlit as st

    from operations.console.door import lets_in

    if lets_in("right"):
        st.write("inside")


def opened(**parameters: str) -> AppTest:
    page = AppTest.from_function(guarded)
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run(timeout=60)


@pytest.mark.parametrize("parameters", [{}, {"key": ""}, {"key": "wrong"}, {"key": "rïght"}])
def test_without_the_key_there_is_a_sentence_and_nothing_else(parameters: dict[str, str]) -> None:
    page = opened(**parameters)
    assert not page.exception
    assert not page.markdown
    assert "lakeledger console" in page.error[0].value


def test_the_key_stays_in_the_address_from_page_to_page() -> None:
    page = opened(key="right")
    assert page.markdown[0].value == "inside"
    page.query_params.clear()
    page.run(timeout=60)
    assert page.markdown[0].value == "inside"
    assert page.query_params["key"] == "right"
