"""The command line: `lakeledger …`, composed from the parts that do the work."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingestion.cli import ingest
from operations.accuracy.cli import accuracy
from operations.alerting.cli import app as alerts_app
from operations.alerting.errors import AlertsError
from operations.artifacts.cli import app as artifacts_app
from operations.bill_check import BillsDiffer
from operations.close.cli import app as close_app
from operations.console.cli import console_command
from operations.cost.cli import cost
from operations.dashboards.cli import dashboards
from operations.dbt import PROJECT, DbtFailed, dbt_command, dbt_environment, seeds_of
from operations.evidence.cli import evidence
from operations.exporter.cli import exporter
from operations.forget.cli import app as forget_app
from operations.fraud.cli import alert
from operations.grants import grants
from operations.learning.cli import app as models_app
from operations.lineage.cli import app as lineage_app
from operations.live import cli as live
from operations.live import show
from operations.orders.cli import app as orders_app
from operations.pipeline import (
    Run,
    StepFailed,
    ingest_arguments,
    report,
    run_demo,
    run_pipeline,
)
from operations.profiling.cli import profile, quality
from operations.quarantine.cli import app as quarantine_app
from operations.refusals import explained
from operations.replay.cli import app as replay_app
from operations.scale.cli import scale
from operations.simulator.cli import simulate
from operations.streams.cli import streams
from operations.trace.cli import trace
from operations.web_events.cli import app as web_events_app
from warehouse.cli import app as warehouse_app
from warehouse.cli import sql as ask
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Databricks account telemetry as tables to bill on and tables to watch.",
)
app.command("simulate")(simulate)
app.command("ingest")(ingest)
app.command("trace")(trace)
app.command("accuracy")(accuracy)
app.command("evidence")(evidence)
app.command("cost")(cost)
app.command("scale")(scale)
app.command("grants")(grants)
app.command("profile")(profile)
app.command("quality")(quality)
app.command("streams")(streams)
app.command("exporter")(exporter)
app.command("up")(live.up)
app.command("down")(live.down)
app.command("status")(live.status)
app.command("live")(show.live)
app.command("dashboards")(dashboards)
orders_app.command("alert")(alert)
app.add_typer(alerts_app, name="alerts")
app.add_typer(artifacts_app, name="artifacts")
app.add_typer(close_app, name="close")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(forget_app, name="forget")
app.add_typer(replay_app, name="replay")
app.add_typer(orders_app, name="orders")
app.add_typer(web_events_app, name="web-events")
app.add_typer(models_app, name="models")
app.add_typer(lineage_app, name="lineage")
app.add_typer(warehouse_app, name="warehouse")

Landing = Annotated[
    Path | None, typer.Option(help="Folder that files land in. Default: <home>/landing.")
]
SourcePaths = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=DIR", help="Read a declared source from this folder; repeatable."),
]


@app.command("run")
def run_command(landing: Landing = None, source_path: SourcePaths = None) -> None:
    """Take in what has landed, build and test every model, and report."""
    home = Settings.from_environment().home
    chosen = ingest_arguments(home, landing, source_path or ())
    _explained(lambda: run_pipeline(_run(chosen)))


@app.command()
def demo() -> None:
    """Simulated telemetry to a bill, twice: before and after late files arrive."""
    _explained(lambda: run_demo(_run(), ["--hours", "24"]))


app.command("console")(console_command(demo))


@app.command("report")
def report_command() -> None:
    """What the tables hold now: rows per layer, quarantine, dollars per day, completeness."""

    def show() -> None:
        run = _run()
        if not (run.target / "manifest.json").exists():
            raise StepFailed(f"Nothing has been built in {run.settings.home}: lakeledger run.")
        with running_warehouse(run.settings.home) as connection:
            report(run, connection)

    _explained(show)


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="The statement; without one, a shell.")] = "",
) -> None:
    """Ask the tables: one statement, or a shell. Starts the warehouse if it has to."""

    def ask_it() -> None:
        with running_warehouse():
            ask(statement)

    _explained(ask_it)


@app.command(
    "dbt",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def dbt_passthrough(context: typer.Context) -> None:
    """Any dbt command, against the embedded lakehouse: lakeledger dbt build --select …"""

    def hand_over() -> None:
        with running_warehouse() as connection:
            seeds = seeds_of(Settings.from_environment().home)
            environment = dbt_environment(connection.dbt_environment() | seeds)
            ended = subprocess.run(
                dbt_command(context.args), cwd=PROJECT, env=environment, check=False
            )
        raise typer.Exit(ended.returncode)

    _explained(hand_over)


def _run(ingest_arguments: tuple[str, ...] = ()) -> Run:
    return Run(
        settings=Settings.from_environment(),
        console=Console(highlight=False),
        ingest_arguments=ingest_arguments,
    )


def _explained(work: Callable[[], None]) -> None:
    """Runs `work`; what a user can mend is said in a sentence, with the exit code 1 or its own."""
    with explained(WarehouseError, DbtFailed, StepFailed, BillsDiffer, AlertsError):
        work()


def main() -> None:
    """Entry point of the console script."""
    os.umask(0o077)  # what the commands write down is the user's own: tables, logs, artifacts
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    app()
