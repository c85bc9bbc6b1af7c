"""The figures of the scale plan: those of the cost model, and how events come."""

from pathlib import Path

from operations.cost.errors import BadInputs
from operations.cost.inputs import Figures, figures, read_inputs
from operations.dbt import PROJECT
from operations.scale.arrivals import DAY, GROUPS

INPUTS = PROJECT / "resources" / "scale" / "inputs.yml"
SCENARIOS = PROJECT / "resources" / "scale" / "scenarios.yml"
_ABOVE_ZERO = (
    "events_per_second", "raw_bytes_per_day", "measured_event_bytes", "bronze_rate", "parse_rate",
    "merge_rate", "scan_rate", "gold_passes", "utilization", "node_cores", "ingest_streams",
    "ingest_trigger_seconds", "silver_rounds_per_day", "gold_runs_per_day", "most_workers",
    "batch_bytes", "whole_file_bytes", "landing_files_per_minute", "burst_seconds", "late_seconds",
)  # fmt: skip


def read_figures(rates: Path, inputs: Path) -> Figures:
    """Both files as one; raises BadInputs."""
    of_cost, own = read_inputs(rates), read_inputs(inputs)
    if twice := sorted({one.name for one in of_cost} & {one.name for one in own}):
        raise BadInputs(f"{', '.join(twice)}: in both files of inputs. Leave one out.")
    return checked(figures((*of_cost, *own)))


def checked(f: Figures) -> Figures:
    """The same figures; raises BadInputs for those that no day can be simulated with."""
    if zero := [name for name in _ABOVE_ZERO if f[name] <= 0]:
        raise BadInputs(f"{', '.join(zero)} has to be above 0.")
    shares = sum(f[f"share_{group}"] for group in GROUPS)
    if abs(shares - 1) > 1e-9:
        raise BadInputs(f"The shares of the groups ({', '.join(GROUPS)}) add up to {shares:g}.")
    if f["outage_hours"] and f["catch_up_factor"] <= 1:
        raise BadInputs("With a catch_up_factor of 1 or less no outage is ever made up for.")
    if f["daily_swing"] > 1:
        raise BadInputs("With a daily_swing above 1 less than nothing would land at night.")
    ends = {
        "burst_seconds": f["burst_seconds"],
        "late_at_hour": f["late_at_hour"] * 3600 + f["late_seconds"],
        "outage_at_hour": (f["outage_at_hour"] + f["outage_hours"]) * 3600,
        "peak_at_hour": (f["peak_at_hour"] + f["peak_hours_per_day"]) * 3600,
    }
    if beyond := [name for name, end in ends.items() if end > DAY]:
        raise BadInputs(f"{', '.join(beyond)}: it would go on beyond the day that is simulated.")
    return f
