"""The commands `lakeledger up`, `down` and `status`: the services of the live system."""

from contextlib import suppress
from pathlib import Path

from rich.console import Console

from operations.live import mail
from operations.live import victoria_metrics as hot_store
from operations.live.errors import ServiceFailed
from operations.live.kafka import bootstrap, client_properties, ensure_topic
from operations.live.order import left_out
from operations.live.service import Place, Running
from operations.live.services import services
from operations.live.settings import read_settings
from operations.refusals import explained
from operations.simulator.delivery import write_atomically
from operations.simulator.errors import SimulatorError
from warehouse.errors import WarehouseError
from warehouse.settings import Settings, make_private

TOPICS = {"orders": 4}
# What clients read to find a service; gone when the service is.
CLIENT_FILES = ("kafka.properties", "hot_store.ini", "smtp.properties")


def up() -> None:
    """Start the services of the live system, each when those that it needs are healthy."""
    settings, console = Settings.from_environment(), _console()

    def start() -> None:
        known = services(settings)
        absent = left_out([running.service for running in known])
        for running in known:
            name = running.service.name
            if name in absent:
                console.print(f"{name:<18}left out: {absent[name]}", markup=False)
                continue
            with console.status(f"{name} …"):
                started = start_for_clients(running, settings.home)
            console.print(_line(running, "started" if started else "ran already"), markup=False)

    with explained(ServiceFailed, SimulatorError, WarehouseError):
        start()


def down() -> None:
    """Stop what `up` has started, the last one first."""
    settings, console = Settings.from_environment(), _console()
    with explained(ServiceFailed):
        for running in reversed(services(settings)):
            said = "stopped" if running.stop() else "did not run"
            console.print(f"{running.service.name:<18}{said}", markup=False)
    for name in CLIENT_FILES:
        with suppress(FileNotFoundError):
            (settings.home / name).unlink()


def status() -> None:
    """Which services run, where, and whether they answer."""
    settings, console = Settings.from_environment(), _console()
    with explained(ServiceFailed):
        known = services(settings)
        absent = left_out([running.service for running in known])
        for running in known:
            name = running.service.name
            if running.process is not None:
                said = _line(running, "healthy" if running.is_healthy() else "does not answer")
            else:
                said = f"{name:<18}{absent.get(name, 'not running')}"
            console.print(said, markup=False)


def start_for_clients(running: Running, home: Path) -> bool:
    """Starts a service and writes down where its clients find it; False if it ran already.

    Raises:
        ServiceFailed: with what is missing, or with its last words.
    """
    started = running.start()
    _tell_clients(running.service.name, running.place, home)
    return started


def _tell_clients(name: str, place: Place, home: Path) -> None:
    """What clients find: topics, and files that say where broker, hot store and mail are."""
    make_private(home)
    if name == "kafka":
        for topic, partitions in TOPICS.items():
            ensure_topic(bootstrap(place), topic, partitions)
        write_atomically(home / "kafka.properties", client_properties(place).encode())
    if name == mail.NAME:
        to = read_settings(home).mail
        write_atomically(home / "smtp.properties", mail.client_config(place, to).encode())
    if name == hot_store.NAME:
        write_atomically(home / "hot_store.ini", hot_store.client_config(place).encode())


def _line(running: Running, said: str) -> str:
    ports = ", ".join(f"{name} {running.place.address(name)}" for name in running.service.ports)
    return f"{running.service.name:<18}{said}: {ports}"


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
