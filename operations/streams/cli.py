"""The command `lakeledger streams`."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import GCCollector, PlatformCollector, ProcessCollector, start_http_server
from rich.console import Console

from ingestion.errors import IngestionError
from ingestion.kafka import read_client_config
from ingestion.logs import configure_logs
from operations.refusals import explained
from operations.streams.errors import StreamsFailed
from operations.streams.metrics import Metrics
from operations.streams.run import Streams
from operations.streams.settings import Settings
from warehouse.errors import WarehouseError
from warehouse.settings import Settings as WarehouseSettings


def streams(
    kafka_config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Properties of a Kafka client. Default: <home>/kafka.properties."
        ),
    ] = None,
    topic: Annotated[str, typer.Option(help="Where orders come from.")] = "orders",
    hot_store_config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Configuration of an InfluxDB 2 client. Default: <home>/hot_store.ini.",
        ),
    ] = None,
    bucket: Annotated[str, typer.Option(help="Bucket of the hot store.")] = "orders",
    metrics_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where Prometheus asks for figures.")
    ] = 9464,
    metrics_address: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Interface on which it may ask.")
    ] = "127.0.0.1",
    trigger_seconds: Annotated[
        float, typer.Option(min=0.1, help="Seconds between micro-batches of the hot path.")
    ] = 2.0,
    totals_seconds: Annotated[
        float, typer.Option(min=0.1, help="Seconds between micro-batches of running totals.")
    ] = 10.0,
    max_messages: Annotated[
        int, typer.Option(min=1, help="Most messages in a micro-batch.")
    ] = 100_000,
    available_now: Annotated[
        bool, typer.Option("--available-now", help="Take what is there, say what it was, and end.")
    ] = False,
    checkpoints: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the checkpoints. Default: <home>/checkpoints."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log on a terminal, too.")] = False,
) -> None:
    """Orders as they come: windows to the hot store, running totals to tables."""
    configure_logs(verbose=verbose)
    where = WarehouseSettings.from_environment()
    with explained(StreamsFailed, IngestionError, WarehouseError):
        settings = Settings(
            home=where.home,
            cache=where.cache,
            checkpoints=(checkpoints or where.home / "checkpoints").absolute(),
            kafka=read_client_config(kafka_config or where.home / "kafka.properties"),
            topic=topic,
            hot_store=(hot_store_config or where.home / "hot_store.ini").absolute(),
            bucket=bucket,
            trigger_seconds=trigger_seconds,
            totals_seconds=totals_seconds,
            max_messages=max_messages,
        )
        _run(settings, None if available_now else (metrics_address, metrics_port))


def _run(settings: Settings, served: tuple[str, int] | None) -> None:
    metrics, stop = Metrics(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running = Streams(settings, metrics, stop)
    with running.queries() as queries:
        if served is None:
            running.take_available(queries)
            _summary(metrics)
        else:
            running.go_on(queries, lambda: _serve(metrics, *served))


def _serve(metrics: Metrics, address: str, port: int) -> None:
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=metrics.registry)
    try:
        start_http_server(port, address, metrics.registry)
    except OSError as error:
        raise StreamsFailed(
            f"Figures cannot be served at {address}:{port} ({error.strerror}): name another port"
            " with --metrics-port."
        ) from error


def _summary(metrics: Metrics) -> None:
    counts = metrics.counts()
    console = Console(highlight=False, soft_wrap=True)

    def say(text: str) -> None:
        console.print(text, markup=False)

    say(
        f"{counts['messages']:,.0f} messages: {counts['valid']:,.0f} valid,"
        f" {counts['duplicates']:,.0f} of them copies, {counts['late']:,.0f} late,"
        f" {counts['outliers']:,.0f} at an unusual price"
    )
    for name, count in sorted(counts.items()):
        kind, _, label = name.partition(":")
        if kind == "invalid":
            say(f"  dead letters, {label}: {count:,.0f}")
        elif kind == "unknown_fields":
            say(f"  with the undeclared field {label}: {count:,.0f}")
    say(f"Points written to the hot store: {counts['points']:,.0f}")
