"""Nothing of orders is lost or counted twice when what takes them in is killed meanwhile."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.live.victoria_metrics import PROGRAM
from tests.faults.live_orders import LiveOrders, Size
from tests.installed import Installed
from warehouse.settings import cache_directory

# The same with a million: tests/drills.
SHORT = Size(count=6_000, rate=150)


@pytest.fixture
def live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: Installed
) -> Iterator[LiveOrders]:
    installed(PROGRAM)
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path))
    monkeypatch.setenv("LAKELEDGER_CACHE", str(cache_directory()))
    monkeypatch.setenv("LAKELEDGER_PORT", "0")
    found = LiveOrders(tmp_path)
    yield found
    found.stop()


def check(live: LiveOrders, size: Size, seed: int) -> None:
    played = live.play(size, seed)
    expected = json.loads((live.home / "expected_orders.json").read_text())
    assert expected["complete"]
    assert expected["duplicates"] > 0
    assert played.offsets == (expected["messages"], expected["messages"])
    assert played.verdict.is_right, (played.verdict, live.faults)


@pytest.mark.timeout(900)
def test_kills_and_a_restart_change_no_sum(live: LiveOrders) -> None:
    seed = random.randrange(1000)
    print(f"seed {seed}")
    check(live, SHORT, seed)
