"""`lakeledger accuracy`: the statement, made anew from the tables."""

from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from operations.accuracy.findings import NotBuilt, find_out
from operations.accuracy.statement import statement
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse

Output = Annotated[
    Path | None, typer.Option(help="File to write, as docs/accuracy.md; else it is printed.")
]


def accuracy(output: Output = None) -> None:
    """Say how much of the bill was held against manifests, events and invoices."""
    try:
        with running_warehouse() as warehouse, closing(warehouse.connect()) as connection:
            text = statement(find_out(connection.cursor()), version("lakeledger"))
        if output:
            output.write_text(text, encoding="utf-8")
    except (NotBuilt, WarehouseError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"Error: {output} cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Written: {output}" if output else text, nl=output is not None)
