"""What tables hold is shown, not obeyed, whether by the terminal or by Rich."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from ingestion.landing import shown
from operations.report import _quarantine, _skus
from warehouse.terminal import cell, plain

MARKUP = "duplicate_key:[/red] [bold]x[/bold] [link=file:///etc/passwd]"


def printed(*shown: object, markup: bool = True) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=500, force_terminal=False)
    for thing in shown:
        console.print(thing, markup=markup, soft_wrap=True)
    return stream.getvalue()


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    assert all(char.isprintable() or char in "\n\t" for char in plain(text))


@given(st.text())
def test_any_value_can_stand_in_a_table(text: str) -> None:
    table = Table("a")
    table.add_row(cell(text))
    assert "\x1b" not in printed(table)


def test_brackets_are_shown_as_they_are() -> None:
    table = Table("a")
    table.add_row(cell(MARKUP))
    assert MARKUP in printed(table)


@pytest.mark.parametrize("text", [MARKUP, "\x1b]0;owned\x07"])
def test_reports_show_reasons_and_skus_of_any_kind(text: str) -> None:
    said = printed(_quarantine([("s", text, 1)]), _skus([]))
    assert "\x1b" not in said
    assert shown(text).replace("\\x07", "") in said.replace("\\x07", "")
