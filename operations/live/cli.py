"""The commands `lakeledger up`, `down` and `status`: the services of the live system."""

from contextlib import suppress
from pathlib import Path

from rich.console import Console

from operations.live.errors import ServiceFailed
from operations.live.kafka import bootstrap, broker, client_properties, ensure_topic
from operations.live.order import in_order
from operations.live.service import Running
from operations.refusals import explained
from operations.simulator.delivery import write_atomically
from operations.simulator.errors import SimulatorError
from warehouse.errors import WarehouseError
from warehouse.settings import Settings, make_private

TOPICS = {"orders": 4}


def up() -> None:
    """Start the services of the live system, each when those that it needs are healthy."""
    settings, console = Settings.from_environment(), _console()

    def start() -> None:
        for running in services(settings):
            with console.status(f"{running.service.name} …"):
                started = running.start()
                _after_start(running, settings.home)
            console.print(_line(running, "started" if started else "ran already"), markup=False)

    with explained(ServiceFailed, SimulatorError, WarehouseError):
        start()


def down() -> None:
    """Stop what `up` has started, the last one first."""
    settings, console = Settings.from_environment(), _console()
    for running in reversed(services(settings)):
        said = "stopped" if running.stop() else "did not run"
        console.print(f"{running.service.name:<14}{said}", markup=False)
    with suppress(FileNotFoundError):
        (settings.home / "kafka.properties").unlink()


def status() -> None:
    """Which services run, where, and whether they answer."""
    settings, console = Settings.from_environment(), _console()
    for running in services(settings):
        if running.process is None:
            said = f"{running.service.name:<14}not running"
        else:
            said = _line(running, "healthy" if running.is_healthy() else "does not answer")
        console.print(said, markup=False)


def services(settings: Settings) -> list[Running]:
    """Every service over this home, in the order of their start."""
    return [Running(service, settings.home) for service in in_order([broker(settings.cache)])]


def _after_start(running: Running, home: Path) -> None:
    """What clients find: topics, and the file that says where the broker is."""
    if running.service.name != "kafka":
        return
    for topic, partitions in TOPICS.items():
        ensure_topic(bootstrap(running.place), topic, partitions)
    make_private(home)
    write_atomically(home / "kafka.properties", client_properties(running.place).encode())


def _line(running: Running, said: str) -> str:
    ports = ", ".join(f"{name} {running.place.address(name)}" for name in running.service.ports)
    return f"{running.service.name:<14}{said}: {ports}"


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
