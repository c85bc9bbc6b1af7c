"""Rows of commands in the log of the platform, `operations.platform_logs`.

dbt writes to the same table (macros/platform_log.sql), and so does ingestion. A log that cannot be
written is reported, and the command goes on.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import structlog

from ingestion.log_table import COLUMNS, TABLE
from operations.queries import Cursor, rows
from warehouse.connection import Connection
from warehouse.provenance import Provenance

_OWN = "component, run_id, subject, status, message, rows_out, actor, code_version, git_revision"
_INSERT = f"""insert into {TABLE} (logged_at, {_OWN})
    values (current_timestamp(), :component, :run_id, :subject, :status, :message,
        cast(:rows_out as bigint), :actor, :code_version, :git_revision)"""
_log = structlog.get_logger("operations")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session whose commits say who made them, and its rows in the log."""

    cursor: Cursor
    who: Provenance

    def add(
        self, subject: str, message: str, *, status: str = "ok", row_count: int | None = None
    ) -> None:
        """Adds a row: what was done to what, or why it was refused."""
        values = {
            "component": self.who.component,
            "run_id": self.who.run_id,
            "subject": subject,
            "status": status,
            "message": message,
            "rows_out": row_count,
            "actor": self.who.actor,
            "code_version": self.who.code_version,
            "git_revision": self.who.git_revision,
        }
        try:
            try:
                self.cursor.execute(_INSERT, values)
            except Exception:  # the table is missing, or is of an older version: then once more
                _prepare(self.cursor)
                self.cursor.execute(_INSERT, values)
        except Exception as error:
            said = str(error).splitlines() or [type(error).__name__]
            _log.warning("platform log cannot be written", error=said[0])


@contextmanager
def recorded_session(warehouse: Connection, component: str) -> Iterator[Recorded]:
    """A session of a command that changes something."""
    who = Provenance.of(component)
    with closing(warehouse.connect(session_configuration=who.session_configuration)) as client:
        yield Recorded(client.cursor(), who)


def rollbacks(cursor: Cursor, run_id: str) -> Sequence[str]:
    """What a run of dbt said of published tables whose checks failed; `table: sentence` each."""
    found = rows(
        cursor,
        f"""select concat(subject, ': ', message) from {TABLE}
        where component = 'rollback' and run_id = :run_id order by subject""",
        run_id=run_id,
    )
    return [str(row[0]) for row in found]


def _prepare(cursor: Cursor) -> None:
    """The table is there, with every column."""
    listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with suppress(Exception):  # whoever may not make schemas finds the one that was made for them
        cursor.execute(f"create schema if not exists {TABLE.split('.')[0]}")
    cursor.execute(f"create table if not exists {TABLE} ({listed}) using delta")
    there = {row[0] for row in rows(cursor, f"describe table {TABLE}")}
    missing = [f"{name} {kind}" for name, kind in COLUMNS.items() if name not in there]
    if missing:
        cursor.execute(f"alter table {TABLE} add columns ({', '.join(missing)})")
