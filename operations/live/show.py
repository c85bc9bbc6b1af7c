"""The command `lakeledger live`: the whole live system, for a while, in the terminal."""

import signal
from typing import Annotated

import typer
from rich.console import Console

from operations.dbt import DbtFailed
from operations.live import cli
from operations.live.errors import ServiceFailed
from operations.live.play import Play
from operations.live.services import services
from operations.refusals import explained
from operations.simulator.errors import SimulatorError
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

WHERE = """Mails: {home}/mail. Tables: LAKELEDGER_HOME={home} lakeledger sql
Grafana's dashboard of it: lakeledger dashboards --output DIR"""


def live(
    rate: Annotated[float, typer.Option(min=1, help="Orders a second.")] = 100,
    seconds: Annotated[float, typer.Option(min=10, help="For how long they come.")] = 180,
    seed: Annotated[
        int | None, typer.Option(help="Of the orders. Default: another one each time.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the services running.")] = False,
) -> None:
    """Start everything, let orders come, build and mail meanwhile, compare, and stop.

    What `up` starts, the simulator, continuous ingestion and dbt in a loop. Ends with exit code 1
    if a way of counting differs from what was sent.
    """
    settings, console = Settings.from_environment(), Console(highlight=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with explained(ServiceFailed, SimulatorError, WarehouseError, DbtFailed):
        try:
            cli.up()
            with running_warehouse(settings.home) as connection:
                play = Play(
                    home=settings.home,
                    console=console,
                    connection=connection,
                    address=lambda name: address(settings, name),
                )
                verdict = play.run(rate, seconds, seed)
            console.print(verdict.table())
            console.print(WHERE.format(home=settings.home))
        finally:
            if not keep:
                cli.down()
        if not verdict.is_right:
            raise ServiceFailed("A way of counting differs from what was sent.")


def address(settings: Settings, name: str) -> str | None:
    """host:port of `service/port`, while the service runs."""
    service, port = name.split("/")
    for running in services(settings):
        if running.service.name == service and running.process is not None:
            return running.place.address(port)
    return None
