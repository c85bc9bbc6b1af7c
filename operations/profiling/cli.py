"""`lakeledger profile` and `lakeledger quality`."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.dbt import PROJECT
from operations.platform_log import recorded_session
from operations.profiling import facts, show
from operations.profiling.errors import ProfileRefused
from operations.profiling.planner import read_plan
from operations.profiling.run import profile as measure
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Of tables with a day, read days from this one on."),
]
Again = Annotated[bool, typer.Option("--again", help="Measure also tables that have not moved.")]
Days = Annotated[int, typer.Option(min=1, help="How many days of anomalies to show.")]


def profile(since: Since = None, again: Again = False) -> None:
    """Measure every table that has moved: nulls, keys, broken tests, age, rows."""
    console = Console(highlight=False)
    with explained(ProfileRefused, WarehouseError):
        plan = read_plan(manifest())
        with (
            running_warehouse() as warehouse,
            recorded_session(warehouse, "profile") as session,
        ):
            outcome = measure(
                session.cursor,
                plan,
                now=datetime.now(UTC),
                run_id=session.who.run_id,
                since=since.date() if since else None,
                again=again,
            )
    show.show_outcome(console, outcome)
    console.print("Scores follow with the next build, or: lakeledger dbt run -s ops_table_quality+")
    if outcome.failed:
        raise typer.Exit(1)


def quality(days: Days = 7) -> None:
    """Scores per layer and domain, the worst tables, and anomalies of the last days."""
    console = Console(highlight=False)
    with (
        explained(WarehouseError),
        running_warehouse() as warehouse,
        closing(warehouse.connect()) as connection,
    ):
        cursor = connection.cursor()
        marts = facts.built(cursor)
        layers = facts.layers(cursor) if facts.LAYERS in marts else []
        if layers:
            show.show_layers(console, layers)
            show.show_worst(console, facts.worst_tables(cursor, 10))
        else:
            console.print("No table has been measured yet: lakeledger profile, then a build.")
        if not marts & {mart for mart, *_ in facts.ANOMALIES}:
            console.print("No mart of anomalies has been built yet: lakeledger run.")
        else:
            show.show_anomalies(console, facts.anomalies(cursor, marts, days), days)


def manifest() -> Path:
    """What dbt last made of the project: in this home by `run`, in the project by `dbt`."""
    places = [Settings.from_environment().home / "target", PROJECT / "target"]
    found = [place / "manifest.json" for place in places if (place / "manifest.json").exists()]
    return max(found, key=lambda file: file.stat().st_mtime, default=places[0] / "manifest.json")
