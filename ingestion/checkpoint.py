"""What a local checkpoint says (which files a micro-batch holds) and who may use it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingestion.errors import CheckpointBusy, CheckpointUnreadable


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as Spark's file source listed it: local path, and mtime in epoch milliseconds."""

    path: Path
    modified_ms: int
    entry: int


def batch_files(checkpoint: Path, batch_id: int) -> tuple[ListedFile, ...]:
    """The files of one micro-batch, in the order in which Spark took them.

    Raises:
        CheckpointUnreadable: if the checkpoint does not have the form that Spark writes.
    """
    before = _last_entry(checkpoint, batch_id - 1) if batch_id else -1
    until = _last_entry(checkpoint, batch_id)
    return tuple(files_between(checkpoint, before, until))


def taken_files(checkpoint: Path) -> dict[Path, int]:
    """Path and mtime (epoch milliseconds) of each file in a finished micro-batch."""
    return {
        file.path: file.modified_ms
        for file in files_between(checkpoint, -1, taken_until(checkpoint))
    }


def taken_until(checkpoint: Path) -> int:
    """The last entry of the source's log that a finished micro-batch reached; -1 without one.

    Raises:
        CheckpointUnreadable: if the checkpoint does not have the form that Spark writes.
    """
    commits = checkpoint / "commits"
    done = [int(file.name) for file in commits.glob("[0-9]*")] if commits.is_dir() else []
    return _last_entry(checkpoint, max(done)) if done else -1


def files_between(checkpoint: Path, after: int, until: int) -> Iterator[ListedFile]:
    """The files of entries beyond ``after`` and up to ``until``, in the order of the entries.

    Raises:
        CheckpointUnreadable: if the checkpoint does not have the form that Spark writes.
    """
    if until > after:
        yield from (file for file in _entries(checkpoint, after) if file.entry <= until)


@dataclass(frozen=True, slots=True)
class Standing:
    """A checkpoint's id, and its newest batches that were begun and ended (-1: none)."""

    id: str
    begun: int
    ended: int


def standing(checkpoint: Path) -> Standing | None:
    """What Spark reads first of a checkpoint; None where there is none yet.

    Raises:
        CheckpointUnreadable: if its id or the newest batch is damaged, saying what to do.
    """
    metadata = checkpoint / "metadata"
    if not metadata.exists():
        return None
    try:
        found = str(json.loads(metadata.read_text(encoding="utf-8"))["id"])
        if not found:
            raise ValueError("no id")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(checkpoint, metadata, error) from error
    begun, ended = (_newest(checkpoint, checkpoint / name) for name in ("offsets", "commits"))
    return Standing(found, begun, ended)


def _newest(checkpoint: Path, log: Path) -> int:
    """The newest batch in one of the logs, -1 if there is none; its file is looked at."""
    newest = max((int(f.name) for f in log.glob("[0-9]*") if f.name.isdigit()), default=-1)
    if newest >= 0:
        _check_version(checkpoint, log / str(newest))
    return newest


def _check_version(checkpoint: Path, file: Path) -> None:
    try:
        with file.open(encoding="utf-8") as lines:
            version = lines.readline(20).strip()
        if version != "v1":
            raise ValueError(f"version {version}")
    except (OSError, ValueError) as error:
        raise _damaged(checkpoint, file, error) from error


def _last_entry(checkpoint: Path, batch_id: int) -> int:
    """The last entry of the source's log that the micro-batch reached."""
    file = checkpoint / "offsets" / str(batch_id)
    try:
        return int(json.loads(file.read_text().splitlines()[2])["logOffset"])
    except (OSError, IndexError, ValueError, KeyError, TypeError) as error:
        raise _damaged(checkpoint, file, error) from error


def _entries(checkpoint: Path, after: int) -> Iterator[ListedFile]:
    """Every file of the source's log beyond an entry: of compacted files the newest is read."""
    log = checkpoint / "sources" / "0"
    names = [file.name for file in log.glob("[0-9]*")] if log.is_dir() else []
    compacted = max((int(name[:-8]) for name in names if name.endswith(".compact")), default=-1)
    later = sorted(int(name) for name in names if name.isdigit() and int(name) > compacted)
    chosen = [f"{compacted}.compact"] if compacted > after else []
    for name in chosen + [str(number) for number in later if number > after]:
        yield from reversed(_log_file(checkpoint, log / name, after))


def _log_file(checkpoint: Path, file: Path, after: int) -> list[ListedFile]:
    """The files that one of the log's files names, the last one first, down to an entry.

    A compacted file repeats all that came before, so it is read from its end.
    """
    found = []
    try:
        for line in _lines_from_the_end(file):
            item = json.loads(line)
            entry = int(item["batchId"])
            if entry <= after:
                break
            path = Path(unquote(urlsplit(item["path"]).path))
            found.append(ListedFile(path, int(item["timestamp"]), entry))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(checkpoint, file, error) from error
    return found


def _lines_from_the_end(file: Path) -> Iterator[bytes]:
    """The lines of a file of version 1 but for its first, which says so; the last one first."""
    with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as text:
        head = text.readline()
        if head.strip() != b"v1":
            raise ValueError(f"version {head.strip().decode(errors='replace')}")
        end = len(text) - text[-1:].count(b"\n")
        while end > len(head):
            start = text.rfind(b"\n", 0, end) + 1
            yield text[start:end]
            end = start - 1


def _damaged(checkpoint: Path, file: Path, error: Exception) -> CheckpointUnreadable:
    return CheckpointUnreadable(
        f"The checkpoint is damaged: {file} is not as Spark writes it ({error}). Delete the folder"
        f" {checkpoint} and run again: all files come again, silver takes each record once"
        " (docs/replay.md)."
    )


@contextmanager
def held(checkpoint: Path) -> Iterator[None]:
    """Holds the checkpoint for this process; the lock ends with the process, however that ends.

    Raises:
        CheckpointBusy: if another process holds it.
    """
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    lock = checkpoint.with_name(f".{checkpoint.name}.lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.pread(handle, 20, 0).decode() or "unknown"
            raise CheckpointBusy(
                f"Process {owner} ingests {checkpoint.name} already (checkpoint {checkpoint}); "
                "wait until it has ended, or stop it."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)
