"""A small run with every fault, delivered once per test session."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from operations.simulator.commands import Targets, deliver_run, prepare
from operations.simulator.settings import PRESETS, Options

SMALL = Options(
    start=datetime(2026, 1, 18, 12, tzinfo=UTC),
    seed=7,
    hours=30,
    events_per_hour=60,
    usage_per_hour=60,
    metrics_step=5,
    file_rows=20,
    faults=replace(
        PRESETS["demo"],
        oversize=False,
        late_files=0.1,
        malformed=0.05,
        bom=0.02,
        drift=0.05,
        corrections=0.05,
        unpriced=0.02,
        orphan_retractions=1,
    ),
)


@dataclass(frozen=True)
class Delivered:
    landing: Path
    bill: dict[str, Any]

    def source(self, name: str) -> dict[str, Any]:
        return self.bill["states"][self.bill["state"]]["sources"][name]


Deliver = Callable[..., Delivered]


def deliver(folder: Path, options: Options = SMALL, phases: str = "all") -> Delivered:
    targets = Targets(landing=folder / "landing", expected=folder / "bill.json")
    prepare(targets)
    deliver_run(options, phases, targets, lambda done: None)
    return Delivered(targets.landing, json.loads(targets.expected.read_text()))


@pytest.fixture
def small() -> Options:
    return SMALL


@pytest.fixture
def deliver_to() -> Deliver:
    return deliver


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return deliver(tmp_path_factory.mktemp("simulated"))
