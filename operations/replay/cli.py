"""The commands `lakeledger replay …`."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingestion.errors import IngestionError, WrongUse
from ingestion.run import check_landing
from ingestion.selection import Choice, choose
from ingestion.session import ingestion_session
from ingestion.settings import detect_platform
from operations.dbt import DbtFailed
from operations.refusals import explained
from operations.replay.desk import opened
from operations.replay.estimate import Scope
from operations.replay.sources import ReplayedSource, find_sources
from operations.replay.steps import (
    Landing,
    judge_again,
    look_at_bronze,
    look_at_landing,
    read_landing_again,
)
from operations.replay.window import ReplayRefused, Window
from warehouse.errors import WarehouseError
from warehouse.provenance import actor
from warehouse.settings import Settings, cache_directory

app = typer.Typer(
    no_args_is_help=True,
    help="Read, judge and sum once more what landed in a window. Looks only, until --apply.",
)

Sources = Annotated[
    list[str], typer.Option("--source", metavar="NAME", help="Source; may be repeated.")
]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="NAME", help="Only this region; may be repeated."),
]
Start = Annotated[
    str, typer.Option("--from", metavar="TIME", help="What landed from then on, UTC.")
]
End = Annotated[str, typer.Option("--to", metavar="TIME", help="What landed before then, UTC.")]
Long = Annotated[bool, typer.Option("--long", help="Allow more than 31 days.")]
Apply = Annotated[bool, typer.Option("--apply", help="Carry it out.")]
DaysPerRun = Annotated[
    int, typer.Option(metavar="N", min=1, help="Days of landing that one run of dbt takes.")
]
DownTo = Annotated[
    list[str] | None,
    typer.Option(metavar="MODEL", help="End with this model, not with all of gold; repeatable."),
]


@app.command("bronze")
def bronze_command(
    source: Sources,
    start: Start,
    end: End,
    region: Regions = None,
    long: Long = False,
    days_per_run: DaysPerRun = 7,
    down_to: DownTo = None,
    apply: Apply = False,
) -> None:
    """Have silver judge bronze rows again, by the rules as they are now, and gold follow."""
    console = Console(highlight=False)
    with explained(ReplayRefused, WarehouseError, DbtFailed):
        window = Window.parse(start, end, is_long=long)
        with opened(_home()) as desk:
            scope = _scope(desk.sources, source, region, window, down_to)
            look_at_bronze(desk, scope, console)
            if apply:
                judge_again(desk, scope, days_per_run, actor(), console)
                desk.log.add(f"bronze {window}", _named(scope))
    if not apply:
        _say_how(console)


@app.command("landing")
def landing_command(
    source: Sources,
    start: Start,
    end: End,
    region: Regions = None,
    long: Long = False,
    landing: Annotated[
        str | None, typer.Option(metavar="DIR", help="Folder that files land in.")
    ] = None,
    source_path: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=DIR", help="Read a source from this folder; repeatable."),
    ] = None,
    max_files: Annotated[
        int, typer.Option(metavar="N", min=1, help="Most files in a commit.")
    ] = 1000,
    settle_seconds: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="How long a file must be at rest.")
    ] = 2.0,
    days_per_run: DaysPerRun = 7,
    down_to: DownTo = None,
    bronze_only: Annotated[
        bool, typer.Option("--bronze-only", help="Leave silver and gold to the next run.")
    ] = False,
    apply: Apply = False,
) -> None:
    """Read landing files again: bronze gets the lines that it lacks, silver and gold follow."""
    console = Console(highlight=False)
    with explained(ReplayRefused, WarehouseError, DbtFailed, IngestionError):
        window = Window.parse(start, end, is_long=long)
        with opened(_home()) as desk:
            scope = _scope(desk.sources, source, region, window, down_to)
            folder = _landing(scope, landing, source_path, max_files, settle_seconds)
            told = replace(folder.settings, user_metadata=desk.log.who.user_metadata)
            folder = replace(folder, settings=told)
            files = look_at_landing(desk, scope, folder, console)
            if apply:
                lines = read_landing_again(folder, files, console)
                console.print(f"Bronze lacked {lines:,} lines and has them now.")
                desk.log.add(f"landing {window}", _named(scope), row_count=lines)
            if apply and not bronze_only:
                judge_again(desk, scope, days_per_run, actor(), console)
                desk.log.add(f"bronze {window}", _named(scope))
    if not apply:
        _say_how(console)


def _named(scope: Scope) -> str:
    names = [source.name for source in scope.sources]
    return ", ".join([*names, *(f"region {region}" for region in scope.regions)])


def _scope(
    declared: tuple[ReplayedSource, ...],
    names: list[str],
    regions: list[str] | None,
    window: Window,
    down_to: list[str] | None,
) -> Scope:
    return Scope(
        sources=find_sources(declared, names),
        regions=tuple(dict.fromkeys(regions or ())),
        window=window,
        down_to=tuple(dict.fromkeys(down_to or ())),
    )


def _landing(
    scope: Scope,
    landing: str | None,
    source_path: list[str] | None,
    max_files: int,
    settle_seconds: float,
) -> Landing:
    if detect_platform() == "databricks":
        raise WrongUse(
            "Landing files are replayed where they are local; on Databricks read bronze again:"
            " dbt build --vars '{replay: …}' (docs/replay.md)."
        )
    home = _home()
    choice = Choice(
        landing=landing,
        sources=tuple(source.name for source in scope.sources),
        source_paths=tuple(source_path or ()),
        home=home,
        max_files=max_files,
        settle_seconds=settle_seconds,
    )
    sources, settings, _ = choose(choice)
    check_landing(sources, settings)
    return Landing(
        sources=sources,
        settings=settings,
        open_spark=lambda: ingestion_session("local", home=home, cache=cache_directory()),
    )


def _say_how(console: Console) -> None:
    command = shlex.join(["lakeledger", *sys.argv[1:], "--apply"])
    console.print(
        f"Nothing was written. To carry it out:\n  {command}", soft_wrap=True, markup=False
    )


def _home() -> Path:
    return Settings.from_environment().home
