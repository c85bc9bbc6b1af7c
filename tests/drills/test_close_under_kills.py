"""A month of three accounts whose close is killed at each step, and the warehouse below it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.closing import MODELS, Month, play_close
from tests.faults.plant import Plant

SEED = 2026


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path / "home", MODELS)
    try:
        yield made.open()
    finally:
        made.close()


def test_a_month_is_closed_once_and_for_all(plant: Plant) -> None:
    assert play_close(plant, Month(SEED)) == []
