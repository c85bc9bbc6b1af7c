"""Ways of doing the same thing, one after the other, again and again: ratios of one run."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.usage import Usage

# Does its work once in the given round and gives what that took.
Way = Callable[[int], Usage]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a way took, round by round, without the rounds that warmed it up."""

    usages: tuple[Usage, ...]

    @property
    def seconds(self) -> float:
        """Median by the clock."""
        return statistics.median(one.seconds for one in self.usages)

    @property
    def cpu(self) -> float:
        """Median of CPU seconds."""
        return statistics.median(one.cpu for one in self.usages)

    @property
    def read(self) -> float:
        """Median of bytes read."""
        return statistics.median(one.read for one in self.usages)

    @property
    def written(self) -> float:
        """Median of bytes written."""
        return statistics.median(one.written for one in self.usages)

    @property
    def peak(self) -> int:
        """The most memory of all rounds."""
        return max(one.peak for one in self.usages)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart: (slowest - fastest) / median of CPU seconds."""
        values = [one.cpu for one in self.usages]
        return (max(values) - min(values)) / self.cpu if self.cpu else 0.0


def interleaved(
    ways: Mapping[str, Way], *, rounds: int, warm_ups: int = 1, say: Say = lambda _: None
) -> dict[str, Taken]:
    """Each round does all ways, A B then A B again: what slows the machine slows all of them.

    The first ``warm_ups`` rounds are not counted: the JVM compiles in them.
    """
    found: dict[str, list[Usage]] = {name: [] for name in ways}
    for number in range(warm_ups + rounds):
        for name, way in ways.items():
            usage = way(number)
            if number >= warm_ups:
                found[name].append(usage)
                say(f"{name}: round {number - warm_ups + 1}, {usage.seconds:.1f} s, "
                    f"{usage.cpu:.1f} s of CPU")  # fmt: skip
    return {name: Taken(tuple(usages)) for name, usages in found.items()}


def ratios(ways: Sequence[Taken]) -> list[float]:
    """Clock time of each way as a multiple of the first one's."""
    return [way.seconds / ways[0].seconds for way in ways]
