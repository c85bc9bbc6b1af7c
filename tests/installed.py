"""Programs that only a distribution packages: their tests skip where they are missing."""

import os
from collections.abc import Callable

import pytest

from operations.live.programs import Program

Installed = Callable[[Program], None]


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
