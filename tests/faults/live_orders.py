"""Orders under load while what takes them in is killed and the broker restarts."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from operations.dbt import run_dbt
from operations.live.background import Background
from operations.live.cli import start_for_clients
from operations.live.service import Running
from operations.live.services import services
from operations.live.verdict import Verdict, batch, sent, streams
from operations.live.victoria_metrics import PROGRAM
from operations.queries import rows
from tests.installed import Installed
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings, cache_directory

NEEDED = ("kafka", "victoria-metrics", "streams")
# The money and the totals; offsets are looked at here.
BUILT = (
    *("--select", "+fct_revenue_daily", "+ops_customer_totals"),
    *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
)
INGEST = ("ingest", "--source", "orders")
CAUGHT_UP_SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many orders, how fast (a second), and how often something is killed meanwhile."""

    count: int
    rate: int
    kills: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was counted: orders in every way; rows of bronze, and different offsets of them."""

    verdict: Verdict
    offsets: tuple[int, int]


class LiveOrders:
    """A home with broker, hot store and streams; and what a user runs beside them."""

    def __init__(self, home: Path) -> None:
        settings = Settings.from_environment()
        assert settings.home == home
        self.home = home
        known = {running.service.name: running for running in services(settings)}
        self.parts: dict[str, Running] = {name: known[name] for name in NEEDED}
        self.faults: list[str] = []

    def start(self, name: str) -> None:
        start_for_clients(self.parts[name], self.home)

    def stop(self) -> None:
        for part in reversed(self.parts.values()):
            part.stop()

    def play(self, size: Size, seed: int) -> Played:
        """Sends, kills, lets everything arrive, and counts in every way."""
        for name in NEEDED:
            self.start(name)
        taking = self._ingest()
        simulator = Background(
            [
                *("orders", "simulate", "--rate", str(size.rate), "--count", str(size.count)),
                *("--duplicates", "0.02", "--late", "0.01", "--seed", str(seed)),
            ],
            self.home,
        )
        try:
            for wait, what in schedule(size, seed):
                time.sleep(wait)
                taking = self._harm(what, taking)
            while simulator.runs:
                time.sleep(0.5)
        finally:
            simulator.end()
            taking.end()
        return self._count()

    def check(self, size: Size, seed: int) -> None:
        """Plays, and asserts that nothing is missing and nothing came twice."""
        played = self.play(size, seed)
        expected = json.loads((self.home / "expected_orders.json").read_text())
        assert expected["complete"]
        assert expected["duplicates"] > 0
        assert played.offsets == (expected["messages"], expected["messages"])
        assert played.verdict.is_right, (played.verdict, self.faults)

    def _ingest(self) -> Background:
        return Background([*INGEST, "--continuous", "2"], self.home)

    def _harm(self, what: str, taking: Background) -> Background:
        self.faults.append(what)
        if what == "ingest":
            taking.kill()
            return self._ingest()
        self.parts[what].kill()
        self.start(what)
        return taking

    def _count(self) -> Played:
        rest = Background(INGEST, self.home)
        while rest.runs:
            time.sleep(0.5)
        wanted = sent(self.home / "expected_orders.json")
        with running_warehouse(self.home) as connection:
            run_dbt(
                ["build", *BUILT],
                warehouse=connection.dbt_environment(),
                target=self.home / "target",
                log=self.home / "dbt.log",
            )
            with closing(connection.connect()) as client:
                cursor = client.cursor()
                ways = (batch(cursor), *streams(cursor, wanted, CAUGHT_UP_SECONDS))
                found = rows(
                    cursor,
                    """select count(*), count(distinct struct(kafka_partition, kafka_offset))
                    from bronze_orders.orders""",
                )[0]
        return Played(verdict=Verdict(wanted, ways), offsets=(int(found[0]), int(found[1])))


def schedule(size: Size, seed: int) -> list[tuple[float, str]]:
    """Seconds to wait, then what to do: kills spread at random, one restart of the broker."""
    chance = random.Random(seed)
    whats = ["ingest", "streams", "kafka"]
    whats += [chance.choice(("ingest", "streams")) for _ in range(size.kills - 2)]
    chance.shuffle(whats)
    seconds = size.count / size.rate
    moments = sorted(chance.uniform(0.1, 0.9) * seconds for _ in whats)
    before = [0.0, *moments[:-1]]
    return [(at - then, what) for at, then, what in zip(moments, before, whats, strict=True)]


@pytest.fixture
def live_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: Installed
) -> Iterator[LiveOrders]:
    """A home of one's own, nothing of which runs on afterwards."""
    installed(PROGRAM)
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path))
    monkeypatch.setenv("LAKELEDGER_CACHE", str(cache_directory()))
    monkeypatch.setenv("LAKELEDGER_PORT", "0")
    found = LiveOrders(tmp_path)
    yield found
    found.stop()
