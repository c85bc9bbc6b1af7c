"""What the terminal shows of a period."""

from dataclasses import replace

import pytest
from rich.console import Console

from operations.close.gates import blockers
from operations.close.report import SHOWN_PERIODS, print_lines, print_states
from tests.unit.close.samples import FEBRUARY_3RD, JANUARY, broken, facts


def test_lines_fit_80_columns_and_say_how_many_are_not_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    many = tuple(broken(subject=f"SKU_{number} [AWS] " + "x" * 90) for number in range(9))
    console = Console(width=80, highlight=False)
    print_lines(console, JANUARY, blockers(facts(breaks=many), FEBRUARY_3RD), 2)
    lines = capsys.readouterr().out.splitlines()
    assert "2026-01 of a1: 10 lines block its close." in lines
    assert sum("SKU_" in line for line in lines) == 2
    assert any("and 7 more: --first 9" in line for line in lines)
    assert any("[AWS]" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_period_that_nothing_blocks_says_what_comes_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = Console(width=80, highlight=False)
    print_lines(console, JANUARY, (), 2)
    assert (
        "  lakeledger close seal --period 2026-01 --by WHO" in capsys.readouterr().out.splitlines()
    )


def test_the_newest_periods_are_shown_and_the_rest_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = facts().state
    states = [replace(state, key=replace(JANUARY, account=f"a{n}")) for n in range(30)]
    console = Console(width=80, highlight=False)
    print_states(console, states)
    lines = capsys.readouterr().out.splitlines()
    assert sum("2026-01" in line for line in lines) == SHOWN_PERIODS
    assert "  and 6 older: --period, --account" in lines
