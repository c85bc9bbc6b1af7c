"""The services of the live system over a home, and how they find each other."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from operations.live.alertmanager import alertmanager
from operations.live.exporter import exporter
from operations.live.kafka import broker
from operations.live.mail import mail_sink
from operations.live.order import in_order
from operations.live.prometheus import prometheus
from operations.live.service import Place, PlaceOf, Running, Service
from operations.live.settings import read_settings
from operations.live.streams import streams
from operations.live.victoria_metrics import victoria_metrics
from warehouse.settings import Settings


def services(settings: Settings) -> list[Running]:
    """Every service over this home, in the order of their start."""

    def made(place_of: PlaceOf) -> list[Service]:
        flow = [broker(settings.cache), victoria_metrics(), streams(settings.home, settings.cache)]
        pipeline = exporter(settings.home, settings.cache)
        return [*flow, pipeline, *monitoring(settings.home, place_of)]

    return connected(settings.home, made)


def monitoring(home: Path, place_of: PlaceOf) -> list[Service]:
    """Those that watch the others and tell a person."""
    wanted = partial(read_settings, home)
    return [mail_sink(home), alertmanager(wanted, place_of), prometheus(wanted, place_of)]


def connected(home: Path, make: Callable[[PlaceOf], Sequence[Service]]) -> list[Running]:
    """Makes services, each of which can ask for the places of all; in the order of their start."""
    known: dict[str, Running] = {}

    def place_of(name: str) -> Place | None:
        found = known.get(name)
        return None if found is None or found.service.missing() else found.place

    known.update({one.name: Running(one, home) for one in in_order(make(place_of))})
    return list(known.values())
