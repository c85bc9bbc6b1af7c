"""What runs in the processes of a plant, and how their files are kept from growing."""

import resource
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

_UNLIMITED = resource.RLIM_INFINITY


def serve_ingestion(pipe: Connection, home: Path, cache: Path) -> None:
    """Runs ingestion with sources and settings that come through the pipe; gives the results."""
    from ingestion.run import run_sources
    from ingestion.session import ingestion_session

    with ingestion_session("local", home=home, cache=cache) as spark:
        while True:
            sources, settings = pipe.recv()
            pipe.send(run_sources(spark, sources, settings))


def limit_files(pid: int, most_bytes: int | None) -> None:
    """No file of this process and what it started may grow beyond so many bytes; None lifts it.

    What a write then meets is what it meets on a full disk: an error in the middle of a file.
    """
    soft = _UNLIMITED if most_bytes is None else most_bytes
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (soft, _UNLIMITED))
