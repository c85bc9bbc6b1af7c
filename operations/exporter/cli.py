"""The command `lakeledger exporter`: figures of the pipeline, for Prometheus to scrape."""

import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from ingestion.errors import IngestionError
from ingestion.landing import check_root
from ingestion.logs import configure_logs
from operations.exporter.collector import PipelineCollector
from operations.exporter.parts import parts
from operations.refusals import explained
from warehouse.databricks import named_warehouse
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse, start
from warehouse.settings import Settings

DEFAULT_PORT = 9108


class ExporterRefused(Exception):
    """The exporter cannot serve at the address that was asked for."""


def exporter(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = DEFAULT_PORT,
    address: Annotated[str, typer.Option(help="Address to serve at.")] = "127.0.0.1",
    once: Annotated[bool, typer.Option("--once", help="Print the figures and end.")] = False,
    keep: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long figures are kept.")
    ] = 30.0,
    landing: Annotated[
        Path | None, typer.Option(help="Folder that files land in. Default: <home>/landing.")
    ] = None,
) -> None:
    """Serve figures of the pipeline in Prometheus' format, until stopped."""
    configure_logs()  # on stderr: what is printed are figures alone
    with explained(ExporterRefused, IngestionError, WarehouseError):
        home = Settings.from_environment().home
        folder = (landing or home / "landing").absolute()
        if landing:
            check_root(str(folder))
        with running_warehouse():
            found = parts(_connect, folder if folder.is_dir() else None, home / "checkpoints")
            registry = CollectorRegistry()
            collector = PipelineCollector(found, keep)
            registry.register(collector)
            if once:
                typer.echo(generate_latest(registry).decode(), nl=False)
            else:
                # The first reading is the slowest: it is made before anybody asks.
                threading.Thread(target=lambda: list(collector.collect()), daemon=True).start()
                serve(registry, address, port)


def _connect() -> Any:
    """A session with the warehouse of now: an engine that has ended is started again."""
    warehouse = named_warehouse() or start(Settings.from_environment())
    return warehouse.connect()


def serve(registry: CollectorRegistry, address: str, port: int) -> None:
    """Serves the registry until the process is told to end.

    Raises:
        ExporterRefused: if the address is taken, or is none of this machine.
    """
    try:
        server, thread = start_http_server(port, address, registry)
    except OSError as error:
        raise ExporterRefused(
            f"Nothing can be served at {address}:{port} ({error.strerror}): --port names another."
        ) from error
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    typer.echo(f"Figures: http://{address}:{server.server_port}/metrics")
    stop.wait()
    server.shutdown()
    server.server_close()
    thread.join()
