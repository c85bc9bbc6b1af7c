"""Services for tests: started in a folder of the test, and ended with it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations.live.programs import Program
from operations.live.service import Running, Service

Installed = Callable[[Program], None]
Start = Callable[[Service], Running]


@pytest.fixture(scope="session")
def installed() -> Installed:
    """Skips the test where a program is missing; fails it if LAKELEDGER_REQUIRE_SERVICES=1."""

    def look(program: Program) -> None:
        missing = program.missing()
        if missing and os.environ.get("LAKELEDGER_REQUIRE_SERVICES") == "1":
            pytest.fail(missing)
        if missing:
            pytest.skip(missing)

    return look


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
