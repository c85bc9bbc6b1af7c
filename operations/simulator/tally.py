"""Line accounting: every line is a distinct good record, a copy of one, or malformed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from operations.simulator.assembly import DUPLICATE_KINDS, PlannedFile
from operations.simulator.faults import expected_reasons


@dataclass(slots=True)
class Tally:
    """Counts of one source. `keys` are those of the records that may be revised."""

    files: int = 0
    lines: int = 0
    good: int = 0
    keyed: int = 0
    keys: set[str] = field(default_factory=set)
    duplicates: Counter[str] = field(default_factory=Counter)
    malformed: Counter[str] = field(default_factory=Counter)
    features: Counter[str] = field(default_factory=Counter)

    def add(self, file: PlannedFile) -> None:
        """Counts a file in."""
        features = Counter(name for line in file.good for name in line.features)
        keys = [line.key for line in file.good if line.key is not None]
        self.files += 1
        self.lines += len(file.rows)
        self.good += len(file.good)
        self.keyed += len(keys)
        self.keys.update(keys)
        self.duplicates.update(file.duplicates)
        self.malformed.update(file.malformed)
        self.features.update(features)
        if file.boms:
            self.features["bom"] += file.boms

    @property
    def revisions(self) -> int:
        """Lines of a known key with new content."""
        return self.keyed - len(self.keys)

    @property
    def distinct(self) -> int:
        """Good records, each counted once."""
        return self.good - self.revisions

    @property
    def duplicate_lines(self) -> int:
        """Lines whose natural key had been written before, revisions included."""
        return self.revisions + sum(self.duplicates[kind] for kind in DUPLICATE_KINDS)

    def as_json(self, source: str) -> dict[str, object]:
        """The counts as JSON values; `lines` is the sum of the three kinds of line."""
        reasons = expected_reasons().get(source, {})
        by_reason: Counter[str] = Counter()
        for kind, count in self.malformed.items():
            by_reason[reasons[kind]] += count
        return {
            "files": self.files,
            "lines": self.lines,
            "distinct_records": self.distinct,
            "duplicate_lines": self.duplicate_lines,
            "duplicates": {
                **{kind: self.duplicates[kind] for kind in DUPLICATE_KINDS},
                "revisions": self.revisions,
                "reordered": self.duplicates["reordered"],
            },
            "malformed_lines": self.malformed.total(),
            "malformed_by_kind": dict(sorted(self.malformed.items())),
            "malformed_by_reason": dict(sorted(by_reason.items())),
            "features": dict(sorted(self.features.items())),
        }


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several tallies."""
    summed = Tally()
    for tally in tallies:
        summed.files += tally.files
        summed.lines += tally.lines
        summed.good += tally.good
        summed.keyed += tally.keyed
        summed.keys |= tally.keys
        summed.duplicates.update(tally.duplicates)
        summed.malformed.update(tally.malformed)
        summed.features.update(tally.features)
    return summed
