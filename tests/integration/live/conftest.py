"""Services for tests: started in a folder of the test, and ended with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations.live.service import Running, Service

Start = Callable[[Service], Running]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a service in a home of this module."""
    home: Path = tmp_path_factory.mktemp("services")
    running: list[Running] = []

    def begin(service: Service) -> Running:
        running.append(Running(service, home))
        running[-1].start()
        return running[-1]

    yield begin
    for one in reversed(running):
        one.stop()
