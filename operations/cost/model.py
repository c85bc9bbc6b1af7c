"""The cost of a month, line by line. Pure: the same figures give the same lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from operations.cost.inputs import Figures
from operations.cost.storage import GIB, objects, storage_lines

HOURS = 730.0
DAYS = 365 / 12
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Line:
    """Dollars of a month for one thing, with the quantity that they are paid for."""

    name: str
    quantity: str
    dollars: float


@dataclass(frozen=True, slots=True)
class Cores:
    """Busy cores of each step, on average and in the peak."""

    bronze: float
    bronze_peak: float
    silver: float
    silver_peak: float
    gold: float
    checks: float
    maintenance: float

    @property
    def sql(self) -> float:
        """What the SQL warehouse carries."""
        return self.silver + self.sql_beside_silver

    @property
    def sql_peak(self) -> float:
        """The same in the peak; what reads whole days does not know of it."""
        return self.silver_peak + self.sql_beside_silver

    @property
    def sql_beside_silver(self) -> float:
        """Gold, and what runs once a day while the warehouse is up anyway."""
        return self.gold + self.checks + self.maintenance


def size_factor(f: Figures) -> float:
    """How much larger an event is than those that were measured."""
    return f["raw_bytes_per_day"] / _events_per_day(f) / f["measured_event_bytes"]


def bronze_core_seconds(f: Figures) -> float:
    """Core seconds that an event takes to bronze, without the constant of a micro-batch."""
    return size_factor(f) * f["gz_factor"] / f["bronze_rate"]


def silver_core_seconds(f: Figures) -> float:
    """Core seconds that an event takes from bronze to silver, without the constant of a round."""
    return size_factor(f) * (1 / f["parse_rate"] + 1 / f["merge_rate"])


def cores(f: Figures) -> Cores:
    """Busy cores by step; rates of whole rows fall as events grow, those of columns do not."""
    size, day = size_factor(f), _events_per_day(f)
    overhead = f["ingest_clusters"] * f["ingest_streams"] * f["batch_core_seconds"]
    overhead /= f["ingest_trigger_seconds"]
    bronze, silver = bronze_core_seconds(f), silver_core_seconds(f)
    # A run of gold reads the touched days from their beginning: half a day, on average.
    read = f["gold_runs_per_day"] * 0.5 * f["late_days_factor"] * f["gold_passes"]
    checked = f["check_passes"] / f["scan_rate"] + f["judged_passes"] * size / f["parse_rate"]
    # Small files are joined: bronze and silver are written once more.
    joined = size * (1 / f["bronze_rate"] + 1 / f["rewrite_rate"])
    return Cores(
        bronze=f["events_per_second"] * bronze + overhead,
        bronze_peak=_peak(f) * bronze + overhead,
        silver=f["events_per_second"] * silver,
        silver_peak=_peak(f) * silver,
        gold=day * read / f["scan_rate"] / DAY_SECONDS,
        checks=day * min(f["checked_days"], f["days_kept"]) * checked / DAY_SECONDS,
        maintenance=day * joined / DAY_SECONDS,
    )


def lines(f: Figures) -> tuple[Line, ...]:
    """Every line of the month."""
    return (
        _ingest(f),
        *_warehouse(f),
        _dbt(f),
        _batch(f),
        *(Line(*line) for line in storage_lines(f, _events_per_day(f), size_factor(f))),
        *_requests(f),
        _transfer(f),
    )


def total(f: Figures) -> float:
    """Dollars of the month."""
    return sum(line.dollars for line in lines(f))


def clusters(f: Figures, busy: float) -> int:
    """Clusters of the warehouse that so many busy cores need."""
    return max(1, ceil(busy / f["utilization"] / f["warehouse_cores"]))


def workers(f: Figures, busy: float) -> int:
    """Workers of one ingest cluster, so many cores being busy in all of them."""
    needed = busy / f["ingest_clusters"] / f["utilization"] / f["node_cores"]
    return max(int(f["ingest_min_workers"]), ceil(needed))


def _ingest(f: Figures) -> Line:
    busy = cores(f)
    usual, most = workers(f, busy.bronze), workers(f, busy.bronze_peak)
    dbu = f["node_dbu_per_hour"] * f["job_dbu_price"]
    spot = f["node_price"] * f["spot_share"] + dbu
    hours = usual * HOURS + (most - usual) * f["peak_hours_per_day"] * DAYS
    dollars = f["ingest_clusters"] * (HOURS * (f["node_price"] + dbu) + hours * spot)
    busy_cores = f"{busy.bronze:.1f} cores, peak {busy.bronze_peak:.1f}; "
    nodes = f"{f['ingest_clusters']:.0f} clusters of a driver and {usual}-{most} workers"
    return Line("ingest: landing to bronze", busy_cores + nodes, dollars)


def _warehouse(f: Figures) -> Iterator[Line]:
    """Each step by what it keeps busy; the rest of what is up is idle, and paid for."""
    busy = cores(f)
    hour = f["warehouse_dbu_per_hour"] * f["sql_dbu_price"]
    month = HOURS * hour / f["warehouse_cores"]
    usual, most = clusters(f, busy.sql), clusters(f, busy.sql_peak)
    up = usual * HOURS + (most - usual) * f["peak_hours_per_day"] * DAYS
    peak = f"{busy.silver:.1f} cores, peak {busy.silver_peak:.1f}"
    yield Line("silver: parse, judge, merge", peak, busy.silver * month)
    yield Line("gold: touched days, every five minutes", _cores(busy.gold), busy.gold * month)
    yield Line("checks", _cores(busy.checks), busy.checks * month)
    yield Line("maintenance", _cores(busy.maintenance), busy.maintenance * month)
    idle = f"{usual} clusters up, {most} in the peak: {up * f['warehouse_dbu_per_hour']:,.0f} DBU"
    yield Line("SQL warehouse: what is up beyond that", idle, up * hour - busy.sql * month)
    asked = f["query_hours_per_day"] * DAYS * f["query_dbu_per_hour"]
    yield Line("SQL warehouse: people", f"{asked:,.0f} DBU", asked * f["sql_dbu_price"])


def _cores(busy: float) -> str:
    return f"{busy:.1f} cores"


def _dbt(f: Figures) -> Line:
    dbu = f["dbt_processes"] * f["dbt_dbu_per_hour"] * HOURS
    return Line("dbt itself, serverless", f"{dbu:,.0f} DBU", dbu * f["serverless_dbu_price"])


def _batch(f: Figures) -> Line:
    """Deletion, models, evidence, on small clusters of spot machines."""
    price = f["node_price"] * f["spot_share"] + f["node_dbu_per_hour"] * f["job_dbu_price"]
    searched = _events_per_day(f) * f["days_kept"] * size_factor(f) / f["search_rate"]
    searching = f["searches_per_month"] * searched / 3600 / f["node_cores"]
    hours = f["batch_node_hours_per_day"] * DAYS + searching
    return Line("deletion, models, evidence", f"{hours:,.0f} node h", hours * price)


def _requests(f: Figures) -> Iterator[Line]:
    """Upper bounds: a stream or a model with nothing new writes nothing."""
    streams = f["ingest_clusters"] * f["ingest_streams"] * DAY_SECONDS / f["ingest_trigger_seconds"]
    models = f["silver_rounds_per_day"] * f["silver_models"]
    landed = f["landing_files_per_minute"] * 1440
    puts = ((streams + models) * f["puts_per_commit"] + landed) * DAYS / 1000
    yield Line("requests: PUT, LIST", f"{puts / 1000:,.0f} million", puts * f["put_price"])
    files = objects(f, _events_per_day(f), size_factor(f))
    read = f["gold_runs_per_day"] * 0.5 * files.silver + f["checked_days"] * files.both
    gets = read * f["gets_per_file"] * DAYS / 1000
    yield Line("requests: GET", f"{gets / 1000:,.0f} million", gets * f["get_price"])


def _transfer(f: Figures) -> Line:
    gib = f["raw_bytes_per_day"] / f["landing_compression"] * f["remote_share"] * DAYS / GIB
    return Line("transfer between regions", f"{gib:,.0f} GiB", gib * f["transfer_price"])


def _events_per_day(f: Figures) -> float:
    return f["events_per_second"] * DAY_SECONDS


def _peak(f: Figures) -> float:
    return max(f["events_per_second"], f["peak_events_per_second"])
