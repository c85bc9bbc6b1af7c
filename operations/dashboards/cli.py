"""The command `lakeledger dashboards`: writes what Grafana reads at its start."""

from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from operations.dashboards.provisioning import Sources, provisioning
from operations.live import prometheus, victoria_metrics
from operations.live.errors import ServiceFailed
from operations.live.services import services
from operations.live.settings import read_settings
from operations.refusals import explained
from operations.simulator.delivery import write_atomically
from operations.simulator.errors import SimulatorError
from warehouse.errors import WarehouseError
from warehouse.settings import Settings

Output = Annotated[Path, typer.Option(help="Folder to write to; files of the same name go.")]
Address = Annotated[
    str | None, typer.Option(metavar="URL", help="Default: the service of this machine.")
]
Found = Annotated[
    str | None, typer.Option(help="The folder as Grafana sees it, if it is on another machine.")
]


def dashboards(
    output: Output,
    hot_store_url: Address = None,
    prometheus_url: Address = None,
    seen_as: Found = None,
) -> None:
    """Write Grafana's datasources and dashboards, to be found at its start."""

    def write() -> None:
        settings = Settings.from_environment()
        sources = Sources(
            hot_store=hot_store_url or _here(settings, victoria_metrics.NAME),
            prometheus=prometheus_url or _here(settings, prometheus.NAME),
            scrape_seconds=read_settings(settings.home).intervals.scrape_seconds,
        )
        place = PurePosixPath(seen_as or output.absolute().as_posix())
        for name, content in provisioning(sources, place / "dashboards").items():
            write_atomically(output / name, content.encode())
            typer.echo(output / name)
        typer.echo(f"Start Grafana with GF_PATHS_PROVISIONING={place / 'provisioning'}")

    with explained(ServiceFailed, SimulatorError, WarehouseError):
        write()


def _here(settings: Settings, name: str) -> str:
    """The address of a service of this home; its port is the same at every start."""
    found = next(one for one in services(settings) if one.service.name == name)
    return f"http://{found.place.address('http')}"
