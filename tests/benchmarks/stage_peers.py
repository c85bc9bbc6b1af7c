"""The same files with what people would use instead, and from landing to silver with ours."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import cast

from tests.benchmarks.audit_days import Batch, write
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, ingest_audit, ingest_everything
from tests.benchmarks.peers import run_peer
from tests.benchmarks.rounds import Say, Taken, Way, interleaved
from tests.benchmarks.stage_bronze import FIRST_DAY
from tests.benchmarks.stage_silver import MODEL, run_models
from tests.benchmarks.usage import Usage

SUITE = "peers"
BRONZE, SILVER = "lakeledger: lines", "lakeledger: lines, then silver"


class Days:
    """A batch a round, in the home's landing folder and alone in a folder of its own."""

    def __init__(self, home: Home, events: int) -> None:
        self._home, self._events = home, events
        self.alone = home.root / "alone"
        self._number = -1
        self.paths: tuple[Path, ...] = ()

    def land(self, number: int) -> None:
        """Lands the round's batch, once."""
        if number == self._number:
            return
        shutil.rmtree(self.alone, ignore_errors=True)
        for path in self.paths:
            path.unlink()
        batch = Batch(day=FIRST_DAY + timedelta(days=number), events=self._events, seed=5)
        write(batch, self.alone)
        self.paths, self._number = write(batch, self._home.landing), number


def measure_peers(root: Path, *, events: int, rounds: int, say: Say) -> list[Figure]:
    """Seconds of CPU beside ours; what each leaves out stands in docs/benchmarks.md."""
    with Home(root / "peers") as home:
        home.do(ingest_everything)
        found = interleaved(
            _ways(home, events), rounds=rounds, say=lambda text: say(f"peers: {text}")
        )
    return list(_figures(found, events))


def _ways(home: Home, events: int) -> Mapping[str, Way]:
    days, tables = Days(home, events), home.root / "peers"

    def bronze(number: int) -> Usage:
        days.land(number)
        return cast(Usage, home.do(ingest_audit))

    def silver(number: int) -> Usage:
        return run_models(home, "--select", MODEL).usage

    def duckdb(kind: str) -> Way:
        return lambda _: run_peer(
            "duckdb_delta.py", kind, str(tables / kind), *map(str, days.paths)
        )

    def dlt(number: int) -> Usage:
        return run_peer("dlt_merge.py", str(days.alone), str(tables / "dlt"))

    return {
        BRONZE: bronze,
        SILVER: silver,
        "DuckDB and delta-rs: lines": duckdb("raw"),
        "DuckDB and delta-rs: parsed": duckdb("typed"),
        "dlt: parsed, upserted": dlt,
    }


def _figures(found: Mapping[str, Taken], events: int) -> Iterator[Figure]:
    cpu = {name: taken.cpu for name, taken in found.items()}
    cpu[SILVER] += cpu[BRONZE]
    for name, seconds in cpu.items():
        yield Figure(
            suite=SUITE,
            name=name,
            value=events / seconds,
            unit="events/s/core",
            spread=found[name].spread,
        )
    for name, seconds in cpu.items():
        ours = BRONZE if name.endswith("lines") else SILVER
        if name != ours:
            yield Figure(
                suite=SUITE,
                name=name,
                value=seconds / cpu[ours],
                unit="times the CPU",
                against=ours,
            )
