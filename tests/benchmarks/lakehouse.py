"""The lakehouse that a benchmark asks: tables made by dbt, rows made up, kept for the next time."""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from ingestion.run import run_sources
from ingestion.settings import Settings
from ingestion.sources import load_sources
from operations.dbt import PROJECT, run_dbt
from operations.pipeline import WITHOUT_TESTS
from tests.benchmarks.marts import Tables
from tests.benchmarks.marts import tables as rows_of_tables
from tests.benchmarks.project import Manifest, Table, shapes, tables_read
from tests.benchmarks.rows import NoRows, insert_statement
from tests.benchmarks.scale import Scale
from tests.benchmarks.vocabulary import COMMON
from warehouse.connection import Connection
from warehouse.engine import Engine, Server
from warehouse.settings import cache_directory
from warehouse.spark_settings import Profile

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a scale's tables are kept, and the note of what was made."""

    root: Path

    @property
    def note(self) -> Path:
        """JSON: `shapes`, and per table `statement` (digest) and `rows`."""
        return self.root / "made.json"

    def made(self) -> dict[str, Any]:
        """The note; empty where nothing was made."""
        text = self.note.read_text(encoding="utf-8") if self.note.exists() else "{}"
        return dict(json.loads(text))


@contextmanager
def running(root: Path, profile: Profile) -> Iterator[tuple[Engine, Connection]]:
    """An engine over the tables and a server in front of it, warmed up as the daemon does it."""
    # What is registered and ingested is no news here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server = Server(port=0)
    engine = Engine(root=root, cache=cache_directory(), catalog="lakeledger", profile=profile)
    try:
        engine.warm_up()
        yield engine, server.serve(engine)
    finally:
        server.stop()
        engine.stop()


@dataclass(frozen=True, slots=True)
class Content:
    """Tables that are read, the rows of each by its name, and what dbt is told to build."""

    read: Sequence[Table]
    rows: Tables
    build: Sequence[str] = ()


def of_panels(manifest: Manifest, scale: Scale) -> Content:
    """What the panels of dashboards read; none of it is of orders."""
    return Content(tables_read(manifest), rows_of_tables(scale), ("--exclude", "tag:orders"))


def inserts(content: Content) -> dict[str, str]:
    """The statement that fills each table that is not to be empty.

    Raises:
        NoRows: if a table is read whose rows nobody has said.
    """
    wanted, known = content.read, content.rows
    if missing := [table.name for table in wanted if table.name not in known]:
        raise NoRows(
            f"{', '.join(missing)}: say in marts.py or console_marts.py what rows they have."
        )
    return {
        table.name: insert_statement(
            table.relation,
            table.columns,
            known[table.name],
            common=COMMON,
            partition_by=table.partition_by,
        )
        for table in wanted
        if known[table.name]
    }


def make(home: Home, manifest: Manifest, content: Content, say: Say) -> Mapping[str, int]:
    """Makes what is not there yet; rows per table."""
    wanted, statements = content.read, inserts(content)
    shape = _digest(shapes(manifest, wanted))
    made = home.made()
    if made.get("shapes") != shape:
        shutil.rmtree(home.root, ignore_errors=True)
        home.root.mkdir(parents=True)
        with running(home.root, "interactive") as (engine, connection):
            say("tables: dbt makes them, without rows (some minutes)")
            _make_tables(home, engine, connection, content.build)
        made = {"shapes": shape, "tables": {}}
        home.note.write_text(json.dumps(made))
    due = {
        name: sql
        for name, sql in statements.items()
        if made["tables"].get(name, {}).get("statement") != _digest(sql)
    }
    if due:
        # Few long statements: the profile that compiles and uses every core.
        with running(home.root, "bulk") as (engine, connection):
            _fill(home, made, engine, connection, due, {table.name: table for table in wanted}, say)
    return {name: made["tables"][name]["rows"] for name in statements}


def _make_tables(home: Home, engine: Engine, connection: Connection, build: Sequence[str]) -> None:
    """Every table and view by the pipeline itself, run over an account that delivered nothing."""
    landing = home.root / "landing"
    landing.mkdir()
    settings = Settings(
        landing=str(landing),
        checkpoints=str(home.root / "checkpoints"),
        tables=home.root / "external",
        settle_seconds=0,
    )
    run_sources(engine.spark, load_sources(PROJECT / "models"), settings)
    run_dbt(
        ["build", *build, *WITHOUT_TESTS],
        warehouse=connection.dbt_environment(),
        target=home.root / "target",
        log=home.root / "build.log",
    )


def _fill(
    home: Home,
    made: dict[str, Any],
    engine: Engine,
    connection: Connection,
    due: Mapping[str, str],
    tables: Mapping[str, Table],
    say: Say,
) -> None:
    # One partition per task, so that a day becomes one file, as in a run of the pipeline.
    engine.spark.conf.set("spark.sql.adaptive.enabled", "false")
    with closing(connection.connect()) as client, closing(client.cursor()) as cursor:
        for name, statement in due.items():
            started = time.monotonic()
            cursor.execute(statement)
            cursor.execute(f"select count(*) from {tables[name].relation}")
            rows = int(cursor.fetchone()[0])
            made["tables"][name] = {"statement": _digest(statement), "rows": rows}
            home.note.write_text(json.dumps(made))
            say(f"rows: {name} {rows:,} in {time.monotonic() - started:.1f} s")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
