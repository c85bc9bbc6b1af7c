"""The landing folder, followed from one listing to the next."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from ingestion.landing import check_inside, folder_entries, glob_regex, unreadable

# A folder that changed so lately may change again without another mtime.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder as it was listed: its mtime then, its files with their mtimes (ms), its folders."""

    changed_ns: int
    files: dict[Path, int]
    folders: tuple[str, ...]


class Listing:
    """The finished files below a folder; only folders that have changed are listed again.

    A file that is written in place where it lies keeps the mtime that it was first seen with.
    """

    def __init__(self, folder: Path, pattern: str, root: Path) -> None:
        self._folder, self._wanted, self._root = str(folder), glob_regex(pattern), root
        self._known: dict[str, _Folder] = {}

    def files(self) -> dict[Path, int]:
        """As `ingestion.landing.landed_files` gives them, and with the same refusals."""
        if not os.path.lexists(self._folder):
            self._known = {}
            return {}
        bounds = self._root.resolve()
        check_inside(self._folder, bounds)
        fresh: dict[str, _Folder] = {}
        found: dict[Path, int] = {}
        waiting: list[tuple[str, tuple[str, ...]]] = [(self._folder, ())]
        while waiting:
            name, above = waiting.pop()
            above = (*above, os.path.realpath(name))
            listed = fresh[name] = self._listed(name, bounds, above)
            found.update(listed.files)
            waiting.extend((inner, above) for inner in reversed(listed.folders))
        settled = time.time_ns() - _SETTLED_NS
        self._known = {name: one for name, one in fresh.items() if one.changed_ns < settled}
        return found

    def _listed(self, name: str, bounds: Path, above: tuple[str, ...]) -> _Folder:
        try:
            changed = Path(name).stat().st_mtime_ns  # before it is listed, never after
        except OSError as error:
            raise unreadable("folder", name, error) from error
        known = self._known.get(name)
        if known is not None and known.changed_ns == changed:
            return known
        files, folders = {}, []
        for entry, is_folder in folder_entries(name, self._wanted, bounds, above):
            if is_folder:
                folders.append(entry.path)
            else:
                files[Path(entry.path)] = entry.stat().st_mtime_ns // 1_000_000
        return _Folder(changed, files, tuple(folders))
