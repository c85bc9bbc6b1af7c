"""`lakeledger models`: train, score, report."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from operations.learning.errors import LearningError, NoChampion
from operations.platform_log import Recorded, recorded_session
from operations.queries import rows
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

if TYPE_CHECKING:  # scikit-learn and pandas take seconds that other commands do not have to wait
    from operations.learning.run import Job, Scored, Trained


class Kind(StrEnum):
    """What can be asked for."""

    CHURN = "churn"
    SEGMENTS = "segments"
    RECOMMENDATIONS = "recommendations"
    ALL = "all"


app = typer.Typer(no_args_is_help=True, help="Models of a shop's customers (docs/models.md).")
Chosen = Annotated[Kind, typer.Option("--model", help="Which model.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Know only what was known on that day."),
]
_HEALTH = """select model, shop, model_version, metric,
        concat(metric_value, ' (', metric_low, ' to ', metric_high, ')'),
        concat(baseline, ' ', baseline_value),
        cast(greatest(feature_psi, score_psi) as string),
        concat(verdict, ': ', verdict_reason)
    from gold_operational.ops_model_health order by model, shop"""


@app.command()
def train(model: Chosen = Kind.ALL, as_of: AsOf = None) -> None:
    """Train, compare with baseline and version in use, and promote what is better."""
    console = Console(highlight=False)
    with _job(as_of) as (session, job):
        for name in _names(model):
            for trained in job.train(name):
                _tell(console, trained)
                said = trained.decision.reason if trained.decision else "nothing new"
                session.add(f"train {name} of {trained.shop}", said)


@app.command()
def score(model: Chosen = Kind.ALL, as_of: AsOf = None) -> None:
    """Score the newest cut-off with the versions in use; gold shows it after the next dbt build."""
    with _job(as_of) as (session, job):
        for name in _names(model):
            try:
                for scored in job.score(name):
                    said = _said(scored)
                    typer.echo(said)
                    session.add(f"score {name} of {scored.shop}", said, row_count=scored.rows)
            except NoChampion as error:
                if model is not Kind.ALL:
                    raise
                typer.echo(f"{error} Until then it says nothing.")


@app.command()
def report(model: Chosen = Kind.ALL) -> None:
    """How the models in use do: figures beside the baseline, drift, verdict."""
    columns = ("model", "shop", "version", "metric", "value (95 %)", "baseline", "PSI", "verdict")
    table = Table(*columns)
    with (
        explained(LearningError, WarehouseError),
        running_warehouse() as warehouse,
        closing(warehouse.connect()) as connection,
    ):
        found = rows(connection.cursor(), _HEALTH)
    for row in found:
        if row[0] in _names(model):
            table.add_row(*("" if cell is None else str(cell) for cell in row))
    if table.row_count:
        Console().print(table)
    else:
        typer.echo("No such model has been promoted yet: lakeledger models train.")


@contextmanager
def _job(as_of: datetime | None) -> Iterator[tuple[Recorded, "Job"]]:
    from operations.learning.run import Job
    from operations.learning.store import Store

    home = Settings.from_environment().home
    with explained(LearningError, WarehouseError):
        store = Store(home)
        with (
            running_warehouse(home) as warehouse,
            recorded_session(warehouse, "models") as session,
        ):
            known = as_of.date() if as_of else None
            yield session, Job(cursor=session.cursor, store=store, as_of=known)


def _names(chosen: Kind) -> tuple[str, ...]:
    wanted = [kind for kind in Kind if kind is not Kind.ALL] if chosen is Kind.ALL else [chosen]
    return tuple(kind.value for kind in wanted)


def _tell(console: Console, trained: "Trained") -> None:
    title = f"{trained.model}, {trained.shop}, version {trained.version}"
    if trained.candidate is None or trained.decision is None:
        console.print(f"{title}: nothing new to learn from since.")
        return
    table = Table("metric", "model", "baseline", "difference", title=title, title_justify="left")
    for one in trained.candidate.comparisons:
        table.add_row(one.metric, str(one.model), str(one.baseline), str(one.difference))
    console.print(table)
    console.print(f"{trained.decision.status}: {trained.decision.reason}")


def _said(scored: "Scored") -> str:
    title = f"{scored.model}, {scored.shop}, version {scored.version}, cut-off {scored.cutoff}"
    if not scored.rows:
        return f"{title}: scored before."
    return f"{title}: {scored.rows:,} rows, largest PSI {scored.drift:.3f}."
