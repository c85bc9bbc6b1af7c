"""A short, seeded part of `make faults`: nothing lost, nothing twice, whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import closing
from tests.faults.closing import Month, play_close
from tests.faults.plant import Plant
from tests.faults.play import play
from tests.faults.rounds import round_of

SEED = 2026
SEQUENCES = 12


@pytest.fixture
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path / "home", *request.param)
    try:
        yield made.open()
    finally:
        made.close()


@pytest.mark.parametrize("plant", [()], indirect=True, ids=["usage"])
def test_silver_and_money_are_as_without_faults(plant: Plant) -> None:
    played = round_of(SEED, 0, SEQUENCES)
    assert play(plant, played.world, played.faults) == [], "\n".join(map(str, played.faults))


@pytest.mark.parametrize("plant", [(closing.MODELS,)], indirect=True, ids=["close"])
def test_a_month_is_closed_once_and_for_all(plant: Plant) -> None:
    assert play_close(plant, Month(SEED)) == []
