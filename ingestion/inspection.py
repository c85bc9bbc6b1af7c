"""Looks at the files of a local micro-batch before it is written: settled, and what they say."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.checkpoint import ListedFile
from ingestion.errors import FileChanged, FileNotWhole, NotSettled
from ingestion.landing import check_inside, check_plain, unreadable

# First bytes -> what they are, and the ending by which Spark knows it (None: not read at all).
_MAGIC = {
    b"\x1f\x8b": ("gzip", ".gz"),
    b"PK\x03\x04": ("zip", None),
    b"\x28\xb5\x2f\xfd": ("zstd", None),
    b"\xfd7zXZ\x00": ("xz", None),
    b"BZh91AY&SY": ("bzip2", ".bz2"),
}
_SETTLE_ROUNDS = 5


State = tuple[int, int]  # mtime in ns, size in bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """What a micro-batch reads: how many files, how many bytes, and which files are gone."""

    files: int
    size: int
    missing: tuple[Path, ...]


def inspect_batch(
    files: Sequence[ListedFile],
    *,
    settle_seconds: float,
    planned_at: float,
    bounds: Path | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> BatchFacts:
    """Waits until the files of a micro-batch are settled and checks that they are what they say.

    ``planned_at`` (epoch seconds) is a time before which Spark did not look at the files' lengths.
    No file may lie outside of ``bounds``, its links followed.

    Raises:
        NotSettled, FileChanged, FileNotWhole, LandingUnreadable, LandingRefused: see there.
    """
    states = {file.path: _state(file.path) for file in files}
    _settle(states, settle_seconds, clock, sleep)
    there = {path: state for path, state in states.items() if state is not None}
    for file in files:
        state = there.get(file.path)
        if state is None:
            continue
        if bounds is not None:
            check_inside(str(file.path), bounds)
        if settle_seconds and _changed(file, state, planned_at):
            raise FileChanged(f"{file.path} was changed while it was being taken.")
        _check_content(file.path)
    missing = tuple(path for path, state in states.items() if state is None)
    return BatchFacts(files=len(there), size=sum(s for _, s in there.values()), missing=missing)


def _changed(file: ListedFile, state: State, planned_at: float) -> bool:
    """Whether the file may be longer than Spark believes, which reads no further than that."""
    modified_ms = state[0] // 1_000_000
    return modified_ms != file.modified_ms and modified_ms + 1 > planned_at * 1000


def _settle(
    states: dict[Path, State | None],
    seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Waits until no file changes any more; a file counts as settled after ``seconds`` at rest."""
    now = clock()
    young = [p for p, s in states.items() if s is not None and now - s[0] / 1e9 < seconds]
    for _ in range(_SETTLE_ROUNDS):
        if not young:
            return
        sleep(seconds)
        before = {path: states[path] for path in young}
        states.update({path: _state(path) for path in young})
        young = [path for path in young if states[path] not in (None, before[path])]
    if young:
        raise NotSettled(
            f"{young[0]} is still being written after {_SETTLE_ROUNDS * seconds:g} seconds; "
            "nothing of its batch was taken, the next run takes it whole."
        )


def _state(path: Path) -> State | None:
    """mtime (ns) and size of a file, None if it is gone."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable("file", str(path), error) from error
    check_plain(str(path), stat.st_mode)
    return stat.st_mtime_ns, stat.st_size


def _check_content(path: Path) -> None:
    """Raises FileNotWhole where the first bytes contradict the name: Spark goes by the name."""
    try:
        with path.open("rb") as file:
            head = file.read(10)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable("file", str(path), error) from error
    kind, suffix = next(
        (named for magic, named in _MAGIC.items() if head.startswith(magic)), ("plain", "")
    )
    if suffix is None:
        raise _not_whole(
            path, f"holds {kind} data, which is not read", "deliver it plain or as gzip"
        )
    if suffix and path.suffix != suffix:
        raise _not_whole(path, f"holds {kind} data", f"give it a name that ends in {suffix}")
    if path.suffix == ".gz" and suffix != ".gz":
        holds = "is empty" if not head else "holds no gzip data"
        raise _not_whole(path, f"{holds}, though its name ends in .gz", "deliver it again")


def _not_whole(path: Path, what: str, remedy: str) -> FileNotWhole:
    return FileNotWhole(
        f"{path} {what}; nothing of its batch was kept. "
        f"Please {remedy} (or move it away) and run again."
    )
