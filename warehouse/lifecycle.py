"""Starts, stops and finds the daemon from other processes."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.connection import Connection
from warehouse.databricks import named_warehouse
from warehouse.errors import WarehouseNotStarted
from warehouse.run_state import RunState
from warehouse.settings import PROJECT, Settings, make_private, without_secrets

_START_SECONDS = 180.0
_STOP_SECONDS = 90.0
_LOOK_SECONDS = 0.1
# Daemons that this process has started: they outlive it, and when they end they are to be reaped.
_started: "list[subprocess.Popen[bytes]]" = []


def start(settings: Settings) -> Connection:
    """Starts the daemon and waits until it answers; one that runs already is taken as it is.

    Raises:
        WarehouseNotStarted: with the reason it gave, and the log that says more.
    """
    state = RunState(settings.home)
    found = state.read()
    if found is not None:
        return found
    log = settings.home / "logs" / "warehouse.log"
    make_private(log.parent)
    begin = log.stat().st_size if log.exists() else 0
    child = _spawn(settings, log)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        found = state.read()
        if found is not None and answers(found):
            return found
        if child.poll() is not None and not state.alive():
            raise WarehouseNotStarted(_reason(log, begin))
        time.sleep(_LOOK_SECONDS)
    child.terminate()
    raise WarehouseNotStarted(
        f"The warehouse did not answer within {_START_SECONDS:.0f} seconds; see {log}."
    )


def _spawn(settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **without_secrets(os.environ),
        "LAKELEDGER_HOME": str(settings.home),
        "LAKELEDGER_CACHE": str(settings.cache),
        "LAKELEDGER_PORT": str(settings.port),
        "LAKELEDGER_CATALOG": settings.catalog,
        "LAKELEDGER_IDLE_MINUTES": str(settings.idle_minutes),
        "PYTHONPATH": os.pathsep.join(
            filter(None, (str(PROJECT), os.environ.get("PYTHONPATH", "")))
        ),
    }
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "warehouse"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=settings.home,
            env=environment,
            start_new_session=True,
        )
    _started.append(child)
    return child


def _reason(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        said = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    plain = [line for line in said if not line.startswith("{")]
    return plain[-1] if plain else f"The warehouse ended before it answered; see {log}."


def answers(connection: Connection) -> bool:
    """Whether the warehouse answers HTTP."""
    address = f"{connection.host}/.well-known/databricks-config"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            address, timeout=5
        ) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def stop(settings: Settings) -> bool:
    """Stops the daemon and waits for its end; False if none was running.

    Raises:
        WarehouseNotStarted: if it does not end, or is still starting.
    """
    state = RunState(settings.home)
    try:
        return _stop(state, settings.home)
    finally:
        for child in list(_started):
            if child.poll() is not None:
                _started.remove(child)


def _stop(state: RunState, home: Path) -> bool:
    if not state.alive():
        return False
    deadline = time.monotonic() + _STOP_SECONDS
    sent = None
    while time.monotonic() < deadline:
        if not state.alive():
            _wait_for_end(sent)
            return True
        found = state.read()
        if found is not None and found.pid != sent:
            os.kill(found.pid, signal.SIGTERM)
            sent = found.pid
        time.sleep(_LOOK_SECONDS)
    if sent is None:
        raise WarehouseNotStarted(f"A warehouse over {home} is starting; try again.")
    os.kill(sent, signal.SIGKILL)
    return True


def _wait_for_end(pid: int | None) -> None:
    """The lock is free a moment before the process is gone."""
    for child in _started:
        if child.pid == pid:
            child.wait(10)


def status(settings: Settings) -> Connection | None:
    """How to connect to the running daemon, or None."""
    return RunState(settings.home).read()


@contextmanager
def running_warehouse(home: Path | None = None) -> Iterator[Connection]:
    """A warehouse over ``home`` (LAKELEDGER_HOME by default): one that runs, or a new one.

    A new one is stopped at the end, one that was running is left alone. LAKELEDGER_TARGET=prod
    means the SQL warehouse that the environment names.
    """
    if named := named_warehouse():
        yield named
        return
    base = Settings.from_environment()
    settings = base if home is None else base.at(home)
    before = status(settings)
    connection = start(settings)
    try:
        yield connection
    finally:
        if before is None:
            stop(settings)
