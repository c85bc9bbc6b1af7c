"""From good records to files: chunks, copies, disorder, malformed lines, and what was done."""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple

from operations.simulator.faults import malformed_line
from operations.simulator.records import GoodLine
from operations.simulator.settings import (
    AUDIT,
    CLUSTERS,
    JOBS,
    PRICES,
    SPARK,
    WORKSPACES,
    Options,
    Phase,
    portion,
)

DUPLICATE_KINDS = ("within_file", "across_files", "across_regions")
BOM = "\ufeff"
# A list that comes whole is one file, and never late: what refers to it would hang in the air.
_WHOLE_LISTS = (PRICES, WORKSPACES)
_POOL = 64
_KEPT_PER_FILE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """A landing file before it is encoded: its lines, and what each of them is."""

    source: str
    region: str
    name: str  # relative to the landing root, with forward slashes
    phase: Phase
    rows: Sequence[str]
    good: Sequence[GoodLine] = ()
    duplicates: Counter[str] = field(default_factory=Counter)
    malformed: Counter[str] = field(default_factory=Counter)
    boms: int = 0


class _Copy(NamedTuple):
    line: GoodLine
    late: bool


class Assembler:
    """Plans the files of one source; call it in order of time, regions in a fixed order."""

    def __init__(self, options: Options, source: str) -> None:
        self._options = options
        self._source = source
        self._earlier: defaultdict[str, deque[_Copy]] = defaultdict(lambda: deque(maxlen=_POOL))

    def files(
        self, region: str, hour: datetime, good: Sequence[GoodLine], *, first: int = 1
    ) -> Iterator[PlannedFile]:
        """The files of a region and hour, numbered from `first`; none without records."""
        rng = self._options.random(f"{self._source}-files", region, hour)
        size = len(good) if self._source in _WHOLE_LISTS else self._options.file_rows
        for number, begin in enumerate(range(0, len(good), size or 1), start=first):
            yield self._file(rng, region, hour, number, good[begin : begin + size])

    def log_file(
        self, region: str, hour: datetime, name: str, good: Sequence[GoodLine]
    ) -> PlannedFile:
        """A file with a name of its own, under the folder of its source and region."""
        rng = self._options.random(f"{self._source}-files", name)
        return self._file(
            rng, region, hour, f"platform/{self._source}/region={region}/{name}", good
        )

    def _file(
        self,
        rng: Random,
        region: str,
        hour: datetime,
        name: int | str,
        good: Sequence[GoodLine],
    ) -> PlannedFile:
        rates = self._options.faults
        late = not self._is_first_list(hour) and rng.random() < rates.late_files
        boms = self._with_boms(rng, len(good))
        rows = [BOM + line.text if n in boms else line.text for n, line in enumerate(good)]
        for _ in range(portion(rng, len(rows) - 1, rates.out_of_order)):
            rows.insert(rng.randrange(len(rows)), rows.pop(rng.randrange(len(rows))))
        duplicates = self._add_duplicates(rng, region, good, rows, late)
        malformed = self._add_malformed(rng, hour, good, rows)
        kept = rng.sample(good, min(len(good), _KEPT_PER_FILE))
        self._earlier[region].extend(_Copy(line, late) for line in kept)
        return PlannedFile(
            source=self._source,
            region=region,
            name=self._name(rng, region, hour, name) if isinstance(name, int) else name,
            phase="late" if late else "on-time",
            rows=rows,
            good=good,
            duplicates=duplicates,
            malformed=malformed,
            boms=len(boms),
        )

    def _with_boms(self, rng: Random, count: int) -> set[int]:
        # A line of a log is known by its bytes, so a mark would make another record of it.
        share = 0.0 if self._source == SPARK else self._options.faults.bom
        return set(rng.sample(range(count), portion(rng, count - 1, share)))

    def _is_first_list(self, hour: datetime) -> bool:
        """Whether what comes is a list that everything else refers to."""
        if self._source in (JOBS, CLUSTERS):
            return hour == self._options.start
        return self._source in _WHOLE_LISTS

    def _add_duplicates(
        self, rng: Random, region: str, good: Sequence[GoodLine], rows: list[str], late: bool
    ) -> Counter[str]:
        rates = self._options.faults
        weights = (1 - rates.across_files - rates.across_regions, rates.across_files)
        counts: Counter[str] = Counter()
        for _ in range(portion(rng, len(good), rates.duplicates)):
            kind = rng.choices(DUPLICATE_KINDS, (*weights, rates.across_regions))[0]
            choice = self._candidates(kind, region, late)
            if not choice:
                kind, choice = "within_file", good
            text = rng.choice(choice).text
            if self._source == AUDIT and rng.random() < rates.reordered and len(text) < 100_000:
                text = reordered(text)
                counts["reordered"] += 1
            rows.insert(rng.randrange(len(rows) + 1), text)
            counts[kind] += 1
        return counts

    def _candidates(self, kind: str, region: str, late: bool) -> Sequence[GoodLine]:
        """Lines of earlier files. A held-back record is never let out early by its copy."""
        if kind == "within_file" or self._source in (PRICES, SPARK):
            return ()
        if kind == "across_files":
            copies = list(self._earlier[region])
        else:
            others = (pool for name, pool in self._earlier.items() if name != region)
            copies = [copy for pool in others for copy in pool if copy.line.shared]
        return [copy.line for copy in copies if late or not copy.late]

    def _add_malformed(
        self, rng: Random, hour: datetime, good: Sequence[GoodLine], rows: list[str]
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        templates = [line.text for line in good if len(line.text) < 100_000]
        count = portion(rng, len(templates), self._options.faults.malformed)
        for _ in range(count):
            text, kind = malformed_line(self._source, rng.choice(templates), hour, rng)
            rows.insert(rng.randrange(len(rows) + 1), text)
            counts[kind] += 1
        return counts

    def _name(self, rng: Random, region: str, hour: datetime, number: int) -> str:
        ending = ".json.gz" if rng.random() < self._options.gzip_share else ".json"
        folder = hour_folder(self._source, region, hour)
        return f"{folder}/{self._source}-{self._options.tag}-{number:04d}{ending}"


def hour_folder(source: str, region: str, hour: datetime) -> str:
    """The folder of a source, region and hour under the landing root."""
    return f"platform/{source}/region={region}/date={hour:%Y-%m-%d}/hour={hour:%H}"


def reordered(text: str) -> str:
    """The same JSON content with its keys the other way round and other white space."""
    record = json.loads(text)
    return json.dumps(dict(reversed(record.items())), ensure_ascii=False)
