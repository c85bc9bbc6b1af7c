"""Audit events that land as a producer's files would: each line a new event of this moment."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.soak_plan import Plan

SOURCE = "audit_logs"
FILE_SECONDS = 5.0
Stock = Mapping[str, Sequence[Mapping[str, Any]]]


def stock(landing: Path) -> Stock:
    """Events that the simulator has made, by region."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted((landing / "platform" / SOURCE).glob("region=*/**/*.json")):
        region = next(part for part in path.parts if part.startswith("region="))
        lines = path.read_text(encoding="utf-8").splitlines()
        found.setdefault(region, []).extend(json.loads(line) for line in lines)
    if not found:
        raise ValueError(f"There are no events of {SOURCE} below {landing}.")
    return found


def lines(events: Sequence[Mapping[str, Any]], first: int, count: int, at: float) -> Iterator[str]:
    """Events of the stock in turn, each its own by its number and of the time `at`."""
    for number in range(first, first + count):
        changes = {"timestamp": int(at * 1000), "requestId": f"soak-{number:012d}"}
        yield json.dumps({**events[number % len(events)], **changes}) + "\n"


class Feed(threading.Thread):
    """Lands files by the plan, one a region every few seconds; ends by itself or by `stop`."""

    def __init__(self, landing: Path, events: Stock, plan: Plan, first: int) -> None:
        super().__init__(name="feed", daemon=True)
        self.landing, self.events, self.plan = landing, events, plan
        self.first, self.landed = first, 0
        self.files: dict[str, int] = {}
        self.stop = threading.Event()

    def run(self) -> None:
        """Lands until the plan's time is over."""
        began, number = time.monotonic(), 0
        while not self.stop.is_set():
            number += 1
            if self.stop.wait(max(0.0, began + number * FILE_SECONDS - time.monotonic())):
                return
            elapsed = time.monotonic() - began
            self._land(self.plan.due(elapsed) - self.landed, number)
            if elapsed >= self.plan.seconds:
                return

    def _land(self, count: int, number: int) -> None:
        regions = sorted(self.events)
        for place, region in enumerate(regions):
            share = count * (place + 1) // len(regions) - count * place // len(regions)
            if share:
                self._file(region, share, f"soak-{self.first}-{number:06d}-{place}.json")

    def _file(self, region: str, count: int, name: str) -> None:
        now = datetime.now(UTC)
        folder = self.landing / "platform" / SOURCE / region / f"{now:date=%Y-%m-%d/hour=%H}"
        folder.mkdir(parents=True, exist_ok=True)
        open_ = folder / f".{name}"
        text = lines(self.events[region], self.first + self.landed, count, now.timestamp())
        open_.write_text("".join(text), encoding="utf-8")
        open_.rename(folder / name)
        self.landed += count
        self.files[name] = count
