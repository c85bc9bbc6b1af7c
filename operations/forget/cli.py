"""The commands `lakeledger forget …`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from pyspark.sql import SparkSession
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ingestion.deletions import requests_target
from ingestion.errors import IngestionError
from ingestion.platform_log import platform_log
from ingestion.selection import Choice, choose
from ingestion.session import ingestion_session
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.writer import commits_told
from operations.dbt import DbtFailed, seeds_of
from operations.forget.errors import ForgetRefused
from operations.forget.policy import read_project
from operations.forget.receipt import receipt_path
from operations.forget.requests import DEADLINE, Request, Requests, checked
from operations.forget.run import Forgetting, Outcome
from operations.forget.search import Searched, search
from operations.pipeline import WITHOUT_TESTS
from operations.refusals import explained
from operations.retries import run_dbt_patiently
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.provenance import Provenance
from warehouse.settings import Settings as WarehouseSettings

app = typer.Typer(no_args_is_help=True, help="Delete a person's data everywhere, within 7 days.")

Subject = Annotated[
    str,
    typer.Argument(
        help="An identifier: e-mail address, user name or id. `-` reads them from standard input,"
        " a line each, so that they stand in no shell history.",
    ),
]
Also = Annotated[list[str] | None, typer.Option("--also", help="Another identifier; repeatable.")]
Landing = Annotated[
    Path | None, typer.Option(help="Folder that files land in. Default: <home>/landing.")
]
SourcePaths = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=DIR", help="A source that lies in this folder; repeatable."),
]


@app.command()
def request(
    subject: Subject,
    by: Annotated[str, typer.Option("--by", help="Who asks: a name or address.")],
    why: Annotated[str, typer.Option("--why", help="On what grounds; an auditor will read it.")],
    also: Also = None,
) -> None:
    """Ask that a person be forgotten; from now on nothing of them is taken in any more."""
    with explained(ForgetRefused):
        # Before an engine is started for nothing.
        names = tuple(map(checked, _identifiers(subject, also)))
    with _opened() as (spark, settings, _):
        added = _requests(spark, settings).add(names, by, why)
        platform_log(spark, settings).note(_told(), f"request {added.request_id}", added.why)
    typer.echo(
        f"Request {added.request_id}, due {added.due_at:%Y-%m-%d %H:%M} UTC: lakeledger forget run."
    )


@app.command("run")
def run_command(
    now: Annotated[
        bool,
        typer.Option(
            "--now",
            help="Delete old versions at once, not after three days. Only while nobody reads.",
        ),
    ] = False,
    landing: Landing = None,
    source_path: SourcePaths = None,
) -> None:
    """Carry out what is requested; to be run daily, for old versions go some days later."""
    with _opened(landing, source_path) as (spark, settings, sources):
        outcome = _forgetting(spark, settings, sources).run(now=now)
        counts = f"{len(outcome.erased)} erased, {len(outcome.purged)} purged"
        platform_log(spark, settings).note(_told(), "run", counts)
        _tell(outcome, _home(settings))


@app.command()
def status() -> None:
    """Requests and their deadlines; exit code 1 when one is overdue."""
    with _opened() as (spark, settings, _):
        requests = _requests(spark, settings).all()
    at = datetime.now(UTC)
    _show(requests, at)
    if any(request.is_overdue(at) for request in requests):
        raise typer.Exit(1)


@app.command()
def verify(
    subject: Subject, also: Also = None, landing: Landing = None, source_path: SourcePaths = None
) -> None:
    """Look for a person byte by byte in every file; exit code 1 when found."""
    with explained(ForgetRefused, IngestionError):
        names = tuple(map(checked, _identifiers(subject, also)))
        sources, settings, home = choose(_choice(landing, source_path))
        if settings.tables is None:
            raise ForgetRefused(
                "Files of tables by name are out of reach: run the proof queries of the receipt."
            )
        found = search(_folders(home, settings, sources), names)
    _tell_found(found)
    if found.places or found.unreadable:
        raise typer.Exit(1)


def _choice(landing: Path | None = None, source_path: Sequence[str] | None = None) -> Choice:
    return Choice(
        landing=None if landing is None else str(landing),
        source_paths=tuple(source_path or ()),
        home=WarehouseSettings.from_environment().home,
    )


@contextmanager
def _opened(
    landing: Path | None = None, source_path: Sequence[str] | None = None
) -> Iterator[tuple[SparkSession, Settings, tuple[Source, ...]]]:
    with explained(ForgetRefused, IngestionError, WarehouseError, DbtFailed):
        sources, settings, home = choose(_choice(landing, source_path))
        settings = replace(settings, user_metadata=_told().user_metadata)
        session = ingestion_session(
            settings.platform, home=home, cache=WarehouseSettings.from_environment().cache
        )
        with session as spark, commits_told(spark, settings.user_metadata):
            yield spark, settings, sources


@cache
def _told() -> Provenance:
    """Who this process is: what it is told goes into commits and into the platform's log."""
    return Provenance.of("forget")


