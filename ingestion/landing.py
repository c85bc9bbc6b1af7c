"""The local landing folder: which finished files lie there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import LandingMissing, LandingUnreadable

# Names of files that are not finished; the same pattern is a filter inside Spark (Java syntax).
TEMPORARY_NAMES = re.compile(
    r"(?i)(\.(tmp|temp|inprogress|in-progress|part|partial|filepart|crdownload|swp|_copying_)|~)$"
)


def check_root(root: str) -> None:
    """Raises LandingMissing unless ``root`` is a folder."""
    if not Path(root).is_dir():
        raise LandingMissing(
            f"The landing folder {root} does not exist or is no folder; "
            "create it, or name another one with --landing."
        )


def landed_files(folder: Path, pattern: str) -> dict[Path, int]:
    """Every finished file below ``folder`` that ``pattern`` names, with its mtime in epoch ms.

    A folder that does not exist holds none.

    Raises:
        LandingUnreadable: naming the first folder or file that cannot be read.
    """
    if not os.path.lexists(folder):
        return {}
    wanted = glob_regex(pattern)
    return {
        Path(entry.path): entry.stat().st_mtime_ns // 1_000_000
        for entry in _walk(str(folder))
        if wanted.fullmatch(entry.name)
    }


def _walk(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable("folder", folder, error) from error
    for entry in entries:
        hidden = entry.name.startswith(".") or (entry.name[0] == "_" and "=" not in entry.name)
        if hidden or TEMPORARY_NAMES.search(entry.name):
            continue
        if entry.is_dir():
            yield from _walk(entry.path)
            continue
        try:
            entry.stat()
            if not os.access(entry.path, os.R_OK):
                raise PermissionError("no right to read it")
        except FileNotFoundError as error:
            if not entry.is_symlink():
                continue  # moved away since the folder was listed
            raise unreadable("file", entry.path, error) from error
        except OSError as error:
            raise unreadable("file", entry.path, error) from error
        yield entry


def unreadable(kind: str, path: str, error: OSError) -> LandingUnreadable:
    """The error that says that a file or folder cannot be read, and why."""
    reason = error.strerror or str(error)
    return LandingUnreadable(
        f"The {kind} {path} cannot be read ({reason}); nothing of this source was taken. "
        "Make it readable or move it away, and run again."
    )


def glob_regex(pattern: str) -> re.Pattern[str]:
    """A file-name pattern of Spark (``*`` ``?`` ``[a-z]`` ``[^a]`` ``{a,b}``) as a regex."""
    parts = {"*": ".*", "?": ".", "{": "(?:", "}": ")", ",": "|", "[": "[", "]": "]"}
    depth, text, in_class = 0, "", False
    for char in pattern:
        depth += (char == "{") - (char == "}")
        if in_class:
            in_class = char != "]"
            text += char
        elif char in parts and not (char == "," and not depth):
            in_class = char == "["
            text += parts[char]
        else:
            text += re.escape(char)
    return re.compile(text, re.DOTALL)
