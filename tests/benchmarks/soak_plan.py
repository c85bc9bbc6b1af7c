"""How many lines land when, and whether what came of them holds. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from tests.benchmarks.latency import percentile

# Seconds from a file's landing, as docs/slo.md promises them of 99 % of files.
PROMISES: Mapping[str, float] = {"bronze": 60.0, "silver": 300.0, "gold": 900.0}
MOST_FILES = 0.99
# Bursts begin at these shares of the time and last for so much of it.
BURSTS = (1 / 3, 2 / 3)
BURST_SHARE = 1 / 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`rate` lines a second for so many `seconds`, in bursts `burst` times as many."""

    rate: float
    seconds: float
    burst: float = 6.0

    def bursts(self) -> tuple[tuple[float, float], ...]:
        """Begin and end of each, in seconds from the start."""
        lasts = BURST_SHARE * self.seconds
        return tuple((share * self.seconds, share * self.seconds + lasts) for share in BURSTS)

    def due(self, elapsed: float) -> int:
        """Lines that have to have landed so many seconds after the start."""
        time = min(max(elapsed, 0.0), self.seconds)
        within = sum(max(0.0, min(time, end) - begin) for begin, end in self.bursts())
        return int(self.rate * (time + (self.burst - 1) * within))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Seconds from landing to a layer, over files; those that never came count as infinite."""

    layer: str
    files: int
    waiting: int
    p50: float
    p99: float
    max: float
    within: float

    @property
    def held(self) -> bool:
        """Whether the layer kept its promise."""
        return self.within >= MOST_FILES


def ages(layer: str, found: Sequence[float], files: int) -> Ages:
    """The figures of a layer; `found` are the ages of those of the `files` that have come."""
    if files < max(1, len(found)):
        raise ValueError(f"{len(found)} ages of {files} files")
    waiting = files - len(found)
    every = [*found, *([inf] * waiting)]
    return Ages(
        layer=layer,
        files=files,
        waiting=waiting,
        p50=percentile(every, 0.5),
        p99=percentile(every, 0.99),
        max=max(every),
        within=sum(age < PROMISES[layer] for age in every) / files,
    )


def next_rate(tried: Mapping[float, bool]) -> float | None:
    """Twice the rate while all hold, half of it while none does; None once both are known."""
    held = [rate for rate, kept in tried.items() if kept]
    failed = [rate for rate, kept in tried.items() if not kept]
    if held and failed:
        return None
    return 2 * max(held) if held else min(failed) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Resident bytes of a process with its children, so many seconds after the start."""

    at: float
    name: str
    resident: int


def peaks(samples: Sequence[Sample], plan: Plan, lag: float = 60.0) -> dict[str, tuple[int, int]]:
    """By process the most bytes outside bursts, and in them or up to `lag` seconds later."""
    found: dict[str, tuple[int, int]] = {}
    for sample in samples:
        outside, inside = found.get(sample.name, (0, 0))
        if any(begin <= sample.at < end + lag for begin, end in plan.bursts()):
            inside = max(inside, sample.resident)
        else:
            outside = max(outside, sample.resident)
        found[sample.name] = (outside, inside)
    return found
