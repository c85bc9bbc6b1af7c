"""In which order services start, each after those that it needs, and which are left out."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from operations.live.errors import ServiceFailed
from operations.live.service import Service


def in_order(services: Sequence[Service]) -> list[Service]:
    """The services, needed ones first, else as they were given.

    Raises:
        ServiceFailed: if one needs a service that there is not, or itself.
    """
    known = {service.name: service for service in services}
    for service in services:
        for needed in service.needs:
            if needed not in known:
                raise ServiceFailed(f"{service.name} needs {needed}, which is no service here.")
    sorter = TopologicalSorter({service.name: service.needs for service in services})
    try:
        return [known[name] for name in sorter.static_order()]
    except CycleError as error:
        raise ServiceFailed(f"Services need each other: {' -> '.join(error.args[1])}.") from error


def left_out(ordered: Sequence[Service]) -> dict[str, str]:
    """Why a service is not started, by its name: not installed, or in need of one that is not.

    ``ordered`` has needed ones first. A service that is not optional is never left out: its start
    says what is missing.
    """
    reasons: dict[str, str] = {}
    for service in ordered:
        lacking = [needed for needed in service.needs if needed in reasons]
        missing = service.missing()
        if missing and service.optional:
            reasons[service.name] = missing
        elif lacking and service.optional:
            reasons[service.name] = f"it needs {', '.join(lacking)}."
    return reasons