def _requests(spark: SparkSession, settings: Settings) -> Requests:
    return Requests(spark, requests_target(settings))


def _home(settings: Settings) -> Path:
    return settings.tables.parent if settings.tables else WarehouseSettings.from_environment().home


def _forgetting(spark: SparkSession, settings: Settings, sources: Sequence[Source]) -> Forgetting:
    home = _home(settings)

    def build(selection: Sequence[str]) -> None:
        with running_warehouse(home) as connection:
            run_dbt_patiently(
                ["build", *selection, *WITHOUT_TESTS],
                warehouse=connection.dbt_environment() | seeds_of(home),
                target=home / "target",
                log=home / "logs" / "dbt-forget.log",
            )

    return Forgetting(
        spark=spark,
        settings=settings,
        sources=sources,
        requests=_requests(spark, settings),
        project=lambda: read_project(home / "target" / "manifest.json"),
        build=build,
    )


def _identifiers(subject: str, also: Sequence[str] | None) -> tuple[str, ...]:
    read = sys.stdin.read().split("\n") if subject == "-" else [subject]
    return tuple(name for name in (*read, *(also or ())) if name.strip())


def _folders(home: Path, settings: Settings, sources: Sequence[Source]) -> tuple[Path, ...]:
    """The home, and folders of files that lie elsewhere."""
    outside = {Path(settings.folder(source.name, source.path)) for source in sources if source.path}
    return (home, *sorted(path for path in outside if not path.is_relative_to(home)))


def _tell(outcome: Outcome, home: Path) -> None:
    files = len(outcome.landing.rewritten)
    typer.echo(
        f"{files:,} of {outcome.landing.looked_at:,} landing files written anew;"
        f" {len(outcome.tables)} tables rewritten."
    )
    for path in outcome.landing.unreadable:
        typer.echo(f"Nobody can look into {path}: deliver it again or delete it.", err=True)
    for request in outcome.purged:
        typer.echo(f"{request.request_id}: {receipt_path(home, request.request_id)}.")
    waiting = len(outcome.erased) - len(outcome.purged)
    if waiting:
        typer.echo(f"{waiting} erased; their old versions go with a run in three days.")


def _show(requests: Sequence[Request], at: datetime) -> None:
    console = Console(highlight=False)
    if not requests:
        console.print("Nobody has asked to be forgotten.")
        return
    days = DEADLINE.days
    table = Table(title=f"To be done in {days} days", title_justify="left", box=SIMPLE_HEAD)
    for name in ("request", "state", "requested", "due", "by", "why"):
        table.add_column(name, no_wrap=name not in ("by", "why"), overflow="fold")
    for request in requests:
        table.add_row(
            request.request_id,
            request.state(at),
            f"{request.requested_at:%Y-%m-%d %H:%M}",
            f"{request.due_at:%Y-%m-%d %H:%M}",
            request.requested_by,
            request.why,
        )
    console.print(table)


def _tell_found(found: Searched) -> None:
    typer.echo(f"{found.files:,} files looked at; {len(found.places)} hold the person.")
    for path in found.places:
        typer.echo(f"  {path}")
    for path in found.unreadable:
        typer.echo(f"  cannot be looked into: {path}")
    for path, names in found.lookalikes.items():
        typer.echo(f"  the same person? {', '.join(sorted(names))} in {path}")
    if found.lookalikes:
        typer.echo("Those that are: a further request for them.")
