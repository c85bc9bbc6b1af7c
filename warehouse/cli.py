"""Commands for the embedded lakehouse: start, stop, status, env and sql."""

import shlex
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from warehouse import lifecycle
from warehouse.connection import Connection
from warehouse.errors import WarehouseError
from warehouse.grid import grid
from warehouse.provenance import Provenance
from warehouse.run_state import RunState
from warehouse.settings import Settings
from warehouse.terminal import plain

app = typer.Typer(no_args_is_help=True, help="The embedded lakehouse: a local SQL warehouse.")
_out = Console()
_err = Console(stderr=True)
_SHOWN_ROWS = 200


def _settings() -> Settings:
    try:
        return Settings.from_environment()
    except WarehouseError as error:
        _err.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None


def _running(settings: Settings) -> Connection:
    found = lifecycle.status(settings)
    if found is None:
        _err.print(
            f"No warehouse is running over {settings.home}. Start it with `lakeledger warehouse "
            "start`.",
            style="red",
        )
        raise typer.Exit(1)
    return found


@app.command()
def start() -> None:
    """Start the warehouse in the background; one that runs already is left as it is."""
    settings = _settings()
    was = lifecycle.status(settings)
    try:
        with _err.status("Starting the warehouse"):
            found = lifecycle.start(settings)
    except WarehouseError as error:
        _err.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    word = "started" if was is None else "is running already"
    _out.print(f"The warehouse {word}: {found.uri} (process {found.pid}, catalog {found.catalog})")


@app.command()
def stop() -> None:
    """Stop the warehouse and wait until it has ended."""
    settings = _settings()
    try:
        with _err.status("Stopping the warehouse"):
            ended = lifecycle.stop(settings)
    except WarehouseError as error:
        _err.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    _out.print("The warehouse has stopped." if ended else "No warehouse was running.")


@app.command()
def status() -> None:
    """Say whether the warehouse runs, and where; exit code 1 if it does not."""
    settings = _settings()
    found = _running(settings)
    since = RunState(settings.home).started_at()
    _out.print(
        f"Running: {found.uri} (process {found.pid}, catalog {found.catalog}, since {since})"
    )


@app.command()
def env() -> None:
    """Print the lines that let dbt in this shell reach the warehouse: eval "$(... env)"."""
    for name, value in _running(_settings()).dbt_environment().items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="The statement; without one, a shell.")] = "",
) -> None:
    """Run one statement, or type statements one after the other."""
    told = Provenance.of("sql").session_configuration
    found = _running(_settings())
    with found.connect(session_configuration=told) as client, client.cursor() as cursor:
        if statement:
            raise typer.Exit(0 if _show(cursor, statement) else 1)
        _shell(cursor)


def _shell(cursor: Any) -> None:
    _err.print("Statements end with a semicolon. Control-D ends the shell.")
    text = ""
    while True:
        try:
            text += input("sql> " if not text else "...> ") + "\n"
        except (EOFError, KeyboardInterrupt):
            return
        if text.strip().endswith(";"):
            _show(cursor, text)
            text = ""


def _show(cursor: Any, statement: str) -> bool:
    from databricks.sql.exc import Error

    try:
        cursor.execute(statement)
        rows = cursor.fetchmany(_SHOWN_ROWS + 1)
    except Error as error:
        _err.print(plain(error.message), style="red", markup=False)
        return False
    names = [column[0] for column in cursor.description or []]
    if not names:
        _out.print("Done.")
        return True
    _out.print(grid(names, rows[:_SHOWN_ROWS], _out))
    if len(rows) > _SHOWN_ROWS:
        _out.print(f"Only the first {_SHOWN_ROWS} rows are shown.")
    return True
