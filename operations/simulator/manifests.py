"""Manifests: what a producer says it has delivered, per source, region and hour (the sector).

A record belongs to the sector of its own event hour, wherever its file lies.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from operations.simulator.assembly import PlannedFile, hour_folder
from operations.simulator.bill import plain
from operations.simulator.delivery import EncodedFile
from operations.simulator.records import GoodLine, UsageFact, encode
from operations.simulator.settings import (
    AUDIT,
    EMITTED_AFTER,
    HOUR,
    MANIFESTS,
    USAGE,
    Options,
    Phase,
    epoch_ms,
    iso,
)

SOURCES = (USAGE, AUDIT)
_HOUR_MS = 3_600_000


@dataclass(slots=True)
class Sector:
    """The distinct good records of one sector that come with one delivery."""

    count: int = 0
    quantity: Decimal = Decimal(0)
    record_ids: list[str] = field(default_factory=list)
    files: list[EncodedFile] = field(default_factory=list)
    earliest_ms: int | None = None

    def add(self, file: EncodedFile, lines: Sequence[GoodLine]) -> None:
        """Counts in those lines of a file that belong to the sector."""
        self.count += len(lines)
        self.files.append(_without_content(file))
        first = min(line.event_ms for line in lines)
        self.earliest_ms = first if self.earliest_ms is None else min(first, self.earliest_ms)
        for line in lines:
            if isinstance(line.fact, UsageFact):
                self.quantity += line.fact.quantity
                self.record_ids.append(line.fact.record_id)

    def plus(self, other: "Sector") -> "Sector":
        """Both together."""
        return Sector(
            self.count + other.count,
            self.quantity + other.quantity,
            self.record_ids + other.record_ids,
            self.files + other.files,
        )


class SectorLedger:
    """Collects what is delivered, and writes it up as manifests."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._sectors: defaultdict[tuple[Phase, str, str, int], Sector] = defaultdict(Sector)

    def add(self, planned: PlannedFile, encoded: EncodedFile) -> None:
        """Counts in a file of a source that has sectors."""
        by_hour: defaultdict[int, list[GoodLine]] = defaultdict(list)
        for line in planned.good:
            by_hour[line.event_ms // _HOUR_MS].append(line)
        for hour, lines in by_hour.items():
            key = (planned.phase, planned.source, planned.region, hour)
            self._sectors[key].add(encoded, lines)

    def sector(self, phase: Phase, source: str, region: str, hour: datetime) -> Sector:
        """What one delivery holds of a sector; empty when nothing."""
        key = (phase, source, region, epoch_ms(hour) // _HOUR_MS)
        return self._sectors.get(key, Sector())

    def counts(self, phases: Sequence[Phase]) -> list[dict[str, object]]:
        """Distinct good records of every sector after some deliveries, zeros included."""
        return [
            {
                "source": source,
                "region": region,
                "sector_start": iso(hour),
                "record_count": sum(self.sector(p, source, region, hour).count for p in phases),
            }
            for source in SOURCES
            for region in self._options.regions
            for hour in self._options.hour_starts()
        ]

    def manifest_files(self, phase: Phase) -> Iterator[PlannedFile]:
        """The manifests that go out with a delivery; the late ones supersede."""
        number = 1 if phase == "on-time" else 2
        for hour in self._options.hour_starts():
            for region in self._options.regions:
                lines = [
                    encode(manifest)
                    for source in SOURCES
                    if (manifest := self._manifest(phase, source, region, hour))
                ]
                folder = hour_folder(MANIFESTS, region, hour)
                if lines:
                    yield PlannedFile(
                        source=MANIFESTS,
                        region=region,
                        name=f"{folder}/{MANIFESTS}-{self._options.tag}-{number:04d}.json",
                        phase=phase,
                        rows=lines,
                        good=[GoodLine(line, epoch_ms(hour)) for line in lines],
                    )

    def _manifest(
        self, phase: Phase, source: str, region: str, hour: datetime
    ) -> dict[str, object] | None:
        """One manifest, or None where the late delivery brings nothing for the sector."""
        on_time = self.sector("on-time", source, region, hour)
        late = self.sector("late", source, region, hour)
        emitted_at = self._options.end + EMITTED_AFTER[phase]
        complete_through = emitted_at
        sector = on_time
        if phase == "late":
            if not late.count:
                return None
            sector = on_time.plus(late)
        elif late.earliest_ms is not None:
            complete_through = datetime.fromtimestamp(late.earliest_ms / 1000, UTC)
        is_usage = source == USAGE
        return {
            "source": source,
            "region": region,
            "sector_start": iso(hour),
            "sector_end": iso(hour + HOUR),
            "files": [{"name": f.name, "rows": f.rows, "sha256": f.sha256} for f in sector.files],
            "record_count": sector.count,
            "quantity_sum": plain(sector.quantity) if is_usage else None,
            "checksum": checksum(sector.record_ids) if is_usage else None,
            "complete_through": iso(complete_through),
            "emitted_at": iso(emitted_at),
        }


def checksum(record_ids: Sequence[str]) -> str:
    """SHA-256 in hex of the sorted record ids, joined by newlines."""
    return hashlib.sha256("\n".join(sorted(record_ids)).encode()).hexdigest()


def _without_content(file: EncodedFile) -> EncodedFile:
    # The ledger lives through the whole run; the bytes must not.
    return EncodedFile(name=file.name, content=b"", rows=file.rows, sha256=file.sha256)
