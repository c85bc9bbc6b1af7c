"""Landing files without the forgotten: written beside the old one and renamed into its place."""

import gzip
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from ingestion.erasing import erase_content
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import Tombstones

_log = structlog.get_logger("operations")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What was done to landing files: how many were looked at, and which were written anew.

    ``unreadable`` names those that nobody can look into.
    """

    looked_at: int
    rewritten: tuple[Path, ...]
    unreadable: tuple[Path, ...]


def erase_landing(sources: Sequence[Source], settings: Settings, forgotten: Tombstones) -> Landing:
    """Erases the forgotten from every file of every source, also from those that are never read."""
    looked_at = 0
    rewritten: list[Path] = []
    unreadable: list[Path] = []
    for source in (source for source in sources if source.path):
        for path in files_below(Path(settings.folder(source.name, source.path))):
            looked_at += 1
            try:
                if erase_file(path, source, forgotten):
                    rewritten.append(path)
            except (OSError, EOFError) as error:
                unreadable.append(path)
                _log.warning("file cannot be looked into", file=str(path), error=str(error))
    return Landing(looked_at=looked_at, rewritten=tuple(rewritten), unreadable=tuple(unreadable))


def files_below(folder: Path) -> Iterator[Path]:
    """Every plain file below a folder, hidden and unfinished ones too, in order.

    Links are followed, each folder once; what is no plain file would be waited for.
    """
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in sorted(folders) if _is_new(Path(root) / name, seen)]
        yield from (path for name in sorted(names) if (path := Path(root) / name).is_file())


def _is_new(folder: Path, seen: set[str]) -> bool:
    real = os.path.realpath(folder)
    is_new = real not in seen
    seen.add(real)
    return is_new


def content_of(path: Path) -> bytes:
    """The bytes of a file, gzip or not.

    Raises:
        OSError, EOFError: where it cannot be read, or is cut off.
    """
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(_GZIP) else content


def erase_file(path: Path, source: Source, forgotten: Tombstones) -> bool:
    """Writes the file anew if it holds somebody; whether it did.

    The time of the file stays, for that is how ingestion knows that it has taken it.
    """
    content = content_of(path)
    erased = erase_content(content, source, forgotten)
    if erased is content:
        return False
    # A link stays one: what it leads to is written anew.
    path = path.resolve()
    fresh = path.with_name(f".{path.name}.forgetting.tmp")
    with path.open("rb") as file:
        is_gzip = file.read(2) == _GZIP
    fresh.write_bytes(gzip.compress(erased, mtime=0) if is_gzip else erased)
    shutil.copystat(path, fresh)
    fresh.replace(path)
    return True
