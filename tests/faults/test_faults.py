"""A short, seeded part of `make faults`: nothing lost, nothing twice, whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.plant import Plant
from tests.faults.play import play
from tests.faults.rounds import round_of

SEED = 2026
SEQUENCES = 6


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path / "home")
    try:
        yield made.open()
    finally:
        made.close()


def test_silver_and_money_are_as_without_faults(plant: Plant) -> None:
    played = round_of(SEED, 0, SEQUENCES)
    assert play(plant, played.world, played.faults) == [], "\n".join(map(str, played.faults))
