"""`lakeledger artifacts load`: the results of a run of dbt into tables."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from operations.artifacts.errors import ArtifactsUnreadable
from operations.artifacts.job_run import fetch
from operations.artifacts.reading import Invocation, read_artifacts
from operations.artifacts.tables import add
from operations.platform_log import recorded_session
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """What runs of dbt came to, kept as tables."""


@app.command()
def load(
    target: Annotated[Path, typer.Argument(metavar="TARGET_DIR", help="dbt's target folder.")],
) -> None:
    """Add the results that lie in a target folder; those that are there already stay."""
    with explained(ArtifactsUnreadable, WarehouseError):
        _add(read_artifacts(target))


@app.command("load-run")
def load_run(
    run_id: Annotated[str, typer.Argument(help="Run of a dbt task of a Databricks job.")],
) -> None:
    """Add the results of a task of a Databricks job, which the workspace keeps."""
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.errors.base import DatabricksError

    with explained(ArtifactsUnreadable, WarehouseError), TemporaryDirectory() as folder:
        try:
            fetch(WorkspaceClient().jobs, run_id, Path(folder))
        except (DatabricksError, ValueError) as error:
            said = f"The workspace does not give the output of run {run_id}: {error}"
            raise ArtifactsUnreadable(said) from error
        _add(read_artifacts(Path(folder)))


def _add(found: tuple[Invocation, ...]) -> None:
    with running_warehouse() as warehouse, recorded_session(warehouse, "artifacts") as session:
        for one in found:
            said = "added" if add(session.cursor, one) else "was there already"
            typer.echo(f"dbt {one.command} {one.invocation_id}: {len(one.nodes)} nodes, {said}")
