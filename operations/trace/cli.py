"""`lakeledger trace`: where an amount of gold comes from."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.refusals import explained
from operations.trace.document import trace_document
from operations.trace.errors import TraceError
from operations.trace.following import Trace, follow
from operations.trace.marts import find_mart
from operations.trace.selection import parse_keys, select_rows
from operations.trace.text import print_trace
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="KEY=VALUE…", help="Key columns of the row; fewer of them: a sum."),
]
Amount = Annotated[str | None, typer.Option(help="Which amount; the first of the mart if absent.")]
Limit = Annotated[int, typer.Option(min=0, help="Records shown; 0 for all. Sums are over all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Everything, for machines.")]


def trace(
    mart: Annotated[str, typer.Argument(help="Table of gold, as fct_usage_daily.")],
    keys: Keys = None,
    amount: Amount = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show the records, corrections, prices, lines and files that an amount of gold comes from."""
    with explained(TraceError, WarehouseError):
        found = _trace(mart, keys or [], amount)
    if as_json:
        typer.echo(trace_document(found))
    else:
        print_trace(Console(highlight=False), found, limit)
    if not found.is_equal:
        raise typer.Exit(1)


def _trace(mart: str, keys: list[str], amount: str | None) -> Trace:
    chosen_mart, chosen = find_mart(mart), parse_keys(keys)
    with running_warehouse() as warehouse, closing(warehouse.connect()) as connection:
        cursor = connection.cursor()
        return follow(cursor, select_rows(cursor, chosen_mart, chosen, amount), built_manifest())


def built_manifest() -> Path:
    """What dbt wrote about the project when it was last built."""
    return Settings.from_environment().home / "target" / "manifest.json"
