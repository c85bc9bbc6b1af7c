"""The lakehouse in one process: the engine below, and the server that stands in front of it."""

import contextlib
import logging
import os
import secrets
import threading
from collections.abc import Collection
from itertools import groupby
from pathlib import Path

import structlog
from pyspark.sql import SparkSession

from warehouse.catalog_reader import quoted
from warehouse.connection import Connection
from warehouse.endpoint import Endpoint
from warehouse.errors import WarehouseNotStarted
from warehouse.pushdown import Wanted
from warehouse.service import Service
from warehouse.sessions import Session, Sessions
from warehouse.spark import local_session, stop_session
from warehouse.spark_settings import Profile

# Schemas whose tables ingestion writes by path and clients by name: who makes a table first makes
# it in the same folder.
_SHARED_SCHEMAS = ("operations",)
_SESSION_IDLE_SECONDS = 2 * 3600.0
_log = structlog.get_logger("warehouse.engine")


class Engine:
    """Spark and Delta over one state directory, and the owner of its catalog."""

    def __init__(
        self, *, root: Path, cache: Path, catalog: str, profile: Profile = "interactive"
    ) -> None:
        self.root = root
        self.catalog = catalog
        self.spark: SparkSession = local_session(
            root=root, cache=cache, app_name="warehouse", catalog="derby", profile=profile
        )
        # Errors of statements go to the client; they are no news for this process's terminal.
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
        self._lock = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether its JVM runs: killed, or out of memory, it does not come back by itself."""
        return bool(self.spark.sparkContext._gateway.proc.poll() is None)

    def stop(self) -> None:
        """Stops Spark and waits until its JVM is gone."""
        stop_session(self.spark)

    def warm_up(self) -> None:
        """Opens the catalog and runs a first query, so that the first client need not wait."""
        with contextlib.suppress(Exception):  # whatever is wrong, a client will be told
            session = self.open_session()
            session.reader.schemas(Wanted())
            session.run("SELECT 1", None, None)

    def open_session(self) -> Session:
        """A session for one client, with tables registered that other processes have made."""
        session = Session(self.spark.newSession(), self.catalog)
        with self._lock:
            known = session.reader.schemas(Wanted())
            self._place_shared_schemas(session, known)
            self._register_external(session, known)
        return session

    def _place_shared_schemas(self, session: Session, known: Collection[str]) -> None:
        """Managed tables of a shared schema lie where tables by path do."""
        for schema in _SHARED_SCHEMAS:
            if schema not in known:
                session.spark.sql(
                    f"CREATE SCHEMA IF NOT EXISTS spark_catalog.{quoted(schema)}"
                    f" LOCATION {_text(self.root / 'external' / schema)}"
                )

    def _register_external(self, session: Session, known: Collection[str]) -> None:
        """Gives the Delta tables under external/<schema>/<table> their names in the catalog.

        dbt opens a session for nearly every model, so the catalog is asked once for each schema.
        """
        logs = sorted((self.root / "external").glob("*/*/_delta_log"))
        for schema, of_schema in groupby(logs, key=lambda log: log.parent.parent.name):
            if schema.lower() not in known:
                session.spark.sql(f"CREATE SCHEMA IF NOT EXISTS spark_catalog.{quoted(schema)}")
            named = set(session.reader.names_in(schema))
            for folder in (log.parent for log in of_schema):
                if folder.name.lower() in named:
                    continue
                name = f"spark_catalog.{quoted(schema)}.{quoted(folder.name)}"
                session.spark.sql(
                    f"CREATE TABLE IF NOT EXISTS {name} USING delta LOCATION {_text(folder)}"
                )
                _log.info("registered", schema=schema, table=folder.name)


def _text(path: Path) -> str:
    """A path as a literal of SQL."""
    escaped = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


class Server:
    """Answers clients on a port of the loopback interface; ``port`` 0 takes any free one.

    Raises:
        WarehouseNotStarted: if the port is taken.
    """

    def __init__(self, *, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        try:
            self._endpoint = Endpoint(port, self.token)
        except OSError as error:
            raise WarehouseNotStarted(
                f"Port {port} of 127.0.0.1 cannot be used ({error.strerror}): another program has "
                "it. Set LAKELEDGER_PORT to a free port, or to 0 for any."
            ) from error
        self._sessions = Sessions(_SESSION_IDLE_SECONDS)
        self._service: Service | None = None
        self._thread: threading.Thread | None = None

    def serve(self, engine: Engine) -> Connection:
        """Starts to answer, in a thread of its own; says how to connect."""
        self._service = Service(self._sessions, engine.open_session, self._endpoint.files)
        self._endpoint.answer_with(self._service)
        self._thread = threading.Thread(
            target=self._endpoint.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()
        return Connection(
            port=self._endpoint.port, token=self.token, catalog=engine.catalog, pid=os.getpid()
        )

    @property
    def last_request(self) -> float:
        """When the last call came, on the monotonic clock."""
        return self._endpoint.last_request

    @property
    def busy(self) -> bool:
        """Whether a statement is running."""
        return self._sessions.busy

    @property
    def open_sessions(self) -> int:
        """How many sessions are open."""
        return len(self._sessions)

    def stop(self) -> None:
        """Takes no more calls and stops what is running."""
        if self._thread is not None:
            self._endpoint.shutdown()
            self._thread.join()
        if self._service is not None:
            self._service.stop()
        self._endpoint.server_close()
