"""Rows as a terminal shows them: side by side where they fit, else column under column."""

from collections.abc import Sequence
from itertools import chain

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.rule import Rule
from rich.table import Table

from warehouse.terminal import cell

_ANY_WIDTH = 100_000


def grid(
    names: Sequence[str], rows: Sequence[Sequence[object]], console: Console
) -> RenderableType:
    """A table; where it is wider than the console, each row is a list of its own."""
    heads = [cell(name) for name in names]
    cells = [["NULL" if value is None else cell(value) for value in row] for row in rows]
    table = Table(*heads)
    for row in cells:
        table.add_row(*row)
    wanted = Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table)
    if not cells or wanted.maximum <= console.width:
        return table
    return Group(*chain.from_iterable(_record(n, heads, row) for n, row in enumerate(cells, 1)))


def _record(
    number: int, heads: Sequence[str], row: Sequence[str]
) -> tuple[RenderableType, RenderableType]:
    listed = Table.grid(padding=(0, 2))
    listed.add_column(style="bold", no_wrap=True)
    listed.add_column(overflow="fold")
    for head, value in zip(heads, row, strict=True):
        listed.add_row(head, value)
    return Rule(f"row {number}", align="left", style="dim"), listed
