"""Landing to bronze beside its floors: reading alone, and text to Delta without anything else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ingestion.envelope import bronze_row
from ingestion.reader import read_files
from ingestion.sources import load_sources
from operations.dbt import PROJECT
from tests.benchmarks.audit_days import Batch, write
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import (
    Home,
    Inside,
    asked,
    ingest_audit,
    ingest_everything,
    processes_of,
)
from tests.benchmarks.rounds import Say, Taken, Way, interleaved
from tests.benchmarks.usage import Usage, measured

SUITE = "bronze"
FIRST_DAY = date(2026, 1, 1)
FLOOR, MANY, FEW = "text to Delta", "lakeledger, 100 files a batch", "lakeledger, 10 files a batch"
IDLE = "lakeledger, nothing new"
COLUMNS = "bronze's columns to Delta"
LEAST = "text, file and 64-bit hash to Delta"
TABLE = "bronze_platform.audit_logs"


def read_only(inside: Inside, paths: Sequence[Path]) -> Usage:
    """Reads and decompresses lines, and throws them away."""
    with measured(*processes_of(inside)) as measure:
        frame = inside.engine.spark.read.text([str(path) for path in paths])
        frame.write.format("noop").mode("overwrite").save()
    return measure.taken


def _append(inside: Inside, rows: DataFrame, name: str, *partitions: str) -> None:
    """One batch to a Delta table of that name, compressed as bronze is."""
    writer = rows.write.format("delta").mode("append").option("compression", "zstd")
    writer.partitionBy(*partitions).save(str(inside.root / "floor" / name))


def text_to_delta(inside: Inside, paths: Sequence[Path]) -> Usage:
    """Lines to a Delta table, and nothing else."""
    with measured(*processes_of(inside)) as measure:
        _append(inside, inside.engine.spark.read.text([str(path) for path in paths]), "bronze")
    return measure.taken


def least_to_delta(inside: Inside, paths: Sequence[Path]) -> Usage:
    """Lines with where they came from and a quick hash: less cannot be told of a line."""
    with measured(*processes_of(inside)) as measure:
        frame = inside.engine.spark.read.text([str(path) for path in paths])
        rows = frame.select(
            F.col("value").alias("raw"),
            F.col("_metadata.file_path").alias("source_file"),
            F.col("_metadata.file_modification_time").alias("file_modified_at"),
            F.xxhash64("value").alias("line_hash"),
        )
        _append(inside, rows, "least")
    return measure.taken


def columns_to_delta(inside: Inside, paths: Sequence[Path]) -> Usage:
    """The rows of bronze in one batch: what its columns cost, without a stream around them."""
    source = next(one for one in load_sources(PROJECT / "models") if one.table == TABLE)
    with measured(*processes_of(inside)) as measure:
        frame = read_files(inside.engine.spark, source, [str(path) for path in paths])
        rows = frame.select(bronze_row(source, ingested_at=datetime.now(UTC), ingest_batch="1"))
        _append(inside, rows, "columns", "region")
    return measure.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the files hold: events of ``size`` bytes, ``events`` of them in 100 files."""

    size: int
    compressed: bool
    events: int

    def __str__(self) -> str:
        return f"{self.size / 1000:g} KB{' gz' if self.compressed else ''}"

    def batch(self, number: int) -> Batch:
        """The batch with that number, each of a day of its own."""
        return Batch(
            day=FIRST_DAY + timedelta(days=number),
            events=self.events,
            seed=self.size + self.compressed,
            size=self.size,
            per_file=max(1, self.events // 100),
            compressed=self.compressed,
        )


class Landing:
    """Two batches a round, one for each way of ingestion: what was taken is not taken again."""

    def __init__(self, home: Home, kind: Kind) -> None:
        self.home, self.kind = home, kind
        self._there: dict[int, tuple[Path, ...]] = {}

    def first(self, number: int) -> tuple[Path, ...]:
        """Lands a round's first batch, which the floors read, too; takes away what was before."""
        for slot in [slot for slot in self._there if slot < 2 * number]:
            for path in self._there.pop(slot):
                path.unlink()
        return self._landed(2 * number)

    def second(self, number: int) -> tuple[Path, ...]:
        """Lands a round's second batch."""
        return self._landed(2 * number + 1)

    def _landed(self, slot: int) -> tuple[Path, ...]:
        if slot not in self._there:
            self._there[slot] = write(self.kind.batch(slot), self.home.landing)
        return self._there[slot]


def measure_bronze(root: Path, kind: Kind, *, rounds: int, say: Say) -> list[Figure]:
    """Figures of one kind of files."""
    with Home(root / str(kind).replace(" ", "-")) as home:
        home.do(ingest_everything)
        found = _alternated(home, kind, rounds, lambda text: say(f"bronze {kind}: {text}"))
        stored = home.do(asked, f"describe detail {TABLE}")[0]["sizeInBytes"]
        rows = home.do(asked, f"select count(*) as count from {TABLE}")[0]["count"]
    size = Figure(suite=SUITE, name=f"{kind}: stored", value=stored / rows, unit="bytes/event")
    return [*_figures(found, kind), size]


def _alternated(home: Home, kind: Kind, rounds: int, say: Say) -> dict[str, Taken]:
    landing = Landing(home, kind)

    def many(number: int) -> Usage:
        landing.first(number)
        return cast(Usage, home.do(ingest_audit, 100))

    def few(number: int) -> Usage:
        landing.second(number)
        return cast(Usage, home.do(ingest_audit, 10))

    def floor(work: Callable[..., Usage], number: int) -> Usage:
        return cast(Usage, home.do(work, landing.first(number)))

    ways: dict[str, Way] = {
        MANY: many,
        "read only": partial(floor, read_only),
        FLOOR: partial(floor, text_to_delta),
        LEAST: partial(floor, least_to_delta),
        COLUMNS: partial(floor, columns_to_delta),
        FEW: few,
        IDLE: lambda _: cast(Usage, home.do(ingest_audit, 100)),
    }
    return interleaved(ways, rounds=rounds, say=say)


def _figures(found: dict[str, Taken], kind: Kind) -> Iterator[Figure]:
    """Of ingestion twice: with what every run costs, and without, as one that goes on has it."""
    constant = found[IDLE].cpu
    yield Figure(suite=SUITE, name=f"{kind}: {IDLE}", value=constant, unit="CPU s")
    for name, taken in found.items():
        if name != IDLE:
            rate = kind.events / taken.cpu
            yield _figure(f"{kind}: {name}", rate, "events/s/core", spread=taken.spread)
    for name, least in ((MANY, 0.8), (FEW, None)):
        running = found[name].cpu - constant
        yield _figure(f"{kind}: {name}, running", kind.events / running, "events/s/core")
        ratio = found[FLOOR].cpu / found[name].cpu
        yield _figure(f"{kind}: {name}", ratio, "times", FLOOR)
        ratio = found[FLOOR].cpu / running
        yield _figure(f"{kind}: {name}, running", ratio, "times", FLOOR, least=least)
        for floor in (LEAST, COLUMNS):
            ratio = found[floor].cpu / running
            yield _figure(f"{kind}: {name}, running", ratio, "times", floor)


def _figure(
    name: str,
    value: float,
    unit: str,
    against: str = "",
    spread: float = 0.0,
    least: float | None = None,
) -> Figure:
    return Figure(
        suite=SUITE,
        name=name,
        value=value,
        unit=unit,
        against=against,
        spread=spread,
        least=least,
    )
