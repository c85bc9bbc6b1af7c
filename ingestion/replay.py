"""Reads landing files of a window again and gives bronze the lines that it lacks, locally.

A line that bronze has from the same file, as often as the file has it, does not come twice. So a
replay needs no state: what a replay that was cut short has done, the next one finds in the table.
"""

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from ingestion.checkpoint import ListedFile, held
from ingestion.deletions import Forgotten, requests_target
from ingestion.errors import WrongUse
from ingestion.failures import as_ingestion_error
from ingestion.inspection import inspect_batch
from ingestion.landing import landed_files
from ingestion.reader import read_files
from ingestion.rows import rows_of_batch
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import Tombstones
from ingestion.writer import Target, append, count_rows, ensure_table, newest_version, target_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedFile:
    """A file in the landing folder: its region, when it landed (epoch milliseconds), its bytes."""

    path: Path
    region: str
    landed_ms: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkResult:
    """What one chunk of a replay did: the files that it read, the lines that bronze lacked."""

    source: str
    batch: str
    files: int
    lines: int


def files_in_window(
    source: Source, settings: Settings, start: datetime, end: datetime
) -> tuple[LandedFile, ...]:
    """Files that landed at or after ``start`` and before ``end``, in the order of their landing.

    A file landed when it was last written, which is what bronze keeps as ``file_modified_at``.

    Raises:
        LandingUnreadable, LandingRefused: naming the first folder or file that cannot be read or
            is not to be.
    """
    if source.topic:
        raise WrongUse(
            f"{source.name} comes from a topic and has no files; its messages are all in bronze:"
            " lakeledger replay bronze."
        )
    first, last = (int(moment.timestamp() * 1000) for moment in (start, end))
    folder = Path(settings.folder(source.name, source.path))
    landed = landed_files(folder, source.files, Path(settings.bounds(source.name)))
    found = [
        LandedFile(path=path, region=region_of(source, path), landed_ms=ms, size=_size(path))
        for path, ms in landed.items()
        if first <= ms < last
    ]
    return tuple(sorted(found, key=lambda file: (file.landed_ms, str(file.path))))


def region_of(source: Source, path: Path) -> str:
    """The region that a path names, else the source's own: as the envelope has it."""
    found = re.search(source.region_pattern, f"file://{path}")
    return (found[1] if found else "") or source.region


def replay_id(source: Source, files: Sequence[LandedFile]) -> str:
    """Follows from what is replayed: the same files of the same source are the same replay."""
    listed = "\n".join(f"{file.path}\t{file.landed_ms}" for file in files)
    return hashlib.sha256(f"{source.name}\n{listed}".encode()).hexdigest()[:16]


def replay_files(
    spark: SparkSession,
    source: Source,
    settings: Settings,
    files: Sequence[LandedFile],
    *,
    max_files: int,
    on_chunk: Callable[[ChunkResult], None] = lambda _: None,
) -> tuple[ChunkResult, ...]:
    """Appends the lines of ``files`` that bronze lacks, one commit for each chunk of files.

    Raises:
        CheckpointBusy: if another process ingests or replays the source.
        IngestionError: saying what cannot be read or written; chunks before it stay.
    """
    target = target_of(source, settings)
    name = replay_id(source, files)
    forgotten = Forgotten(spark, requests_target(settings))
    results = []
    with held(Path(settings.checkpoint(source.name))):
        ensure_table(spark, target)
        for number, chunk in enumerate(in_chunks(files, max_files)):
            batch = f"replay-{name}:{number}"
            try:
                result = _replay_chunk(
                    spark, source, settings, target, chunk, batch, forgotten.now()
                )
            except Exception as error:
                raise as_ingestion_error(source, error) from error
            results.append(result)
            on_chunk(result)
    return tuple(results)


def in_chunks(files: Sequence[LandedFile], size: int) -> Iterator[Sequence[LandedFile]]:
    """Pieces of at most ``size`` files, in order."""
    for begin in range(0, len(files), size):
        yield files[begin : begin + size]


def _replay_chunk(
    spark: SparkSession,
    source: Source,
    settings: Settings,
    target: Target,
    chunk: Sequence[LandedFile],
    batch: str,
    forgotten: Tombstones,
) -> ChunkResult:
    listed = [ListedFile(file.path, file.landed_ms, 0) for file in chunk]
    facts = inspect_batch(
        listed,
        settle_seconds=settings.settle_seconds,
        planned_at=math.inf,
        bounds=Path(settings.bounds(source.name)).resolve(),
    )
    there = [str(file.path) for file in chunk if file.path not in facts.missing]
    before = count_rows(spark, target)
    if there:
        version = newest_version(spark, target)
        frame = read_files(spark, source, there)
        # The same address, as Spark writes it down beside a row.
        names = [re.sub("^file:///", "file:/", name) for name in frame.inputFiles()]
        known = _lines_known(spark, target, version, chunk, names)
        rows = rows_of_batch(frame, source, batch, forgotten)
        lacking = lines_lacking(rows, known, by_version=source.allow_overwrites)
        if not lacking.isEmpty():
            # What lacks at one state of the table comes once, whoever else replays it.
            append(lacking, target, transaction=f"{source.name}:{batch}", version=version)
    lines = count_rows(spark, target) - before
    return ChunkResult(source=source.name, batch=batch, files=facts.files, lines=lines)


def _lines_known(
    spark: SparkSession,
    target: Target,
    version: int,
    chunk: Sequence[LandedFile],
    names: Sequence[str],
) -> DataFrame:
    """What the table has of the files, found by partition and by the range of their names."""
    regions = sorted({file.region for file in chunk})
    listed = spark.createDataFrame([(name,) for name in names], "source_file STRING")
    return (
        spark.sql(f"SELECT * FROM {target.identifier} VERSION AS OF {version}")
        .where(F.col("region").isin(regions))
        .where(F.col("source_file").between(min(names), max(names)))
        .join(F.broadcast(listed), "source_file", "left_semi")
        .select("source_file", "file_modified_at", "line_hash")
    )


def lines_lacking(rows: DataFrame, known: DataFrame, *, by_version: bool) -> DataFrame:
    """The ``rows`` of files that are not among the ``known`` lines, or not as often.

    ``by_version``: a file that is delivered anew under its name is another file. Elsewhere a file
    is known by its path, and a line of one that is known in part keeps the time it has there.
    """
    same = ["source_file", "line_hash", *(["file_modified_at"] if by_version else [])]
    nth = F.row_number().over(Window.partitionBy(*same).orderBy("line_hash"))
    lacking = rows.withColumn("nth", nth).join(
        known.select(*same, nth.alias("nth")), [*same, "nth"], "left_anti"
    )
    if by_version:
        return lacking.select(*rows.columns)
    times = known.groupBy("source_file").agg(F.min("file_modified_at").alias("known_at"))
    landed_at = F.coalesce("known_at", "file_modified_at")
    timed = lacking.join(F.broadcast(times), "source_file", "left")
    return timed.withColumn("file_modified_at", landed_at).select(*rows.columns)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # moved away since it was listed
        return 0
