"""What waits in the landing folders of this machine, against what checkpoints say was taken."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ingestion.checkpoint import standing, taken_files
from ingestion.errors import CheckpointUnreadable
from ingestion.landing import landed_files
from ingestion.settings import Settings
from ingestion.sources import Source
from operations.exporter.catalogue import Sample

# A region is the name of a folder: whoever lands ever new ones is not to make ever new series.
MOST_REGIONS = 20
OTHER = "other"


def landing(sources: Sequence[Source], settings: Settings) -> Iterator[Sample]:
    """Figures of every source that lands as files; one of which nothing has landed has none."""
    now = time.time()
    for source in sources:
        if source.topic:
            continue
        folder = Path(settings.folder(source.name, source.path))
        bounds = Path(settings.bounds(source.name))
        checkpoint = Path(settings.checkpoint(source.name))
        landed = landed_files(folder, source.files, bounds)
        taken: Mapping[Path, int] = {}
        try:
            known = standing(checkpoint)
            taken = taken_files(checkpoint)
            readable = True
        except CheckpointUnreadable:
            known, readable = None, False
        if readable and landed:
            yield from _waiting(source, landed, taken, now)
        if known is not None or not readable:
            yield Sample("checkpoint_readable", (source.name,), float(readable))
        if known is not None and known.ended >= 0:
            ended = (checkpoint / "commits" / str(known.ended)).stat().st_mtime
            yield Sample("checkpoint_timestamp_seconds", (source.name,), ended)


def _waiting(
    source: Source, landed: Mapping[Path, int], taken: Mapping[Path, int], now: float
) -> Iterator[Sample]:
    regions = _Regions(source)
    files: dict[str, list[Path]] = {}
    for path in landed:
        files.setdefault(regions.of(path), []).append(path)
    for region, paths in files.items():
        labels = (source.name, region)
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

    def of(self, path: Path) -> str:
        found = self._pattern.search(f"file://{path}")
        region = (found[1] if found else "") or self._own
        if region not in self._seen and len(self._seen) >= MOST_REGIONS:
            return OTHER
        self._seen.add(region)
        return region
