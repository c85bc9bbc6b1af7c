"""Runs several sources at once; the failure of one does not stop the others."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from pyspark.sql import SparkSession

from ingestion.landing import check_root
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult, SourceRun

_POLL_SECONDS = 0.5


def run_sources(
    spark: SparkSession,
    sources: Sequence[Source],
    settings: Settings,
    *,
    stop: threading.Event | None = None,
    on_result: Callable[[SourceResult], None] = lambda _: None,
) -> tuple[SourceResult, ...]:
    """One result per source, in the order of ``sources``; ``on_result`` hears each as it ends.

    A set ``stop`` ends the run: queries stop, sources that have not begun are left out. What was
    committed stays, the rest is taken by the next run.

    Raises:
        LandingMissing: if the landing root is needed and is no folder.
    """
    stop = stop or threading.Event()
    check_landing(sources, settings)
    workers = len(sources) if settings.continuous is not None else settings.parallel
    with ThreadPoolExecutor(max(1, min(workers, len(sources))), "ingest") as pool:
        futures = [pool.submit(_run_one, spark, source, settings, stop) for source in sources]
        _follow(futures, on_result)
    return tuple(future.result() for future in futures)


def check_landing(sources: Sequence[Source], settings: Settings) -> None:
    """Raises LandingMissing if a folder that the user named does not exist (local only)."""
    if settings.platform == "databricks":
        return
    for folder in settings.folders.values():
        check_root(folder)
    if any(source.name not in settings.folders for source in sources):
        check_root(settings.landing)


def _run_one(
    spark: SparkSession, source: Source, settings: Settings, stop: threading.Event
) -> SourceResult:
    if stop.is_set():
        return SourceResult(source=source.name, table=source.table, status="stopped")
    return SourceRun(spark, source, settings, stop).run()


def _follow(
    futures: Sequence[Future[SourceResult]], on_result: Callable[[SourceResult], None]
) -> None:
    """Waits in short steps, so that the main thread goes on to hear signals."""
    running = set(futures)
    while running:
        done, running = wait(running, _POLL_SECONDS, FIRST_COMPLETED)
        for future in done:
            on_result(future.result())
