"""Puts the files of a round into the landing folder, turn by turn, with what befalls them."""

import gzip
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from tests.faults.faults import Cut, Fault, FileFault
from tests.faults.world import Parcel, World

Act = Callable[[], None]


class Landing:
    """The deliveries of a world under some faults. After the last turn everything has landed."""

    def __init__(self, folder: Path, world: World, faults: Iterable[Fault]) -> None:
        self._folder = folder
        self._clock = int(time.time()) - 3600
        self._turns: dict[int, dict[Path, list[Act]]] = defaultdict(lambda: defaultdict(list))
        self._befalls = {fault.parcel: fault for fault in faults if isinstance(fault, FileFault)}
        self._cuts = [fault for fault in faults if isinstance(fault, Cut)]
        for parcel in world.parcels:
            self._plan(parcel)
        self._random = Random(f"{world.seed}/order")

    def turn(self, number: int) -> None:
        """Lands what is due; the files of a turn in any order, those of one name in theirs."""
        due = self._turns.pop(number, {})
        paths = sorted(due)
        self._random.shuffle(paths)
        for path in paths:
            for act in due[path]:
                act()

    def rest(self) -> None:
        """Lands whatever is still under way."""
        while self._turns:
            self.turn(min(self._turns))

    def _plan(self, parcel: Parcel) -> None:
        fault = self._befalls.get(parcel.key)
        due = self._heard(parcel.region, parcel.turn)
        path, content = self._path(parcel), parcel.content
        if fault is None:
            self._at(due, path, content)
            return
        later = self._heard(parcel.region, due + fault.turns)
        if fault.kind == "late":
            self._at(later, path, content)
        elif fault.kind == "copied":
            self._at(due, path, content)
            self._at(later, path.with_name(f"copy-of-{path.name}"), content)
        elif fault.kind == "repeated":
            self._at(due, path, content)
            if later < self._next_version(parcel):
                self._at(later, path, content)
        elif fault.kind == "cut off":
            packed = path.with_name(f"{path.name}.gz")
            self._at(due, packed, gzip.compress(content)[: -len(content) // 9 - 9])
            self._at(due + 1, packed, gzip.compress(content))
        elif fault.kind == "half under another name":
            self._at(due, path.with_name(f"{path.name}.tmp"), content[: len(content) // 2])
            self._at(due, path, content)
        else:
            self._at(due, path, content, hours=fault.hours)

    def _heard(self, region: str, turn: int) -> int:
        for cut in self._cuts:
            if cut.region == region and cut.since <= turn < cut.until:
                return cut.until
        return turn

    def _next_version(self, parcel: Parcel) -> int:
        """When a file that is written again is: until then the older one may come once more."""
        return self._heard(parcel.region, parcel.turn + 1) if parcel.name.endswith(".csv") else 99

    def _path(self, parcel: Parcel) -> Path:
        day = 1 if parcel.name.endswith(".csv") else parcel.turn + 1
        region = self._folder / "platform" / parcel.source / f"region={parcel.region}"
        return region / f"date=2026-01-{day:02d}" / parcel.name

    def _at(self, turn: int, path: Path, content: bytes, hours: int = 0) -> None:
        self._turns[turn][path].append(lambda: self._write(path, content, hours))

    def _write(self, path: Path, content: bytes, hours: int) -> None:
        """Under another name and renamed, as a producer should; every write is newer."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.fresh")
        fresh.write_bytes(content)
        self._clock += 1
        modified = self._clock + hours * 3600
        os.utime(fresh, (modified, modified))
        fresh.replace(path)
