"""The files under run/ that tell others about the running warehouse."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from warehouse.connection import Connection
from warehouse.endpoint import HOST
from warehouse.settings import make_private


class RunState:
    """Reads and writes run/ of one home; a lock, not a file, says whether a daemon lives."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "run"
        self._lock = self._folder / "warehouse.lock"
        self._token = self._folder / "token"
        self._facts = self._folder / "warehouse.json"

    @contextmanager
    def owned(self) -> Iterator[bool]:
        """Holds the lock while inside; gives False where another process has it."""
        make_private(self._folder)
        with self._lock.open("a") as file:
            if not _locked(file):
                yield False
                return
            try:
                yield True
            finally:
                self._facts.unlink(missing_ok=True)
                self._token.unlink(missing_ok=True)

    def alive(self) -> bool:
        """Whether some process holds the lock."""
        if not self._lock.exists():
            return False
        with self._lock.open("a") as file:
            return not _locked(file)

    def write(self, connection: Connection) -> None:
        """Tells how to connect; the token can be read by its owner only."""
        self._token.unlink(missing_ok=True)
        descriptor = os.open(self._token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(connection.token)
        facts = {
            "pid": connection.pid,
            "host": HOST,
            "port": connection.port,
            "catalog": connection.catalog,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        fresh = self._facts.with_suffix(".tmp")
        fresh.write_text(json.dumps(facts, indent=2) + "\n")
        fresh.replace(self._facts)

    def read(self) -> Connection | None:
        """How to connect to the running daemon; None while there is none or it is starting."""
        if not self.alive():
            return None
        try:
            facts = json.loads(self._facts.read_text())
            return Connection(
                port=facts["port"],
                token=self._token.read_text(),
                catalog=facts["catalog"],
                pid=facts["pid"],
            )
        except (OSError, ValueError, KeyError):
            return None

    def started_at(self) -> str:
        """When the running daemon came up, in UTC; "" if that is not known."""
        try:
            return str(json.loads(self._facts.read_text())["started_at"])
        except (OSError, ValueError, KeyError):
            return ""


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
