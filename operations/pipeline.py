"""One whole run: files to bronze, dbt to gold, and the report. The demo is two of them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from databricks.sql.exc import Error
from rich.console import Console

from ingestion.sources import load_sources
from operations.alerting.gate import check_gate
from operations.bill_check import check_bill, check_parts
from operations.dbt import PROJECT, DbtFailed, invocation_of, seeds_of
from operations.domains import left_out, silent_domains, speaking
from operations.facts import modelled_sources
from operations.platform_log import rollbacks
from operations.progress import shown_progress
from operations.queries import Cursor
from operations.report import print_report
from operations.retries import run_dbt_patiently
from warehouse.connection import Connection
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


class StepFailed(Exception):
    """A step of the run ended with an error that it has already explained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where a run keeps its things and what it was told."""

    settings: Settings
    console: Console
    ingest_arguments: tuple[str, ...] = ()

    @property
    def target(self) -> Path:
        """dbt's artifacts of this home."""
        return self.settings.home / "target"

    def log(self, name: str) -> Path:
        """A log file of this home."""
        return self.settings.home / "logs" / f"{name}.log"


def ingest_arguments(
    home: Path, landing: Path | None, source_paths: Sequence[str]
) -> tuple[str, ...]:
    """Arguments with which ingestion goes through every source, some in folders of their own.

    A model reads the tables of sources that have never delivered, too: they have to be there.
    """
    if landing is None and source_paths:
        landing = home / "landing"
        landing.mkdir(parents=True, exist_ok=True)
    chosen = () if landing is None else ("--landing", str(landing))
    return (*chosen, *(part for pair in source_paths for part in ("--source-path", pair)))


def run_pipeline(run: Run) -> None:
    """Takes in what has landed, builds and tests every model, and reports."""
    with running_warehouse(run.settings.home) as connection:
        take_in_and_build(run, connection)
        report(run, connection)


def run_demo(run: Run, simulate: Sequence[str]) -> None:
    """Telemetry made up, run to a bill; late files arrive; run again; the bill compared."""
    console = run.console
    _lakeledger(run, "Deliver", ["simulate", *simulate, "--deliver", "on-time"])
    with running_warehouse(run.settings.home) as connection:
        take_in_and_build(run, connection, tests=False)
        report(run, connection)
        console.rule("[bold]Late files arrive: the operational tables said so, the bill follows")
        _lakeledger(run, "Deliver late", ["simulate", *simulate, "--deliver", "late"])
        take_in_and_build(run, connection)
        report(run, connection)
        _compare_bill(run, connection)
    console.print(WHERE_NEXT)


def take_in_and_build(run: Run, connection: Connection, *, tests: bool = True) -> None:
    """Ingestion, then `dbt build`, with all tests or without.

    Raises:
        PipelineStopped: if quality is too low to build on; what has landed is in bronze.
    """
    _lakeledger(run, "Ingest", ["ingest", *run.ingest_arguments])
    with _cursor(connection) as cursor:
        check_gate(cursor, datetime.now(UTC))
    title, log = "dbt build" if tests else "dbt build without tests", run.log("dbt-build")
    silent = _silent(connection)
    for domain in silent:
        run.console.print(f"{domain}: nothing has landed yet; its models are left alone.")
    with _timed(run.console, title) as say, shown_progress(run.console, title, log):
        try:
            outcome = run_dbt_patiently(
                ["build", *left_out(silent), *(() if tests else WITHOUT_TESTS)],
                warehouse=connection.dbt_environment() | seeds_of(run.settings.home),
                target=run.target,
                log=log,
            )
        except DbtFailed as failed:
            raise _with_rollbacks(failed, run, connection) from failed
        say(outcome.summary)


def report(run: Run, connection: Connection) -> None:
    """Prints the report of what the tables hold now."""
    sources = speaking(modelled_sources(run.target / "manifest.json"), _silent(connection))
    with _cursor(connection) as cursor:
        print_report(run.console, cursor, sources)


def _silent(connection: Connection) -> tuple[str, ...]:
    with _cursor(connection) as cursor:
        return silent_domains(cursor, load_sources(PROJECT / "models"))


def _compare_bill(run: Run, connection: Connection) -> None:
    with _cursor(connection) as cursor:
        verdict = check_bill(cursor, run.settings.home / "expected_bill.json")
        parts = check_parts(cursor, verdict.actual_total)
    run.console.print(
        f"[bold green]The bill is right:[/] {verdict.lines} lines equal to the simulator's own, "
        f"{verdict.actual_total.normalize():,f} USD to the last decimal; "
        f"{len(parts)} ways of splitting it ({', '.join(parts)}) add up to the same."
    )


def _with_rollbacks(failed: DbtFailed, run: Run, connection: Connection) -> DbtFailed:
    """The failure, and which published tables went back to their last good version."""
    with _cursor(connection) as cursor, suppress(Error):
        if told := rollbacks(cursor, invocation_of(run.target)):
            return DbtFailed("\n  ".join([f"{failed}\nPublished tables:", *told]), failed.failures)
    return failed


@contextmanager
def _cursor(connection: Connection) -> Iterator[Cursor]:
    with closing(connection.connect()) as client:
        yield client.cursor()


def _lakeledger(run: Run, title: str, arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "operations", *arguments]
    with _timed(run.console, title):
        ended = subprocess.run(command, check=False)
    if ended.returncode != 0:
        raise StepFailed(f"`lakeledger {' '.join(arguments)}` ended with {ended.returncode}.")


@contextmanager
def _timed(console: Console, title: str) -> Iterator[Callable[[str], None]]:
    console.print(f"[bold cyan]{title}[/] …")
    found: list[str] = []
    started = time.monotonic()
    yield found.append
    seconds = time.monotonic() - started
    console.print(f"[cyan]{title}[/]: {', '.join([*found, f'{seconds:.0f} s'])}\n")


WHERE_NEXT = """
[bold]Where to look next[/]
  make sql       a SQL shell: select * from gold_billing.fct_usage_breaks;
  make docs      the docs site: lineage, every column described
  make test      what is promised, proved
  docs/add-a-source.md, docs/architecture.md
"""
