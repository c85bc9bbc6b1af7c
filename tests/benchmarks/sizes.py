"""How much each suite does: a full run, and a quick one of some minutes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Events a batch, rounds that count, and histories in days of ``growth_events`` each.

    ``suites`` are those that run unless others are asked for; without any, all do.
    """

    name: str
    rounds: int
    bronze_events: int
    bronze_kinds: tuple[tuple[int, bool], ...]
    silver_events: int
    peer_events: int
    growth_events: int
    histories: tuple[int, ...]
    memory_backlogs: tuple[int, ...]
    memory_events: int
    suites: tuple[str, ...] = ()


FULL = Sizes(
    name="full",
    rounds=3,
    bronze_events=200_000,
    bronze_kinds=((1500, False), (1500, True), (4000, False)),
    silver_events=300_000,
    peer_events=100_000,
    growth_events=20_000,
    histories=(1, 50, 200),
    memory_backlogs=(5, 50),
    memory_events=20_000,
)
# The others have a history, or a world of their own, to build first.
QUICK = Sizes(
    name="quick",
    suites=("endpoint", "bronze", "silver"),
    rounds=1,
    bronze_events=100_000,
    bronze_kinds=((1500, False),),
    silver_events=50_000,
    peer_events=20_000,
    growth_events=2_000,
    histories=(1, 20),
    memory_backlogs=(5, 20),
    memory_events=2_000,
)
