"""Sessions of clients: each has temporary views, settings and a current schema of its own."""

import contextlib
import secrets
import threading
import time
from collections.abc import Mapping

from databricks.sql.thrift_api.TCLIService import ttypes
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from warehouse.catalog_reader import CatalogReader, quoted
from warehouse.dialect import ENGINE_CATALOG, Dialect
from warehouse.errors import BadStatement
from warehouse.information_schema import relation_sql
from warehouse.newest_commit import HISTORY, asked_table, newest_commit
from warehouse.parameters import bind
from warehouse.pushdown import Wanted
from warehouse.refusals import is_ignored, refuse, without_keys
from warehouse.results import Result, collect, empty_result, local_result
from warehouse.statements import Statement
from warehouse.tokens import Token, significant_tokens

# The short names that a SQL warehouse takes for settings, and what the engine calls them.
_SHORT_NAMES = {"ansi_mode": "spark.sql.ansi.enabled", "timezone": "spark.sql.session.timeZone"}


class Session:
    """One client's session over a Spark session of its own."""

    def __init__(self, spark: SparkSession, catalog: str) -> None:
        self.id = secrets.token_bytes(16)
        self.secret = secrets.token_bytes(16)
        self.spark = spark
        self.catalog = catalog
        self.reader = CatalogReader(spark)
        self.statements: dict[bytes, Statement] = {}
        self.last_used = time.monotonic()
        self._schema: str | None = None
        self._dialect = Dialect(catalog, self._relation)

    def _relation(self, name: str, wanted: Wanted) -> str:
        return relation_sql(self.reader, self.catalog, name, wanted)

    def configure(self, settings: Mapping[str, str]) -> None:
        """Applies the settings that came with the session."""
        for key, value in settings.items():
            if not key.startswith("spark.thriftserver."):
                self.spark.conf.set(_SHORT_NAMES.get(key.lower(), key), value)

    def enter(self, catalog: str | None, schema: str | None) -> None:
        """Makes these the current ones; the schema may be made later than the session.

        Raises:
            BadStatement: if there is no such catalog.
        """
        known = (self.catalog.lower(), ENGINE_CATALOG)
        if catalog and catalog.lower() not in known:
            raise BadStatement(
                f"[NO_SUCH_CATALOG_EXCEPTION] Catalog '{catalog}' was not found: the embedded "
                f"lakehouse has one catalog, '{self.catalog}'."
            )
        self._schema = schema
        self._enter_schema()

    def _enter_schema(self) -> None:
        """A client may name a schema before it makes it: try until it is there."""
        if self._schema is None:
            return
        with contextlib.suppress(PySparkException):
            self.spark.sql(f"USE {ENGINE_CATALOG}.{quoted(self._schema)}")
            self._schema = None

    def run(self, sql: str, parameters: list[object] | None, limit: int | None) -> Result:
        """Runs one statement as a client sends it and gives its rows."""
        bound = bind(sql, parameters)
        tokens = significant_tokens(bound)
        if is_ignored(tokens):
            return empty_result()
        refuse(tokens)
        if (newest := self._newest_commit(tokens)) is not None:
            return newest
        self._enter_schema()
        text = self._dialect.translate(without_keys(bound))
        about = tokens[0].keyword in ("SHOW", "DESCRIBE", "DESC") if tokens else False
        return collect(self.spark.sql(text), limit, self.shown if about else None)

    def _newest_commit(self, tokens: list[Token]) -> Result | None:
        """The answer that needs no job; None where the engine has to give it."""
        asked = asked_table(tokens, (self.catalog.lower(), ENGINE_CATALOG))
        log = self.reader.delta_log(*asked) if asked else None
        row = newest_commit(log) if log else None
        return None if row is None else local_result([row], HISTORY)

    @property
    def busy(self) -> bool:
        """Whether a statement of this session is running."""
        return any(not statement.over for statement in list(self.statements.values()))

    def close(self) -> None:
        """Stops what is running and drops the rows that were kept."""
        for statement in list(self.statements.values()):
            statement.cancel()
        self.statements.clear()

    def shown(self, message: str) -> str:
        """A message with the catalog named as the client knows it."""
        return self._dialect.shown(message)


class Sessions:
    """All open sessions by id; those that nobody used for long are closed."""

    def __init__(self, idle_seconds: float) -> None:
        self._open: dict[bytes, Session] = {}
        self._lock = threading.Lock()
        self._idle_seconds = idle_seconds

    def __len__(self) -> int:
        return len(self._open)

    def add(self, session: Session) -> None:
        """Keeps a session, and takes the occasion to close forgotten ones."""
        with self._lock:
            self._open[session.id] = session
            forgotten = [
                old.id
                for old in self._open.values()
                if time.monotonic() - old.last_used > self._idle_seconds and not old.busy
            ]
        for old in forgotten:
            self.close(old)

    def get(self, handle: ttypes.TSessionHandle | None) -> Session:
        """The open session of this handle.

        Raises:
            BadStatement: if there is none, or the handle's secret is another.
        """
        wanted = handle.sessionId if handle is not None else None
        session = self._open.get(wanted.guid) if wanted is not None else None
        if (
            session is None
            or wanted is None
            or not secrets.compare_digest(session.secret, wanted.secret or b"")
        ):
            raise BadStatement(
                "[INVALID_HANDLE.SESSION_NOT_FOUND] This session is not open: it was closed, was "
                "idle for too long, or the warehouse was started again. Connect again."
            )
        session.last_used = time.monotonic()
        return session

    def close(self, identifier: bytes) -> None:
        """Forgets a session and stops what it still runs."""
        with self._lock:
            session = self._open.pop(identifier, None)
        if session is not None:
            session.close()

    def close_all(self) -> None:
        """Closes every session."""
        for identifier in list(self._open):
            self.close(identifier)

    @property
    def busy(self) -> bool:
        """Whether any session is running a statement."""
        return any(session.busy for session in list(self._open.values()))

    def statement(self, handle: ttypes.TOperationHandle | None) -> tuple[Session, Statement]:
        """The statement of this handle and its session.

        Raises:
            BadStatement: if there is none.
        """
        wanted = handle.operationId if handle is not None else None
        for session in list(self._open.values()):
            found = session.statements.get(wanted.guid) if wanted is not None else None
            if (
                found is not None
                and wanted is not None
                and secrets.compare_digest(found.secret, wanted.secret or b"")
            ):
                session.last_used = time.monotonic()
                return session, found
        raise BadStatement(
            "[INVALID_HANDLE.OPERATION_NOT_FOUND] This statement is not known: it was closed "
            "already, or its session was."
        )
