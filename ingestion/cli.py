"""The command ``lakeledger ingest``: arguments to settings, settings to a run."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingestion.errors import IngestionError, WrongUse
from ingestion.landing import shown
from ingestion.logs import configure_logs
from ingestion.report import as_json, one_line, print_table, sentences
from ingestion.run import check_landing, run_sources
from ingestion.selection import Choice, choose
from ingestion.session import ingestion_session
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult
from warehouse.errors import WarehouseError
from warehouse.settings import cache_directory

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

EXAMPLES = """
[bold]Examples[/bold]

  lakeledger ingest                                  all sources, the default landing folder

  lakeledger ingest --landing /data/landing --source audit_logs

  lakeledger ingest --source-path cloudtrail=/data/trails

  lakeledger ingest --continuous 20                  a micro-batch every 20 s until Ctrl-C

  lakeledger ingest --json | jq '.[] | select(.status == "failed")'

Exit codes: 0 done, 1 a source failed or was held off, or the run was stopped, 2 wrong use.
"""


@app.command(epilog=EXAMPLES)
def ingest(
    landing: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Folder that files land in. Default: <home>/landing."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this source; may be repeated.")
    ] = None,
    source_path: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DIR",
            help="Read a declared source from this folder instead of its own; may be repeated. "
            "Without --landing and --source only the sources named here are read.",
        ),
    ] = None,
    continuous: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.1,
            help="Seconds between micro-batches; runs until it is stopped.",
        ),
    ] = None,
    retry_seconds: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            help="With --continuous: a source that failed is tried again after so long, while the"
            " others go on. Default: it ends.",
        ),
    ] = None,
    models: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the dbt models that declare the sources."),
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", envvar="LAKELEDGER_HOME", help="State directory (local)."),
    ] = None,
    checkpoints: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Folder of the checkpoints. Default: <home>/checkpoints."),
    ] = None,
    catalog: Annotated[
        str | None, typer.Option(metavar="NAME", help="Databricks: catalog of the bronze tables.")
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="local or databricks. Default: databricks inside its runtime."
        ),
    ] = None,
    settle_seconds: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="How long a file must be at rest before it is read; 0 trusts it.",
        ),
    ] = 2.0,
    max_files: Annotated[
        int, typer.Option(metavar="N", min=1, help="Most files in a micro-batch.")
    ] = 1000,
    max_messages: Annotated[
        int, typer.Option(metavar="N", min=1, help="Most messages in a micro-batch.")
    ] = 500_000,
    kafka_config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Properties of a Kafka client, for sources that are topics."
            " Default: <home>/kafka.properties, where there is one.",
        ),
    ] = None,
    managed_file_events: Annotated[
        bool,
        typer.Option(
            "--managed-file-events",
            help="Databricks: find files by managed file events, not by listing.",
        ),
    ] = False,
    parallel: Annotated[int, typer.Option(metavar="N", min=1, help="Sources at once.")] = 2,
    try_now: Annotated[
        bool, typer.Option("--try-now", help="Try sources that are held off, too.")
    ] = False,
    as_json_: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Log every micro-batch on a terminal too.")
    ] = False,
) -> None:
    """Takes every delivered file that is not in bronze yet, each exactly once."""
    configure_logs(verbose=verbose)
    choice = Choice(
        landing=landing,
        sources=tuple(source or ()),
        source_paths=tuple(source_path or ()),
        models=models,
        home=home,
        checkpoints=checkpoints,
        catalog=catalog,
        platform=platform,
        continuous=continuous,
        retry_seconds=retry_seconds,
        settle_seconds=settle_seconds,
        max_files=max_files,
        max_messages=max_messages,
        kafka_config=kafka_config,
        managed_file_events=managed_file_events,
        parallel=parallel,
        try_now=try_now,
    )
    raise typer.Exit(_guarded(choice, as_json_))


def _guarded(choice: Choice, json_wanted: bool) -> int:
    try:
        sources, settings, state = choose(choice)
        check_landing(sources, settings)
        results = _run(sources, settings, state)
    except (IngestionError, WarehouseError) as error:
        typer.echo(str(error), err=True)
        return 2 if isinstance(error, WrongUse) else 1
    if json_wanted:
        typer.echo(as_json(results))
    else:
        print_table(results, sys.stdout)
    return exit_code(results, continuous=settings.continuous is not None)


def exit_code(results: Sequence[SourceResult], *, continuous: bool) -> int:
    """0 unless a source failed, was held off, or was stopped; continuous runs end by a stop."""
    bad = {"failed", "held off"} if continuous else {"failed", "held off", "stopped"}
    return int(any(result.status in bad for result in results))


def _run(sources: Sequence[Source], settings: Settings, home: Path) -> tuple[SourceResult, ...]:
    console = Console(stderr=True, highlight=False)
    stop = threading.Event()

    def tell(result: SourceResult) -> None:
        if console.is_terminal:
            console.print(one_line(result))
        for sentence in sentences(result):
            console.print(shown(sentence), style="yellow", soft_wrap=True, markup=False)

    session = ingestion_session(settings.platform, home=home, cache=cache_directory())
    with session as spark, _signals_set(stop):
        return run_sources(spark, sources, settings, stop=stop, on_result=tell)


@contextmanager
def _signals_set(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and termination end the run in good order: committed batches stay, queries stop."""
    if threading.current_thread() is not threading.main_thread():  # a task of Databricks may be
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
