"""Sources and options of a run: what is simulated, and how often each fault occurs."""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from operations.simulator.errors import BadOptionError

Phase = Literal["on-time", "late"]
PHASES: tuple[Phase, ...] = ("on-time", "late")

USAGE = "billing_usage"
PRICES = "list_prices"
AUDIT = "audit_logs"
MANIFESTS = "delivery_manifests"
WORKSPACES = "workspaces"
JOBS = "jobs"
CLUSTERS = "clusters"
JOB_RUNS = "job_runs"
TASK_RUNS = "job_task_runs"
WEBHOOKS = "job_webhooks"
CLUSTER_EVENTS = "cluster_events"
METRICS = "cluster_metrics"
SPARK = "spark_events"
# Every source that is delivered; each has a folder of its own.
SOURCES = (
    USAGE,
    PRICES,
    AUDIT,
    MANIFESTS,
    WORKSPACES,
    JOBS,
    CLUSTERS,
    JOB_RUNS,
    TASK_RUNS,
    WEBHOOKS,
    CLUSTER_EVENTS,
    METRICS,
    SPARK,
)

HOUR = timedelta(hours=1)
# Manifests are emitted this long after the window, so a window must have ended that long ago.
EMITTED_AFTER: dict[Phase, timedelta] = {"on-time": HOUR, "late": 2 * HOUR}

_RANGES = (
    ("workspaces", 1, 10_000),
    ("hours", 1, 8_784),
    ("file_rows", 1, 10_000_000),
    ("events_per_hour", 0, 100_000_000),
    ("usage_per_hour", 0, 100_000_000),
    ("metrics_step", 1, 60),
    ("gzip_share", 0, 1),
)
_REGION = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRates:
    """How often each fault occurs: shares from 0 to 1, except the last two."""

    duplicates: float = 0.0  # lines written again, as a share of distinct good lines
    across_files: float = 0.0  # of the duplicates: copies of a line of an earlier file
    across_regions: float = 0.0  # of the duplicates: copies into another region's file
    reordered: float = 0.0  # of the audit duplicates: same content, keys in another order
    late_files: float = 0.0  # files held back for the late delivery
    out_of_order: float = 0.0  # rows moved away from their place in time
    malformed: float = 0.0  # extra unusable lines, as a share of distinct good lines
    bom: float = 0.0  # good lines that begin with a byte order mark
    string_numbers: float = 0.0  # usage quantities written as JSON strings
    drift: float = 0.0  # records with a field that nobody announced
    corrections: float = 0.0  # usage records retracted and restated later
    unpriced: float = 0.0  # usage records of a SKU that has no list price
    orphan_retractions: int = 0  # retractions whose original never existed
    oversize: bool = False  # one good audit line of 5 MB

    def __post_init__(self) -> None:
        for rate in fields(self):
            value = getattr(self, rate.name)
            if not math.isfinite(value) or value < 0:
                raise BadOptionError(f"Fault rate {rate.name} is {value}; it must not be negative.")
            if isinstance(value, float) and value > 1:
                raise BadOptionError(f"Fault rate {rate.name} is {value}; a share is 0 to 1.")
        if self.across_files + self.across_regions > 1:
            raise BadOptionError("The shares of duplicates across files and regions exceed 1.")


PRESETS: dict[str, FaultRates] = {
    "none": FaultRates(),
    "demo": FaultRates(
        duplicates=0.05,
        across_files=0.3,
        across_regions=0.1,
        reordered=0.1,
        late_files=0.03,
        out_of_order=0.05,
        malformed=0.01,
        bom=0.001,
        string_numbers=0.2,
        drift=0.01,
        corrections=0.02,
        unpriced=0.005,
        oversize=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything that decides the content of a run. Rates per hour count over all regions."""

    start: datetime
    seed: int = 1
    workspaces: int = 3
    regions: tuple[str, ...] = ("us-east-1", "eu-west-1", "westeurope")
    hours: int = 48
    events_per_hour: float = 840.0
    usage_per_hour: float = 125.0
    metrics_step: int = 1  # minutes from one record of a node to its next; the producer's is 1
    file_rows: int = 250
    gzip_share: float = 0.3
    faults: FaultRates = field(default_factory=lambda: PRESETS["demo"])

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.start.timestamp() % 3600:
            raise BadOptionError(f"The start {self.start} must be a whole hour in UTC.")
        if self.start.year < 2000:
            raise BadOptionError(f"The start {self.start} must be in the year 2000 or later.")
        for region in self.regions:
            if not _REGION.fullmatch(region) or region == "global":
                raise BadOptionError(
                    f"{region!r} is no region name: use lower case letters, digits and single "
                    "dashes, as in us-east-1 ('global' is taken by the list prices)."
                )
        if not self.regions or len(set(self.regions)) != len(self.regions):
            raise BadOptionError("Name each region once, and at least one.")
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise BadOptionError(f"The option {name} is {value}; it must be {low} to {high:,}.")

    @property
    def end(self) -> datetime:
        """End of the window, exclusive."""
        return self.start + self.hours * HOUR

    @property
    def price_change_at(self) -> datetime:
        """The hour in the middle of the window at which some list prices change."""
        return self.start + (self.hours // 2) * HOUR

    @property
    def contract_change_at(self) -> datetime:
        """Half past the hour of the price change: when some negotiated prices change."""
        return self.price_change_at + HOUR / 2

    @property
    def tag(self) -> str:
        """Eight hex digits that name the run; part of each file name."""
        text = json.dumps(self.as_json(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def hour_starts(self) -> Iterator[datetime]:
        """The start of each hour of the window."""
        return (self.start + n * HOUR for n in range(self.hours))

    def random(self, source: str, region: str, hour: datetime | None = None) -> Random:
        """A generator of its own per source, region and hour: one does not move the others."""
        return Random(f"{self.seed}/{source}/{region}/{hour.isoformat() if hour else 'all'}")

    def as_json(self) -> dict[str, object]:
        """The options as JSON values."""
        return {**asdict(self), "start": iso(self.start), "regions": list(self.regions)}


def portion(rng: Random, count: int, share: float) -> int:
    """Share of a count as a whole number; the fraction is rounded up or down by chance."""
    return int(count * share + rng.random()) if share > 0 else 0


def iso(at: datetime) -> str:
    """A moment as `2026-01-09T10:00:00.000Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def epoch_ms(at: datetime) -> int:
    """A moment as epoch milliseconds."""
    return round(at.timestamp() * 1000)
