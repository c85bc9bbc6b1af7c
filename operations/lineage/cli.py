"""`lakeledger lineage`."""

from pathlib import Path
from typing import Annotated

import typer

from operations.lineage.errors import NothingToTell, NotTold
from operations.lineage.telling import tell
from operations.refusals import explained
from warehouse.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Lineage for OpenLineage: what was built from what.")

Target = Annotated[Path | None, typer.Argument(help="dbt's target folder. Default: <home>/target.")]


@app.callback()
def lineage() -> None:
    """Lineage for OpenLineage: what was built from what."""


@app.command()
def emit(target: Target = None) -> None:
    """Send what the last run of dbt did, by the transport that OPENLINEAGE_… names."""
    with explained(NothingToTell, NotTold):
        sent = tell(target or Settings.from_environment().home / "target")
    typer.echo(f"{sent} events sent.")
