"""What a soak came to, for people and for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from statistics import median
from typing import Any

from tests.benchmarks.soak_plan import PROMISES, Ages, Plan, Sample, peaks

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """One rate: ages by layer, rounds by dbt command, memory, and what went wrong."""

    plan: Plan
    lines: int
    ages: Sequence[Ages]
    lost: int
    rounds: Mapping[str, Sequence[float]]
    failures: Sequence[str]
    samples: Sequence[Sample]

    @property
    def held(self) -> bool:
        """Every layer kept its promise, nothing was lost, no round failed."""
        return not (self.lost or self.failures) and all(one.held for one in self.ages)

    def as_record(self) -> dict[str, Any]:
        """For JSON; an age that never ended is null."""
        return {
            "rate": self.plan.rate,
            "minutes": self.plan.seconds / 60,
            "burst": self.plan.burst,
            "lines": self.lines,
            "held": self.held,
            "lost_files": self.lost,
            "layers": [_finite(asdict(one)) | {"held": one.held} for one in self.ages],
            "rounds": {name: list(seconds) for name, seconds in self.rounds.items()},
            "failures": list(self.failures),
            "memory": [asdict(sample) for sample in self.samples],
        }


def highest(soaks: Sequence[Soak]) -> float | None:
    """The highest rate that held; None where none did."""
    return max((one.plan.rate for one in soaks if one.held), default=None)


def as_json(soaks: Sequence[Soak], machine: Mapping[str, Any]) -> str:
    """The whole."""
    document = {
        "machine": dict(machine),
        "highest_rate_held": highest(soaks),
        "soaks": [one.as_record() for one in soaks],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def markdown(soaks: Sequence[Soak], machine: Mapping[str, Any]) -> str:
    """Where it ran, the rate that held, and a table each of ages, rounds and memory."""
    best = highest(soaks)
    told = f"**{best:,g} lines/s held**" if best is not None else "**No rate tried held**"
    head = (
        f"{machine['system']}, {machine['cores']} cores, {machine['memory_gib']} GiB; load average "
        f"{machine['load_before']} before, {machine['load_after']} after. {told}: of 99 % of files "
        + ", ".join(f"{layer} within {seconds:g} s" for layer, seconds in PROMISES.items())
        + " of landing, every line there once, no round failed."
    )
    return "\n\n".join([head, _ages(soaks), _rounds(soaks), _memory(soaks)]) + "\n"


def _ages(soaks: Sequence[Soak]) -> str:
    rows = [
        (
            f"{one.plan.rate:,g}/s, {one.plan.seconds / 60:g} min",
            found.layer,
            f"{found.files:,}",
            *(_seconds(value) for value in (found.p50, found.p99, found.max)),
            f"{100 * found.within:.1f} %",
            "yes" if found.held else "**no**",
        )
        for one in soaks
        for found in one.ages
    ]
    return _table(
        ("lines", "layer", "files", "p50, s", "p99, s", "max, s", "within", "held"), rows, 2
    )


def _rounds(soaks: Sequence[Soak]) -> str:
    rows = [
        (
            f"{one.plan.rate:,g}/s",
            name,
            f"{len(seconds)}",
            f"{median(seconds):.0f}" if seconds else "none ended",
            f"{max(seconds):.0f}" if seconds else "",
        )
        for one in soaks
        for name, seconds in one.rounds.items()
    ]
    return _table(("lines", "rounds of", "ended", "median, s", "longest, s"), rows, 2)


def _memory(soaks: Sequence[Soak]) -> str:
    rows = [
        (f"{one.plan.rate:,g}/s", name, *(f"{peak / MIB:,.0f}" for peak in found))
        for one in soaks
        for name, found in peaks(one.samples, one.plan).items()
    ]
    return _table(("lines", "process", "peak outside bursts, MiB", "in and after them"), rows, 2)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> str:
    rules = ["---"] * left + ["---:"] * (len(headings) - left)
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rules, *rows))


def _seconds(value: float) -> str:
    return f"{value:,.1f}" if isfinite(value) else "never"


def _finite(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in record.items()
    }
