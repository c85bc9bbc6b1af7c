"""Rounds: some accounts each, whose deliveries run through the same processes at the same time.

A sequence is what befalls one account in its round: its files on their way, and the processes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.faults.faults import Fault, FileFault, draw
from tests.faults.world import DAYS, World

_FIRST_DAY = date(2025, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A world and its faults."""

    world: World
    faults: tuple[Fault, ...]

    def of(self, accounts: Sequence[str], faults: Sequence[Fault]) -> "Round":
        """The same with some accounts only, and some of the faults."""
        world = World(self.world.name, self.world.seed, tuple(accounts), self.world.first_day)
        parcels = {parcel.key for parcel in world.parcels}
        kept = [f for f in faults if not isinstance(f, FileFault) or f.parcel in parcels]
        return Round(world=world, faults=tuple(kept))


def round_of(seed: int, number: int, sequences: int) -> Round:
    """Round `number` of a seed: accounts and days of its own, so that a plant can play many."""
    name = f"s{seed}r{number}"
    accounts = tuple(f"{name}a{account:02d}" for account in range(sequences))
    first_day = _FIRST_DAY + timedelta(days=number * DAYS)
    world = World(name, f"{seed}/{number}", accounts, first_day)
    return Round(world=world, faults=draw(world))
