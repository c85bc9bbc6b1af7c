"""What stays in Spark's memory while a backlog, long or short, is taken in."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

from tests.benchmarks.audit_days import Batch, write
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, Inside, ingest_audit, ingest_everything
from tests.benchmarks.rounds import Say
from tests.benchmarks.stage_bronze import FIRST_DAY

SUITE = "memory"
_FILES_A_BATCH = 5
_EVERY_SECONDS = 1.0


@contextmanager
def watched(inside: Inside) -> Iterator[list[int]]:
    """Bytes that are left of Java's heap after a full collection, every second."""
    jvm = inside.engine.spark.sparkContext._jvm
    seen, ended = list[int](), threading.Event()

    def look() -> None:
        while not ended.wait(_EVERY_SECONDS):
            jvm.java.lang.System.gc()
            heap = jvm.java.lang.Runtime.getRuntime()
            seen.append(int(heap.totalMemory() - heap.freeMemory()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def peak_of_ingest(inside: Inside) -> int:
    """The most that was left after a collection while what has landed was taken in."""
    with watched(inside) as seen:
        ingest_audit(inside, _FILES_A_BATCH)
    return max(seen)


def measure_memory(root: Path, *, backlogs: Sequence[int], events: int, say: Say) -> list[Figure]:
    """``backlogs`` are counts of files of ``events`` events; the first is the measure."""
    peaks = []
    with Home(root / "memory") as home:
        home.do(ingest_everything)
        # Once for the classes and plans that stay.
        for number, files in enumerate((backlogs[0], *backlogs)):
            day = FIRST_DAY + timedelta(days=number)
            write(Batch(day=day, events=files * events, seed=3, per_file=events), home.landing)
            peaks.append(cast(int, home.do(peak_of_ingest)))
            say(f"memory: {files} files waiting, {peaks[-1] / 1e6:.0f} MB live at most")
    return [
        Figure(suite=SUITE, name=f"{files} files waiting", value=peak / 1e6, unit="MB live")
        for files, peak in zip(backlogs, peaks[1:], strict=True)
    ] + [
        Figure(
            suite=SUITE,
            name=f"{backlogs[-1]} files waiting",
            value=peaks[-1] / peaks[1],
            unit="times",
            against=f"{backlogs[0]} files",
            most=1.1,
        )
    ]
