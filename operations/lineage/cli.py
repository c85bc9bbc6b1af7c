"""`lakeledger lineage`."""

from pathlib import Path
from typing import Annotated

import typer

from operations.lineage.errors import ColumnsUnknown, NothingToTell, NotTold
from operations.lineage.telling import tell
from operations.refusals import explained
from warehouse.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What was built from what: events, and columns.")

Asked = Annotated[
    str, typer.Argument(metavar="TABLE[.COLUMN]", help="As fct_usage_daily.billed_cost.")
]
Down = Annotated[bool, typer.Option("--down", help="What comes from it, not what it comes from.")]
Target = Annotated[Path | None, typer.Argument(help="dbt's target folder. Default: <home>/target.")]


@app.callback()
def lineage() -> None:
    """What was built from what: events for OpenLineage, and columns."""


@app.command()
def emit(target: Target = None) -> None:
    """Send what the last run of dbt did, by the transport that OPENLINEAGE_… names."""
    with explained(NothingToTell, NotTold):
        sent = tell(target or Settings.from_environment().home / "target")
    typer.echo(f"{sent} events sent.")


@app.command("columns")
def columns_command(asked: Asked, down: Down = False) -> None:
    """Show which columns a column is derived from, down to bronze; of a table: each one's own."""
    # The parser of SQL takes a second to load; no other command needs it.
    from operations.dbt import DbtFailed
    from operations.lineage.column_text import find, table_lines, tree_lines
    from operations.lineage.columns_of_project import column_lineage
    from operations.lineage.compiling import compiled_project
    from operations.lineage.walk import TableColumn

    with explained(ColumnsUnknown, DbtFailed):
        lineage = column_lineage(compiled_project(Settings.from_environment().home))
        table, column = find(lineage, asked)
        if column is None:
            lines = table_lines(lineage, table, down)
        else:
            lines = tree_lines(lineage, TableColumn(table.relation, column), down)
        typer.echo("\n".join(lines))
