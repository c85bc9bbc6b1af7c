"""What waits in the landing folders of this machine, against what checkpoints say was taken."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ingestion.checkpoint import standing
from ingestion.errors import CheckpointUnreadable
from ingestion.listing import Listing
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.taken import TakenFiles
from operations.exporter.catalogue import Sample

# A region is the name of a folder: whoever lands ever new ones is not to make ever new series.
MOST_REGIONS = 20
OTHER = "other"


class Landing:
    """Figures of every source that lands as files; one of which nothing has landed has none.

    What was read of checkpoints and listings is remembered: the next reading costs what is new.
    """

    def __init__(self, sources: Sequence[Source], settings: Settings) -> None:
        self._parts = [_Part(source, settings) for source in sources if not source.topic]

    def __call__(self) -> Iterator[Sample]:
        """The figures as of now."""
        for part in self._parts:
            yield from part.figures()


class _Part:
    """One source: its folder and its checkpoint."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self._name = source.name
        self._regions = _Regions(source)
        folder, bounds = settings.folder(source.name, source.path), settings.bounds(source.name)
        self._listing = Listing(Path(folder), source.files, Path(bounds))
        self._checkpoint = Path(settings.checkpoint(source.name))
        self._taken = TakenFiles(self._checkpoint)

    def figures(self) -> Iterator[Sample]:
        landed = self._listing.files()
        known, readable = None, True
        try:
            known = standing(self._checkpoint)
            taken = self._taken.read()
        except CheckpointUnreadable:
            readable = False
        if readable and landed:
            yield from _waiting(self._name, self._regions, landed, taken)
        if known is not None or not readable:
            yield Sample("checkpoint_readable", (self._name,), float(readable))
        if readable and known is not None and known.ended >= 0:
            ended = (self._checkpoint / "commits" / str(known.ended)).stat().st_mtime
            yield Sample("checkpoint_timestamp_seconds", (self._name,), ended)


def _waiting(
    source: str, regions: "_Regions", landed: Mapping[Path, int], taken: Mapping[Path, int]
) -> Iterator[Sample]:
    now = time.time()
    for region, paths in regions.split(landed).items():
        labels = (source, region)
        waiting = [path for path in paths if path not in taken]
        oldest = min((landed[path] for path in waiting), default=None)
        lag = 0.0 if oldest is None else max(0.0, now - oldest / 1000)
        yield Sample("files_outstanding", labels, len(waiting))
        yield Sample("outstanding_bytes", labels, sum(map(_size, waiting)))
        yield Sample("lag_seconds", labels, lag)
        newest = max(landed[path] for path in paths) / 1000
        yield Sample("newest_landed_timestamp_seconds", labels, newest)
        if done := [landed[path] for path in paths if path in taken]:
            yield Sample("newest_taken_timestamp_seconds", labels, max(done) / 1000)


def _size(path: Path) -> int:
    with suppress(OSError):  # taken away between the listing and now
        return path.stat().st_size
    return 0


class _Regions:
    """The region that a path names, as ingestion reads it; beyond the bound one for the rest."""

    def __init__(self, source: Source) -> None:
        self._own = source.region
        self._pattern = re.compile(source.region_pattern)
        self._seen: set[str] = set()
        self._known: dict[Path, str] = {}

    def split(self, paths: Iterable[Path]) -> dict[str, list[Path]]:
        """The paths by their regions; what was found for a path is remembered."""
        self._known = {path: self._known.get(path) or self.of(path) for path in paths}
        files: dict[str, list[Path]] = {}
        for path, region in self._known.items():
            files.setdefault(region, []).append(path)
        return files

    def of(self, path: Path) -> str:
        """The region of a path."""
        found = self._pattern.search(f"file://{path}")
        region = (found[1] if found else "") or self._own
        if region not in self._seen and len(self._seen) >= MOST_REGIONS:
            return OTHER
        self._seen.add(region)
        return region
