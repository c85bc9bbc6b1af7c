"""The faults of a round: what happens to files on their way, and to the processes at work."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.faults.world import REGIONS, TURNS, Parcel, World

OnTheWay = Literal["late", "copied", "repeated", "cut off", "half under another name", "skewed"]
Step = Literal["ingest", "dbt"]

ON_THE_WAY: tuple[OnTheWay, ...] = (
    *("late", "copied", "repeated", "cut off", "half under another name", "skewed"),
)
AT_WORK: dict[Step, tuple[str, ...]] = {
    "ingest": (
        *("killed", "killed", "orphaned", "disk full", "second process"),
        *("checkpoint deleted", "checkpoint truncated", "checkpoint put back"),
    ),
    "dbt": ("killed", "killed", "endpoint gone", "disk full", "optimize", "second process"),
}
SHARE_OF_PARCELS = 0.4
# Sources whose file is the month as it is now: an older one under a new name would be news.
WRITTEN_AGAIN = ("billable_usage",)
SKEW_HOURS = (-24 * 40, -24, -3, 3, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """What happens to one parcel; `turns`: how much later, `hours`: how far its clock is off."""

    parcel: str
    kind: OnTheWay
    turns: int = 1
    hours: int = 0

    def __str__(self) -> str:
        amount = f" by {self.hours} h" if self.hours else f" by {self.turns} turns"
        return f"{self.parcel} is {self.kind}{amount}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A region whose files of the turns [since, until) land at `until`, in another order."""

    region: str
    since: int
    until: int

    def __str__(self) -> str:
        return f"region {self.region} is cut in turns {self.since} to {self.until - 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFault:
    """What happens to a step of a turn, after the share `at` of its usual time; `roll`: chance."""

    turn: int
    step: Step
    kind: str
    at: float
    roll: int

    def __str__(self) -> str:
        return f"turn {self.turn}: {self.step} {self.kind} at {self.at:.2f} ({self.roll})"


Fault = FileFault | Cut | WorkFault


def draw(world: World) -> tuple[Fault, ...]:
    """The faults of a world, by its seed: some for each account's files, some for all."""
    faults: list[Fault] = []
    for parcel in world.parcels:
        random = Random(f"{world.seed}/{parcel.key}")
        if random.random() < SHARE_OF_PARCELS:
            faults.append(_file_fault(parcel, random))
    random = Random(f"{world.seed}/work")
    for region in REGIONS:
        since = random.randrange(TURNS)
        if random.random() < 0.6:
            until = random.randint(since + 1, TURNS)
            faults.append(Cut(region=region, since=since, until=until))
    for turn in range(TURNS):
        for step, kinds in AT_WORK.items():
            if random.random() < 0.75:
                faults.append(
                    WorkFault(
                        turn=turn,
                        step=step,
                        kind=random.choice(kinds),
                        at=round(random.random(), 3),
                        roll=random.randrange(10**6),
                    )
                )
    return tuple(faults)


def _file_fault(parcel: Parcel, random: Random) -> FileFault:
    kinds: Sequence[OnTheWay] = ON_THE_WAY
    if parcel.source in WRITTEN_AGAIN:
        kinds = ("repeated", "half under another name")
    kind = random.choice(kinds)
    return FileFault(
        parcel=parcel.key,
        kind=kind,
        turns=random.randint(1, TURNS),
        hours=random.choice(SKEW_HOURS) if kind == "skewed" else 0,
    )
