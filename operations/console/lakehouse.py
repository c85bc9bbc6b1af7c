"""The one place where the console asks: the embedded lakehouse, or a SQL warehouse."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from operations.console.analyses import Analyses, Statement
from operations.console.frames import Answer, frame_of
from operations.console.kinds import Query
from operations.sessions import Sessions
from warehouse.connection import Connection
from warehouse.databricks import named_warehouse
from warehouse.lifecycle import start
from warehouse.settings import PROJECT, Settings

_SCHEMAS = ("gold_billing", "gold_operational", "operations", "silver")
# Tables come with a build.
_TABLES_SECONDS = 60.0
_TOKEN = "DBT_ENV_SECRET_DATABRICKS_TOKEN"


class Lakehouse:
    """Answers queries; its sessions are kept for the next question."""

    def __init__(self, connect: Callable[[], Any], project: Path = PROJECT) -> None:
        self._sessions = Sessions(connect)
        self._analyses = Analyses(project)
        self._lock = threading.Lock()
        self._present: frozenset[str] = frozenset()
        self._present_until = 0.0

    def ask(self, query: Query) -> Answer:
        """The first ``query.limit`` rows of an analysis; raises what the connector raises."""
        began = time.monotonic()
        statement, found = self._sessions.ask(partial(self._answer, query))
        return Answer(
            frame=found.head(query.limit),
            missing=statement.missing,
            is_unbuilt=statement.is_unbuilt,
            is_cut=len(found) > query.limit,
            read_at=datetime.now(UTC),
            seconds=time.monotonic() - began,
        )

    def _answer(self, query: Query, cursor: Any) -> tuple[Statement, pd.DataFrame]:
        statement = self._analyses.statement(query.analysis, self._tables(cursor))
        cursor.execute(bounded(statement.text, query.limit + 1))
        return statement, frame_of(cursor.fetchall_arrow())

    @property
    def sessions(self) -> Sessions:
        """Its sessions, for who does more than ask."""
        return self._sessions

    def _tables(self, cursor: Any) -> frozenset[str]:
        with self._lock:  # of questions at once the first one finds out
            if time.monotonic() >= self._present_until:
                found = {name for schema in _SCHEMAS for name in _tables_of(cursor, schema)}
                self._present = frozenset(found)
                self._present_until = time.monotonic() + _TABLES_SECONDS
            return self._present


def bounded(statement: str, most: int) -> str:
    """A statement with a limit; one that ends with its own keeps the smaller."""
    head, _, last = statement.rpartition("\n")
    word, _, number = last.strip().partition(" ")
    if word == "limit" and number.isdecimal():
        return f"{head}\nlimit {min(int(number), most)}"
    return f"{statement}\nlimit {most}"


def _tables_of(cursor: Any, schema: str) -> set[str]:
    cursor.execute(f"show schemas like '{schema}'")
    if not cursor.fetchall():
        return set()
    cursor.execute(f"show tables in {schema}")
    return {f"{schema}.{row[1]}" for row in cursor.fetchall()}


def in_hand() -> Connection:
    """The warehouse that the environment names, else the embedded one, started if need be."""
    environment = dict(os.environ)
    if environment.get("DATABRICKS_CLIENT_ID"):
        environment[_TOKEN] = _token_of_the_app()
    return named_warehouse(environment) or start(Settings.from_environment())


def _token_of_the_app() -> str:
    """A Databricks App is a service principal; the kit has its token, or fetches a new one."""
    from databricks.sdk.core import Config

    return Config().authenticate().get("Authorization", "").partition(" ")[2]
