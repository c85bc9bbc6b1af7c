from collections.abc import Callable

import pytest
from played import Played, options, play


@pytest.fixture(scope="session")
def hostile() -> Played:
    """A run with everything that can be wrong."""
    return play(options(frauds=0.02))


@pytest.fixture
def playing() -> Callable[..., Played]:
    return lambda preset="hostile", **changes: play(options(preset, **changes))
