"""What the commands do: look, read landing files again, have silver and gold follow."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pyspark.sql import SparkSession
from rich.console import Console

from ingestion.replay import LandedFile, files_in_window, replay_files
from ingestion.settings import Settings
from ingestion.sources import Source
from operations.dbt import PROJECT
from operations.replay import text
from operations.replay.desk import Desk
from operations.replay.estimate import (
    Scope,
    check_regions,
    closed_periods,
    in_bronze,
    touched_days,
)
from operations.replay.progress import fingerprint, note_done, progress_of, replay_id

_FOLDER_DATE = re.compile(r"date=(\d{4}-\d{2}-\d{2})")
Files = Mapping[str, tuple[LandedFile, ...]]
OpenSpark = Callable[[], AbstractContextManager[SparkSession]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where files are read again from, and how many at once."""

    sources: tuple[Source, ...]
    settings: Settings
    open_spark: OpenSpark
    files: Files = field(default_factory=dict)


def look_at_bronze(desk: Desk, scope: Scope, console: Console) -> None:
    """Says what would be judged again.

    Raises:
        ReplayRefused: if nothing landed in the window, or nothing from a region.
    """
    found = in_bronze(desk.cursor, scope)
    check_regions(scope, [row.region for row in found], "No rows in bronze")
    wanted = [row for row in found if not scope.regions or row.region in scope.regions]
    text.print_bronze(console, wanted)
    _say_days(desk, scope, console, {})


def look_at_landing(desk: Desk, scope: Scope, landing: Landing, console: Console) -> Files:
    """Says what would be read again; gives the files by source.

    Raises:
        ReplayRefused: if no file landed in the window, or none from a region.
        LandingUnreadable: if a folder or file cannot be read.
    """
    landed = {
        source.name: files_in_window(source, landing.settings, scope.window.start, scope.window.end)
        for source in landing.sources
    }
    check_regions(scope, [file.region for found in landed.values() for file in found], "No files")
    files = {
        name: tuple(file for file in found if not scope.regions or file.region in scope.regions)
        for name, found in landed.items()
    }
    known = in_bronze(desk.cursor, scope)
    text.print_landing(console, files, known)
    counts = {name: sum(row.files for row in known if row.source == name) for name in landed}
    unknown = {name: found for name, found in files.items() if counts[name] < len(landed[name])}
    _say_days(desk, scope, console, unknown)
    return files


def read_landing_again(landing: Landing, files: Files, console: Console) -> int:
    """Gives bronze the lines that it lacks; their number. Chunks that are done stay done.

    Raises:
        IngestionError: if a source is being ingested, or a file cannot be read to its end.
    """
    with landing.open_spark() as spark:
        return sum(
            result.lines
            for source in landing.sources
            for result in replay_files(
                spark,
                source,
                landing.settings,
                files[source.name],
                max_files=landing.settings.max_files,
                on_chunk=lambda done: console.print(
                    f"{done.source}: {done.files:,} files read, {done.lines:,} lines were lacking"
                    f" ({done.batch})"
                ),
            )
        )


def judge_again(desk: Desk, scope: Scope, days_per_run: int, by: str, console: Console) -> None:
    """Has silver and gold read the window again, part by part; goes on where it was cut short.

    Raises:
        DbtFailed: if dbt fails; the parts before stay done.
    """
    parts = tuple(scope.window.parts(days_per_run))
    name = replay_id(scope, parts, fingerprint(PROJECT))
    progress = progress_of(desk.cursor, name, parts)
    if progress.done:
        console.print(f"Going on: {progress.done} of {len(parts)} parts are done.")
    for part in progress.left:
        started = datetime.now(UTC)
        outcome = desk.build(scope, part)
        note_done(desk.cursor, progress, scope, part, by)
        seconds = (datetime.now(UTC) - started).total_seconds()
        console.print(f"{part}: {outcome.summary}, {seconds:.0f} s")
    console.print(f"Replayed: {scope.window}, replay {name}.")


def _say_days(desk: Desk, scope: Scope, console: Console, unknown: Files) -> None:
    """``unknown``: files of sources that bronze does not have all files of."""
    billed: list[date] = []
    for source in scope.sources:
        known = touched_days(desk.cursor, source, scope.window)
        days = sorted({*known, *_days_named(unknown.get(source.name, ()))} if source.day else ())
        console.print(text.day_sentence(source.name, days), soft_wrap=True)
        billed += days if source.is_billing else []
    months = sorted({f"{day:%Y-%m}" for day in billed})
    for sentence in text.period_sentences(months, closed_periods(desk.cursor, months)):
        console.print(sentence, soft_wrap=True, markup=False)


def _days_named(files: Sequence[LandedFile]) -> Iterator[date]:
    """The day of each file's folder, else that of its landing: what bronze does not know yet."""
    for file in files:
        found = _FOLDER_DATE.search(str(file.path))
        if found:
            yield date.fromisoformat(found[1])
        else:
            yield datetime.fromtimestamp(file.landed_ms / 1000, UTC).date()
