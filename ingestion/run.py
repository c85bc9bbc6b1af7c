"""Runs several sources at once; the failure of one does not stop the others."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from pyspark.sql import SparkSession

from ingestion.breaker import CLOSED, Breaker, breaker_of
from ingestion.landing import check_root
from ingestion.lineage import SourceLineage, source_lineage
from ingestion.platform_log import COMPONENT, platform_log
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult, SourceRun
from ingestion.writer import commits_told
from warehouse.provenance import Provenance

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
    committed stays, the rest is taken by the next run. A source whose circuit breaker is open is
    held off, unless the settings say to try it now. A continuous run tries a failed source again
    where the settings say after how long, and tells ``on_result`` and the log of each failure.

    Raises:
        LandingMissing: if the landing root is needed and is no folder.
    """
    stop = stop or threading.Event()
    check_landing(sources, settings)
    who = Provenance.of(COMPONENT)
    settings = replace(settings, user_metadata=settings.user_metadata or who.user_metadata)
    log, now = platform_log(spark, settings), datetime.now(UTC)
    lineage = source_lineage(spark, settings, who)
    known = {} if settings.try_now else log.attempts(now)
    breakers = {name: breaker_of(attempts, now) for name, attempts in known.items()}
    workers = len(sources) if settings.continuous is not None else settings.parallel
    pool_of = ThreadPoolExecutor(max(1, min(workers, len(sources))), "ingest")
    with commits_told(spark, settings.user_metadata), pool_of as pool:

        def take(source: Source) -> SourceResult:
            def tell_failure(result: SourceResult) -> None:
                on_result(result)
                log.add((result,), who)

            first = breakers.get(source.name, CLOSED)
            run = partial(_run_one, spark, source, settings, stop, lineage)
            return _again(run, first, settings, stop, tell_failure)

        futures = [pool.submit(take, source) for source in sources]
        _follow(futures, on_result)
    results = tuple(future.result() for future in futures)
    log.add(results, who)
    lineage.sender.close()
    return results


def check_landing(sources: Sequence[Source], settings: Settings) -> None:
    """Raises LandingMissing if a folder that the user named does not exist (local only)."""
    if settings.platform == "databricks":
        return
    for folder in settings.folders.values():
        check_root(folder)
    if any(not source.topic and source.name not in settings.folders for source in sources):
        check_root(settings.landing)


def _run_one(
    spark: SparkSession,
    source: Source,
    settings: Settings,
    stop: threading.Event,
    lineage: SourceLineage,
    breaker: Breaker,
) -> SourceResult:
    if stop.is_set():
        return SourceResult(source=source.name, table=source.table, status="stopped")
    if breaker.state == "open":
        message = (
            f"held off until {breaker.until:%Y-%m-%d %H:%M} UTC, because its last runs failed:"
            " operations.platform_logs says how. Mend the cause, then --try-now."
        )
        return SourceResult(
            source=source.name, table=source.table, status="held off", message=message
        )
    return lineage.during(source, SourceRun(spark, source, settings, stop).run)


def _again(
    run: Callable[[Breaker], SourceResult],
    breaker: Breaker,
    settings: Settings,
    stop: threading.Event,
    tell_failure: Callable[[SourceResult], None],
) -> SourceResult:
    """A source's result; where settings say so, of another try after each failure, until stopped.

    The pause between tries stands for the breaker, once that has been heard.
    """
    result = run(breaker)
    if settings.continuous is None or settings.retry_seconds is None:
        return result
    while result.status in ("failed", "held off"):
        tell_failure(result)
        if stop.wait(settings.retry_seconds):
            return replace(result, status="stopped", message="")
        result = run(CLOSED)
    return result


def _follow(
    futures: Sequence[Future[SourceResult]], on_result: Callable[[SourceResult], None]
) -> None:
    """Waits in short steps, so that the main thread goes on to hear signals."""
    running = set(futures)
    while running:
        done, running = wait(running, _POLL_SECONDS, FIRST_COMPLETED)
        for future in done:
            on_result(future.result())
