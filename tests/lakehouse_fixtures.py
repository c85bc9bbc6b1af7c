"""One engine, one server and one dbt for all integration tests of a run."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.scenarios.dbt_worker import serve_dbt
from tests.workers import Worker
from warehouse.connection import Connection
from warehouse.engine import Engine, Server
from warehouse.settings import cache_directory


@dataclass(frozen=True, slots=True)
class Lakehouse:
    """The running warehouse: its engine, how to connect, and its state directory."""

    engine: Engine
    server: Server
    connection: Connection
    root: Path

    @property
    def spark(self) -> SparkSession:
        """The Spark session below, for what does not go through the server."""
        return self.engine.spark

    def clear(self, schema: str) -> None:
        """Nothing is left of a schema, also of tables that were written by path."""
        self.spark.sql(f"drop schema if exists {schema} cascade")
        shutil.rmtree(self.root / "external" / schema, ignore_errors=True)


@pytest.fixture(scope="session")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lakehouse]:
    """Started once for the whole run, on a temporary state directory and any free port."""
    root = tmp_path_factory.mktemp("lakehouse")
    server = Server(port=0)
    engine = Engine(root=root, cache=cache_directory(), catalog="lakeledger", profile="lasting")
    try:
        yield Lakehouse(engine, server, server.serve(engine), root)
    finally:
        server.stop()
        engine.stop()


@pytest.fixture(scope="session")
def dbt_worker() -> Iterator[Worker]:
    """dbt in a process that stays warm, for all commands of a run."""
    worker = Worker(serve_dbt)
    yield worker
    worker.stop()


@pytest.fixture
def connect(lakehouse: Lakehouse) -> Iterator[Callable[..., Any]]:
    """A function that gives a fresh connection of the connector; all are closed after the test."""
    opened = []

    def fresh(**options: Any) -> Any:
        connection = lakehouse.connection.connect(**options)
        opened.append(connection)
        return connection

    yield fresh
    for connection in opened:
        if connection.open:
            connection.close()
