"""The same batch against histories of growing length, and beside floors and a textbook's merge.

A lakehouse per history, side by side, each with the days before built by the pipeline itself;
rounds go from one to the next. What a round brings is a day of its own, in the largest history as
in the smallest.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from tests.benchmarks.audit_days import Batch, days_before, write
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, ingest_audit, ingest_everything
from tests.benchmarks.rounds import Say
from tests.benchmarks.stage_silver import MODEL, Rivals, run_models
from tests.benchmarks.usage import Usage

SUITE = "growth"
TODAY = date(2026, 3, 1)
GOLD = "ops_audit_activity_hourly"
SELECTED = ("--select", f"+{GOLD}", "int_platform__audit_actors")
OF_GOLD = (GOLD, "int_platform__audit_actors")
BARRED = ("bronze", "silver", "gold")
READ, LATE, OF_LATE = "dbt read MB", 0.01, ", 1 % days late"


# Seconds of a layer, in every round.
Rounds = dict[str, list[float]]


def built(root: Path, days: int, events: int, say: Say) -> Home:
    """A lakehouse with a history of so many days, by the pipeline."""
    home = Home(root / f"{days}-days")
    for day in days_before(TODAY, days):
        write(Batch(day=day, events=events, seed=7, compressed=True), home.landing)
    bronze = home.do(ingest_everything)
    say(f"growth: {days} days of {events:,} events in bronze, {bronze.seconds:.0f} s")
    ran = run_models(home, *SELECTED)
    say(f"growth: {days} days in silver and gold, {ran.usage.seconds:.0f} s")
    Rivals(home).begin()
    return home


def one_round(home: Home, number: int, events: int, late: float) -> dict[str, float]:
    """A day more: seconds of each layer."""
    day = TODAY + timedelta(days=number)
    write(Batch(day=day, events=events, seed=8, compressed=True, late=late), home.landing)
    bronze: Usage = home.do(ingest_audit)
    ran, rivals = run_models(home, *SELECTED), Rivals(home)
    model = ran.nodes[MODEL]
    others = ran.nodes.keys() - {MODEL, *OF_GOLD}
    return {
        "bronze": bronze.seconds,
        "silver": model.seconds,
        "ledger": ran.seconds(others),
        "gold": ran.seconds(OF_GOLD),
        "same parse, blind append": rivals.same_parse(model).seconds,
        "textbook merge": rivals.textbook().seconds,
        READ: ran.usage.read / 1e6,
    }


def measure_growth(
    root: Path, *, histories: Sequence[int], events: int, rounds: int, say: Say
) -> tuple[list[Figure], Mapping[int, Rounds]]:
    """Figures, and per history what each layer took; every second round has late events."""
    found: dict[int, Rounds] = {days: {} for days in histories}
    with ExitStack() as stack:
        homes = {days: stack.enter_context(built(root, days, events, say)) for days in histories}
        for number in range(2 + 2 * rounds):
            late = LATE if number % 2 else 0.0
            for days, home in homes.items():
                taken = one_round(home, number, events, late)
                told = ", ".join(f"{layer} {value:.1f}" for layer, value in taken.items())
                say(f"growth: {days} days, round {number}{' late' if late else ''}: {told}")
                # The first round of either kind warms up.
                for layer, seconds in taken.items() if number > 1 else ():
                    name = f"{layer}{OF_LATE if late else ''}"
                    found[days].setdefault(name, []).append(seconds)
    return list(figures_of(found)), found


def figures_of(found: Mapping[int, Rounds]) -> Iterator[Figure]:
    """What the longest history takes as a multiple of the shortest, and the textbook of silver."""
    shortest, longest = min(found), max(found)

    def ratio(layer: str, of: int = longest, to: int = shortest) -> float:
        return statistics.median(found[of][layer]) / statistics.median(found[to][layer])

    for suffix, most in (("", 1.25), (OF_LATE, 1.5)):
        for layer in ("bronze", "silver", "ledger", "gold", "textbook merge", READ):
            yield Figure(
                suite=SUITE,
                name=f"{layer}{suffix}",
                value=ratio(layer + suffix),
                unit="times",
                against=f"history of {shortest} days ({longest} days)",
                most=most if layer in BARRED else None,
            )
        yield Figure(
            suite=SUITE,
            name=f"textbook merge{suffix}",
            value=statistics.median(found[longest][f"textbook merge{suffix}"])
            / statistics.median(found[longest][f"silver{suffix}"]),
            unit="times",
            against=f"silver, {longest} days",
            least=2.5 if not suffix else None,
        )
