"""What follows from rates without a simulation: files, streams, limits, layout, checkpoints."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from operations.cost.inputs import Figures
from operations.cost.model import bronze_core_seconds, size_factor
from operations.cost.storage import objects
from operations.scale.arrivals import DAY, GROUPS

MIB = 1024.0**2


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the plan at the usual rate and in the peak, and what it asks for."""

    name: str
    cells: tuple[str, str]
    so: str


def plan(f: Figures) -> tuple[Row, ...]:
    """Every row, each for the mean and the peak rate."""
    return (*_landing(f), *_streams(f), *_limits(f), *_layout(f), *_checkpoints(f))


def event_bytes(f: Figures) -> float:
    """Bytes of an event as it lands, before compression."""
    return size_factor(f) * f["measured_event_bytes"]


def full_batch_seconds(f: Figures, workers: int) -> float:
    """How long a cluster has for a micro-batch in which every stream takes its most bytes."""
    speed = workers * f["node_cores"] * f["utilization"]
    events = f["ingest_streams"] * f["batch_bytes"] / event_bytes(f)
    work = f["ingest_streams"] * f["batch_core_seconds"] + events * bronze_core_seconds(f)
    return work / speed


def stream_share(f: Figures, workers: int) -> float:
    """Share of a cluster that micro-batches cost whatever is in them."""
    speed = workers * f["node_cores"] * f["utilization"]
    return f["ingest_streams"] * f["batch_core_seconds"] / f["ingest_trigger_seconds"] / speed


def _landing(f: Figures) -> Iterator[Row]:
    per_minute = f["landing_files_per_minute"]
    sizes = [rate * 60 * event_bytes(f) / per_minute for rate in _rates(f)]
    yield Row(
        "raw bytes of a landing file, at so many files a minute",
        _both(f"{size / MIB:,.0f} MiB" for size in sizes),
        "JSON lines are read by pieces; csv and documents stay below "
        f"{f['whole_file_bytes'] / 1e6:.0f} MB: more files, not larger ones",
    )
    enough = [rate * 60 * event_bytes(f) / f["whole_file_bytes"] for rate in _rates(f)]
    yield Row(
        "files a minute, if none were larger than that",
        _both(f"{ceil(count):,}" for count in enough),
        "what producers may deliver at least",
    )


def _streams(f: Figures) -> Iterator[Row]:
    yield Row(
        "streams of a group of regions",
        _same(f"{f['ingest_streams']:.0f}"),
        "one per source; a group has its own job, so that one that is cut off stops no other",
    )
    usual, most = 1, int(f["most_workers"])
    yield Row(
        f"share of a cluster that empty micro-batches take, {usual} worker and {most}",
        (f"{stream_share(f, usual):.0%}", f"{stream_share(f, most):.0%}"),
        f"a trigger of {f['ingest_trigger_seconds']:.0f} s; half of it doubles this",
    )


def _limits(f: Figures) -> Iterator[Row]:
    largest = max(f[f"share_{group}"] for group in GROUPS)
    took = [rate * f["ingest_trigger_seconds"] * largest * event_bytes(f) for rate in _rates(f)]
    yield Row(
        "bytes of a trigger in the largest group, all its streams",
        _both(f"{size / 1e9:,.2f} GB" for size in took),
        f"far below {f['batch_bytes'] / 1e9:.0f} GB a stream: the limit binds after an outage only",
    )
    files = f["landing_files_per_minute"] / 60 * f["ingest_trigger_seconds"]
    yield Row(
        "files of a trigger, all groups",
        _same(f"{files:,.0f}"),
        f"below {f['batch_files']:,.0f} a stream",
    )
    most = int(f["most_workers"])
    full = full_batch_seconds(f, most)
    fitting = f["batch_bytes"] * f["bronze_seconds"] / 2 / full
    yield Row(
        f"a micro-batch with every stream at its limit, {most} workers",
        _same(f"{full:,.0f} s"),
        f"one that takes half the promise has {fitting / 1e9:.1f} GB a stream: a better limit",
    )


def _layout(f: Figures) -> Iterator[Row]:
    for_rates = [objects(f, rate * DAY, size_factor(f)) for rate in _rates(f)]
    yield Row(
        "files of a day in bronze, after OPTIMIZE",
        _both(f"{files.both - files.silver:,.0f}" for files in for_rates),
        "partition by region, as it is; nothing reads bronze by anything but version and region",
    )
    yield Row(
        "files of a day in silver, after OPTIMIZE",
        _both(f"{files.silver:,.0f}" for files in for_rates),
        "by day of the event: a merge names its days and opens their files alone; "
        "cluster by key within the day where a day has more than some thousand",
    )
    rounds = f["silver_rounds_per_day"]
    yield Row(
        "files that rounds add to a day in silver before, a table and a day of events",
        _same(f"{rounds:,.0f}"),
        "at least one a round: OPTIMIZE once a day is what keeps scans of gold short",
    )


def _checkpoints(f: Figures) -> Iterator[Row]:
    count = f["ingest_clusters"] * f["ingest_streams"]
    yield Row(
        "checkpoints",
        _same(f"{count:,.0f}"),
        "one a stream, below the group's folder, never shared; with file events, not listing",
    )
    seen = f["landing_files_per_minute"] * 1440 * f["landing_days"]
    yield Row(
        "files that checkpoints know within the landing's lifetime",
        _same(f"{seen / 1e6:,.1f} million"),
        "Auto Loader's RocksDB is made for it; the local stand-in, some 100,000, is not",
    )
    commits = DAY / f["ingest_trigger_seconds"] * count
    yield Row(
        "commits a day to bronze, at most",
        _same(f"{commits / 1e3:,.0f} thousand"),
        "each a log entry; Delta's checkpoint every ten, and 30 days of log",
    )


def _both(cells: Iterable[str]) -> tuple[str, str]:
    usual, peak = cells
    return usual, peak


def _same(cell: str) -> tuple[str, str]:
    return cell, cell


def _rates(f: Figures) -> tuple[float, float]:
    return f["events_per_second"], max(f["events_per_second"], f["peak_events_per_second"])
