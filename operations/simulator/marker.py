"""Which runs a landing folder holds: a small file at its root, beside the source folders."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from operations.simulator.delivery import read_bytes, write_atomically
from operations.simulator.errors import LandingInUseError, LandingWriteError
from operations.simulator.settings import SOURCES, Options, Phase

MARKER = ".simulation.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that wrote into a landing folder, and which deliveries it has finished."""

    tag: str
    options: dict[str, Any]
    delivered: tuple[Phase, ...] = ()

    def with_delivered(self, phases: tuple[Phase, ...]) -> "Run":
        """The run after further deliveries."""
        return replace(self, delivered=tuple(sorted({*self.delivered, *phases}, reverse=True)))


def run_of(options: Options) -> Run:
    """The run of some options before any delivery."""
    return Run(tag=options.tag, options=options.as_json())


def read_runs(landing: Path) -> list[Run]:
    """The runs in a landing folder; empty for a new one.

    Raises:
        LandingInUseError: if the landing path is no folder, or its marker cannot be understood.
    """
    if landing.exists() and not landing.is_dir():
        raise LandingInUseError(f"{landing} is not a folder. Give a folder to --landing.")
    path = landing / MARKER
    if not path.exists():
        return []
    try:
        return [
            Run(tag=run["tag"], options=run["options"], delivered=tuple(run["delivered"]))
            for run in json.loads(read_bytes(path))["runs"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise LandingInUseError(
            f"{path} does not say which run the folder holds. Remove the folder, or use another "
            "--landing."
        ) from error


def write_run(landing: Path, runs: list[Run], run: Run) -> list[Run]:
    """Records a run beside the earlier ones, or in place of its own earlier entry."""
    kept = [*(r for r in runs if r.tag != run.tag), run]
    entries = [{"tag": r.tag, "options": r.options, "delivered": r.delivered} for r in kept]
    text = json.dumps({"runs": entries}, indent=2)
    write_atomically(landing / MARKER, f"{text}\n".encode())
    return kept


def remove_runs(landing: Path, runs: list[Run]) -> int:
    """Removes the files of runs, and nothing else; returns how many.

    Raises:
        LandingWriteError: if a file cannot be removed.
    """
    removed = 0
    try:
        for source in SOURCES:
            folder = landing / "platform" / source
            for path in list(_files_below(folder)):
                if _belongs_to(path, landing, runs):
                    path.unlink()
                    removed += 1
            _remove_empty(folder)
        (landing / MARKER).unlink(missing_ok=True)
    except OSError as error:
        raise LandingWriteError(
            f"{error.filename} could not be removed: {error.strerror}. Check the folder's rights."
        ) from error
    return removed


def _remove_empty(folder: Path) -> None:
    below = (path for path in folder.rglob("*") if path.is_dir())
    for path in [*sorted(below, reverse=True), folder]:
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def foreign_file(landing: Path, runs: list[Run]) -> Path | None:
    """A file in a simulated source's folder that none of the runs wrote, if there is one."""
    for source in SOURCES:
        for path in _files_below(landing / "platform" / source):
            if not _belongs_to(path, landing, runs):
                return path
    return None


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _belongs_to(path: Path, landing: Path, runs: list[Run]) -> bool:
    """Whether one of the runs wrote a file: its name, or that of its folder, holds the tag."""
    return any(f"-{run.tag}-" in str(path.relative_to(landing)) for run in runs)
