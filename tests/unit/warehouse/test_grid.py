"""Rows fit the terminal, or stand under each other; nothing of them is cut off."""

from collections.abc import Sequence

from rich.console import Console

from warehouse.grid import grid


def shown(names: Sequence[str], rows: Sequence[Sequence[object]], width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(grid(names, rows, console))
    return capture.get().splitlines()


def test_rows_that_fit_are_a_table() -> None:
    lines = shown(["day", "cost"], [["2026-01-05", None], ["2026-01-06", 2]], 40)
    assert [line.split("│")[1:3] for line in lines if line.startswith("│")] == [
        [" 2026-01-05 ", " NULL "],
        [" 2026-01-06 ", " 2    "],
    ]


def test_rows_that_do_not_fit_stand_column_under_column() -> None:
    names = [f"column_{number}" for number in range(12)]
    lines = shown(names, [range(12), [None] * 12], 60)
    assert [line.split()[:2] for line in lines if line.startswith("row")] == [
        ["row", "1"],
        ["row", "2"],
    ]
    assert "column_11  11" in [line.rstrip() for line in lines]
    assert [line.rstrip() for line in lines][-1] == "column_11  NULL"


def test_a_long_value_is_folded_and_whole() -> None:
    lines = shown(["text"], [["[b]" + "x" * 100]], 40)
    assert max(map(len, lines)) <= 40
    assert "".join(lines[1:]).replace(" ", "") == "text[b]" + "x" * 100


def test_no_rows_show_their_columns_however_many() -> None:
    lines = shown([f"c{number}" for number in range(40)], [], 60)
    assert len(lines) > 1
