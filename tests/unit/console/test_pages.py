"""Every page over made-up rows, over none, and over a lakehouse that fails."""

from typing import Any

import pytest
from databricks.sql.exc import ServerOperationError
from streamlit.testing.v1 import AppTest

from operations.console.application import sheets
from tests.unit.console import made_up

SHEETS = [sheet for group in sheets(made_up.busy, made_up.PaperDesk()).values() for sheet in group]
PATHS = [sheet.path for sheet in SHEETS]
SECONDS = 60


def one_page(path, way, desk=None, asked=None):  # type: ignore[no-untyped-def]
    """What AppTest runs: it takes the source of this function and nothing around it."""
    from operations.console.application import sheets
    from tests.unit.console import made_up, test_pages

    ask = {
        "busy": made_up.busy,
        "empty": made_up.empty,
        "unbuilt": made_up.unbuilt,
        "failing": test_pages.failing,
        "broken": test_pages.broken,
    }[way]

    def noted(query):  # type: ignore[no-untyped-def]
        if asked is not None:
            asked.add(query.analysis)
        return ask(query)

    for group in sheets(noted, desk or made_up.PaperDesk()).values():
        for sheet in group:
            if sheet.path == path:
                sheet.show()


def failing(query: Any) -> Any:
    """A lakehouse in which a table has gone."""
    raise ServerOperationError("[TABLE_OR_VIEW_NOT_FOUND] The table `gold`.`x` cannot be found.")


def broken(query: Any) -> Any:
    """An error of the console's own."""
    raise KeyError("a name that nobody needs to see")


def shown(path: str, way: str, **more: Any) -> AppTest:
    page = AppTest.from_function(one_page, kwargs={"path": path, "way": way, **more})
    page.run(timeout=SECONDS)
    assert not page.exception
    return page


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_its_rows(path: str) -> None:
    page = shown(path, "busy")
    assert page.title[0].value
    assert not page.error
    assert len(page.dataframe[0].value) > 0
    assert any("UTC" in caption.value for caption in page.caption)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_for_what_it_says_that_it_asks_for(path: str) -> None:
    asked: set[str] = set()
    shown(path, "busy", asked=asked)
    (sheet,) = [one for one in SHEETS if one.path == path]
    assert asked == {query.analysis for query in sheet.asks}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_without_rows_says_so_in_words(path: str) -> None:
    page = shown(path, "empty")
    assert not page.error
    assert page.info
    assert all(len(said.value.split()) > 3 for said in page.info)
    assert not page.dataframe


def test_a_page_without_tables_names_them_and_what_makes_them() -> None:
    page = shown("spend", "unbuilt")
    assert not page.error
    assert all("ops_spend_daily" in said.value for said in page.info)
    assert all("lakeledger run" in said.value for said in page.info)


@pytest.mark.parametrize("path", PATHS)
def test_a_lakehouse_that_fails_is_told_in_a_sentence(path: str) -> None:
    page = shown(path, "failing")
    assert page.error
    assert {said.value for said in page.error} == {"gold.x has not been built: lakeledger run."}


def test_an_error_of_the_console_is_never_shown_raw() -> None:
    page = shown("health", "broken")
    assert len(page.error) == 4
    assert not any("nobody needs" in said.value for said in page.error)


def test_partial_rows_are_marked_as_partial() -> None:
    page = shown("runs", "busy")
    assert any("Partial" in caption.value for caption in page.caption)


def test_the_log_is_narrowed_by_what_the_reader_types() -> None:
    page = shown("log", "busy")
    page.text_input[0].input("could not be READ").run(timeout=SECONDS)
    assert set(page.dataframe[0].value["message"]) == {
        "source audit_logs: 3 of 40 files could not be read"
    }
    page.text_input[0].input("(").run(timeout=SECONDS)
    assert [said.value for said in page.info] == ["No row is like that."]
