"""Dimensions, deliveries and reviews as files below a landing root, each put there in one step."""

import json
from collections.abc import Iterable
from pathlib import Path

from operations.orders.aftermath import deliveries, reviews
from operations.orders.dimensions import DIMENSIONS, Record, dimension, timestamp
from operations.orders.expected import valid_firsts
from operations.orders.rows import Rows, chance
from operations.orders.settings import Options
from operations.orders.world import World
from operations.simulator.delivery import write_atomically

ROWS_PER_FILE = 50_000
# A paced run delivers what it has each minute, as far as it has anything.
PACED_MS = 60_000


class Landing:
    """Writes the files of one run; their names carry the run's own, so runs do not meet."""

    def __init__(self, root: Path, options: Options) -> None:
        self._root, self._options = root, options
        self._world: World | None = None
        self._waiting: dict[str, list[Record]] = {"deliveries": [], "reviews": []}
        self._parts = 0
        self._known_until = 0
        self._written_at: int | None = None
        self.files = 0

    def show(self, world: World, moment: int, final: bool = False) -> None:
        """Delivers each dimension whole if the world is a new one.

        New accounts alone are no reason before the end: meanwhile their orders come without them.
        """
        if world is not self._world or (final and self._joined(world, moment)):
            for name in DIMENSIONS:
                if self._world is None or self._changed(name, world):
                    self._write(name, moment, dimension(world, name, moment))
            self._world, self._known_until = world, moment

    def follow(self, rows: Rows, moment: int) -> None:
        """Makes deliveries and reviews of what was sent; delivers them when there are enough."""
        assert self._world is not None
        counted = valid_firsts(rows)
        random = chance(self._options.seed, 5, self._parts, len(self._waiting["deliveries"]))
        self._waiting["deliveries"] += deliveries(self._world, random, counted)
        self._waiting["reviews"] += reviews(self._world, random, counted)
        since = moment - (moment if self._written_at is None else self._written_at)
        self._written_at = self._written_at or moment
        full = len(self._waiting["deliveries"]) >= ROWS_PER_FILE
        if full or (self._options.rate and since >= PACED_MS):
            self.flush(moment)

    def flush(self, moment: int) -> None:
        """Delivers what is waiting."""
        for name, records in self._waiting.items():
            if records:
                self._write(name, moment, records)
        self._waiting = {name: [] for name in self._waiting}
        self._written_at = moment

    def _joined(self, world: World, moment: int) -> bool:
        new = (world.registered > self._known_until) & (world.registered <= moment)
        return bool(new.any())

    def _changed(self, name: str, world: World) -> bool:
        """Customers whenever this is asked; dishes with their prices; restaurants never."""
        return name == "customers" or (name == "dishes" and world is not self._world)

    def _write(self, source: str, moment: int, records: Iterable[Record]) -> None:
        self._parts += 1
        date = timestamp(moment)[:10]
        name = f"{source}-{self._options.name}-{self._parts:05d}.json"
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        folder = self._root / "orders" / source / "region=global" / f"date={date}"
        write_atomically(folder / name, lines.encode())
        self.files += 1
