"""The commands `lakeledger quarantine …`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from operations.platform_log import Recorded, recorded_session
from operations.quarantine import decisions
from operations.quarantine.decisions import Choice
from operations.quarantine.sources import (
    QuarantinedSource,
    QuarantineRefused,
    declared_sources,
    find_source,
)
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings
from warehouse.terminal import cell

app = typer.Typer(no_args_is_help=True, help="What no model accepts: look, judge again, settle.")

Source = Annotated[str, typer.Option("--source", help="Source that the rows came from.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only rows with this reason.")]
By = Annotated[str, typer.Option("--by", help="Who decides: a name or address.")]


@app.command("list")
def list_command() -> None:
    """Rows that nobody has decided on, by source and reason."""
    with _opened() as (session, _):
        found = decisions.open_rows(session.cursor)
    console = Console(highlight=False)
    if not found:
        console.print("Nothing is open in the quarantine.")
        return
    table = Table(title="Open in the quarantine", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("source", no_wrap=True)
    table.add_column("reason", overflow="fold")
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("newest", no_wrap=True)
    for row in found:
        name, newest = row.source.split(".")[-1], f"{row.last_at:%Y-%m-%d %H:%M}"
        table.add_row(name, cell(row.reason), f"{row.rows:,}", newest)
    console.print(table)


@app.command()
def requeue(
    source: Source,
    by: By,
    reason: Reason = None,
    why: Annotated[str, typer.Option("--why", help="What was mended.")] = "",
) -> None:
    """Have rows judged again after a fix; the next run takes those that are good now."""
    with _opened() as (session, sources):
        choice = Choice(source=find_source(sources, source), reason=reason)
        count = decisions.requeue(session.cursor, choice, by, why)
        session.add(f"requeue {choice}", f"{by}: {why}", row_count=count)
    typer.echo(f"{_rows(count)} of {choice} will be judged again: lakeledger run.")


@app.command()
def dismiss(
    source: Source,
    by: By,
    why: Annotated[str, typer.Option("--why", help="Why they need not be taken.")],
    reason: Reason = None,
) -> None:
    """Settle rows that need not be taken, for one because they were delivered again in order."""
    with _opened() as (session, sources):
        choice = Choice(source=find_source(sources, source), reason=reason)
        count = decisions.dismiss(session.cursor, choice, by, why)
        session.add(f"dismiss {choice}", f"{by}: {why}", row_count=count)
    typer.echo(f"{_rows(count)} of {choice} dismissed by {by}.")


@app.command()
def expire() -> None:
    """Delete rows older than their source's retention; rows of money only once decided on."""
    with _opened() as (session, sources):
        for source in sources:
            if count := decisions.expire(session.cursor, source):
                days = source.retention_days
                session.add(f"expire {source.name}", f"older than {days} days", row_count=count)
                typer.echo(f"{_rows(count)} of {source.name}, older than {days} days: deleted.")


@contextmanager
def _opened() -> Iterator[tuple[Recorded, tuple[QuarantinedSource, ...]]]:
    home = Settings.from_environment().home
    with explained(QuarantineRefused, WarehouseError):
        sources = declared_sources(home / "target" / "manifest.json")
        with (
            running_warehouse(home) as warehouse,
            recorded_session(warehouse, "quarantine") as session,
        ):
            yield session, sources


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
