"""The local landing folder: which finished files lie there."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import LandingMissing, LandingRefused, LandingUnreadable

_ENDINGS = (
    *(".tmp", ".temp", ".inprogress", ".in-progress", ".part", ".partial", ".filepart"),
    *(".crdownload", ".swp", "._copying_", "~"),
)
# Names of files that are not finished; the same pattern is a filter inside Spark (Java syntax). It
# ends at the very end: a `$` would look past a line break, in Python and in Java differently.
TEMPORARY_NAMES = re.compile(rf"(?i)({'|'.join(map(re.escape, _ENDINGS))})(?![\s\S])")
LONGEST_ENDING = max(map(len, _ENDINGS))
# How most finished files end: such names need not be held against the pattern.
FINISHED_ENDINGS = (".json", ".gz", ".csv")


def check_root(root: str) -> None:
    """Raises LandingMissing unless ``root`` is a folder."""
    if not Path(root).is_dir():
        raise LandingMissing(
            f"The landing folder {root} does not exist or is no folder; "
            "create it, or name another one with --landing."
        )


def landed_files(folder: Path, pattern: str, root: Path | None = None) -> dict[Path, int]:
    """Every finished file below ``folder`` that ``pattern`` names, with its mtime in epoch ms.

    A folder that does not exist holds none. ``root`` is what no link may lead out of: the folder
    itself unless another is given.

    Raises:
        LandingUnreadable: naming the first folder or file that cannot be read.
        LandingRefused: naming the first that is not to be read: what is no plain file, a link that
            leads out of ``root`` or to a folder above it, a name that Spark cannot read.
    """
    if not os.path.lexists(folder):
        return {}
    bounds = (root or folder).resolve()
    check_inside(str(folder), bounds)
    wanted = glob_regex(pattern)
    return {
        Path(entry.path): entry.stat().st_mtime_ns // 1_000_000
        for entry in _walk(str(folder), wanted, bounds, ())
    }


def _walk(
    folder: str, wanted: re.Pattern[str], bounds: Path, above: tuple[str, ...]
) -> Iterator[os.DirEntry[str]]:
    above = (*above, os.path.realpath(folder))
    for entry, is_folder in folder_entries(folder, wanted, bounds, above):
        if is_folder:
            yield from _walk(entry.path, wanted, bounds, above)
        else:
            yield entry


def folder_entries(
    folder: str, wanted: re.Pattern[str], bounds: Path, above: tuple[str, ...]
) -> Iterator[tuple[os.DirEntry[str], bool]]:
    """What is to be read of one folder, by name, and whether it is a folder itself.

    ``above`` are the real paths of the folder and of those that it lies in. Raises what
    `landed_files` raises.
    """
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable("folder", folder, error) from error
    for entry in entries:
        hidden = entry.name.startswith(".") or (entry.name[0] == "_" and "=" not in entry.name)
        if hidden or TEMPORARY_NAMES.search(entry.name):
            continue
        is_folder = _is_folder(entry)
        if not is_folder and not wanted.fullmatch(entry.name):
            continue
        if entry.is_symlink() and Path(entry.path).exists():
            check_inside(entry.path, bounds)
        _check_name(entry.path, entry.name)
        if is_folder:
            if os.path.realpath(entry.path) in above:
                raise _refused(entry.path, "is a link to a folder that it lies in")
            yield entry, True
        elif _is_there(entry):
            yield entry, False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:  # links in a ring
        raise unreadable("file", entry.path, error) from error


def _is_there(entry: os.DirEntry[str]) -> bool:
    """False for a file that was moved away since its folder was listed."""
    try:
        mode = entry.stat().st_mode
        if not os.access(entry.path, os.R_OK):
            raise PermissionError("no right to read it")
    except FileNotFoundError as error:
        if not entry.is_symlink():
            return False
        raise unreadable("file", entry.path, error) from error
    except OSError as error:
        raise unreadable("file", entry.path, error) from error
    check_plain(entry.path, mode)
    return True


def check_plain(path: str, mode: int) -> None:
    """Raises LandingRefused for what is no plain file: a pipe would be waited for, for ever."""
    if not stat.S_ISREG(mode):
        raise _refused(path, "is no plain file (a pipe, socket or device)")


def check_inside(path: str, bounds: Path) -> None:
    """Raises LandingRefused if the path, its links followed, leads out of ``bounds``."""
    real = os.path.realpath(path)
    if not Path(real).is_relative_to(bounds):
        raise _refused(path, f"leads to {shown(real)}, out of the landing folder {bounds}")


def _check_name(path: str, name: str) -> None:
    """Raises LandingRefused for names that Spark lists and then does not find."""
    if ":" in name:
        raise _refused(path, "has a colon in its name, which is not read")
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise _refused(path, "has a name that is no UTF-8, which is not read")


def shown(path: str) -> str:
    """A path for people: control characters and bytes that are no text as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in path
    )


def _refused(path: str, what: str) -> LandingRefused:
    return LandingRefused(
        f"{shown(path)} {what}; nothing of this source was taken. "
        "Move it away, or deliver it as a plain file under another name, and run again."
    )


def unreadable(kind: str, path: str, error: OSError) -> LandingUnreadable:
    """The error that says that a file or folder cannot be read, and why."""
    reason = error.strerror or str(error)
    return LandingUnreadable(
        f"The {kind} {shown(path)} cannot be read ({reason}); nothing of this source was taken. "
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
