"""A lakehouse in a process of its own: several live side by side, so that rounds can alternate."""

import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from ingestion.run import run_sources
from ingestion.settings import Settings
from ingestion.sources import load_sources
from operations.dbt import PROJECT, run_dbt
from tests.benchmarks.lakehouse import running
from tests.benchmarks.usage import Usage, measured
from tests.workers import Worker
from warehouse.connection import Connection
from warehouse.engine import Engine
from warehouse.spark_settings import Profile

AUDIT = "audit_logs"


class BenchmarkFailed(Exception):
    """Work in a home ended with an error; the message is its traceback."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What work in the home's process finds there."""

    engine: Engine
    connection: Connection
    root: Path

    @property
    def jvm(self) -> int:
        """The process of Spark."""
        return int(self.engine.spark.sparkContext._gateway.proc.pid)


def serve(pipe: Pipe, root: Path, profile: Profile) -> None:
    """Does work in the home until nobody sends any more."""
    root.mkdir(parents=True, exist_ok=True)
    with running(root, profile) as (engine, connection):
        inside = Inside(engine, connection, root)
        while True:
            work, *arguments = pipe.recv()
            try:
                pipe.send((True, work(inside, *arguments)))
            except Exception:
                pipe.send((False, traceback.format_exc()))


class Home:
    """The lakehouse under ``root``; warm from the first piece of work to `stop`."""

    def __init__(self, root: Path, profile: Profile = "bulk") -> None:
        self.root = root
        self._worker = Worker(serve, root, profile)

    def do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What ``work``, called in the home's process with `Inside` and arguments, gives.

        Raises:
            BenchmarkFailed: if it raised.
        """
        well, result = self._worker(work, *arguments)
        if not well:
            raise BenchmarkFailed(result)
        return result

    def stop(self) -> None:
        """Ends the process and its JVM."""
        self._worker.stop()

    @property
    def landing(self) -> Path:
        """Where its files land."""
        return self.root / "landing"

    def dbt(self, arguments: Sequence[str]) -> Path:
        """Runs dbt against it; the folder of dbt's artifacts."""
        run_dbt(
            arguments,
            warehouse=self.do(environment),
            target=self.root / "target",
            log=self.root / "dbt.log",
        )
        return self.root / "target"

    def __enter__(self) -> "Home":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def environment(inside: Inside) -> dict[str, str]:
    """What dbt has to know to reach the home."""
    return inside.connection.dbt_environment()


def processes_of(inside: Inside) -> tuple[int, ...]:
    """Spark's process and the one that it answers through."""
    return (inside.jvm, inside.connection.pid)


def ingest(inside: Inside, *, everything: bool = False, max_files: int = 1000) -> Usage:
    """Takes in what has landed of audit logs, or of every source, so that all tables are there.

    Raises:
        RuntimeError: if a source failed.
    """
    landing = inside.root / "landing"
    landing.mkdir(exist_ok=True)
    settings = Settings(
        landing=str(landing),
        checkpoints=str(inside.root / "checkpoints"),
        tables=inside.root / "external",
        settle_seconds=0,
        max_files=max_files,
    )
    sources = load_sources(PROJECT / "models")
    chosen = sources if everything else [one for one in sources if one.name == AUDIT]
    with measured(*processes_of(inside)) as measure:
        results = run_sources(inside.engine.spark, chosen, settings)
    if failed := [one.message for one in results if one.status == "failed"]:
        raise RuntimeError("; ".join(failed))
    return measure.taken


def ingest_everything(inside: Inside) -> Usage:
    """Takes in every source."""
    return ingest(inside, everything=True)


def ingest_audit(inside: Inside, max_files: int = 1000) -> Usage:
    """Takes in audit logs alone."""
    return ingest(inside, max_files=max_files)


def statement(inside: Inside, *texts: str) -> Usage:
    """Statements of SQL, sent as dbt sends them."""
    with closing(inside.connection.connect()) as client, closing(client.cursor()) as cursor:
        cursor.execute("select 1")
        with measured(*processes_of(inside)) as measure:
            for text in texts:
                cursor.execute(text)
                cursor.fetchall_arrow()
    return measure.taken


def asked(inside: Inside, text: str) -> list[dict[str, Any]]:
    """The rows of a query, by column."""
    with closing(inside.connection.connect()) as client, closing(client.cursor()) as cursor:
        cursor.execute(text)
        return [row.asDict() for row in cursor.fetchall()]
