"""The process that serves the lakehouse until it is told to stop or nobody uses it any more."""

import logging
import os
import signal
import sys
import threading
import time

import structlog

from warehouse.engine import Engine, Server
from warehouse.errors import WarehouseError, WarehouseNotStarted
from warehouse.run_state import RunState
from warehouse.settings import Settings

_LOOK_SECONDS = 5.0
_log = structlog.get_logger("warehouse.daemon")


def serve(settings: Settings) -> None:
    """Runs the warehouse in this process until SIGTERM, SIGINT or too long an idle time.

    Raises:
        WarehouseError: if it cannot be started.
    """
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    state = RunState(settings.home)
    with state.owned() as ours:
        if not ours:
            raise WarehouseNotStarted(
                f"A warehouse is running over {settings.home} already, or is just stopping. "
                "Stop it first, or set LAKELEDGER_HOME to another directory."
            )
        server = Server(port=settings.port)
        engine = Engine(root=settings.home, cache=settings.cache, catalog=settings.catalog)
        try:
            connection = server.serve(engine)
            state.write(connection)
            threading.Thread(target=engine.warm_up, daemon=True).start()
            _log.info("ready", port=connection.port, pid=connection.pid)
            _wait(server, engine, told, settings.idle_minutes * 60)
        finally:
            server.stop()
            engine.stop()
            _log.info("stopped")


def _wait(server: Server, engine: Engine, told: threading.Event, idle_seconds: float) -> None:
    while not told.wait(_LOOK_SECONDS):
        if not engine.alive:
            _log.error("the engine's Java process is gone: stopping, so that it can be started")
            return
        idle = time.monotonic() - server.last_request
        if idle_seconds and idle > idle_seconds and not server.busy:
            _log.info("nobody asked for anything", idle_minutes=round(idle / 60))
            return


def main() -> int:
    """The entry of the daemon; problems are one sentence on stderr."""
    os.umask(0o077)  # tables, catalog and logs hold what people wrote and did
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        serve(Settings.from_environment())
    except WarehouseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
