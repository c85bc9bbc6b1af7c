"""The form of tables that a report consists of."""

from rich import box
from rich.table import Table


def plain_table(title: str, *columns: str) -> Table:
    """A table under its title, without frame; columns of text, further ones may be added."""
    table = Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
