"""The command `simulate`: landing files with faults, and the bill they must lead to."""

import os
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from operations.progress_bar import progress_bar
from operations.refusals import explained
from operations.simulator.commands import Targets, deliver_run, prepare
from operations.simulator.errors import SimulatorError
from operations.simulator.report import print_summary
from operations.simulator.session import check_window, default_start, parse_start, repeated_start
from operations.simulator.settings import PRESETS, FaultRates, Options

app = typer.Typer(add_completion=False)
_PROJECT = Path(__file__).resolve().parents[2]


class Deliver(StrEnum):
    """Which deliveries to make."""

    all = "all"
    on_time = "on-time"
    late = "late"


class Faults(StrEnum):
    """Named sets of fault rates."""

    none = "none"
    demo = "demo"


def _share(fault: str, text: str) -> Any:
    demo = f"{getattr(PRESETS['demo'], fault):g}"
    return typer.Option(
        help=text, min=0, max=1, show_default=f"demo: {demo}", rich_help_panel="Fault rates"
    )


def _whole(text: str, panel: str = "Size") -> Any:
    return typer.Option(help=text, min=1, rich_help_panel=panel)


LandingPath = Annotated[
    Path | None,
    typer.Option(help="Landing root to write under.", show_default="<LAKELEDGER_HOME>/landing"),
]
ExpectedPath = Annotated[
    Path | None,
    typer.Option(help="Expected bill.", show_default="expected_bill.json beside the landing root"),
]
DeliverChoice = Annotated[
    Deliver, typer.Option(help="'on-time' holds the late files back, 'late' brings them.")
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Write although the folder holds another run or other files."),
]
Clean = Annotated[bool, typer.Option("--clean", help="Remove earlier simulated runs first.")]
Seed = Annotated[int, typer.Option(help="Same seed and options, same files.")]
Start = Annotated[
    str | None,
    typer.Option(
        help="First hour, UTC, as 2026-01-09T10:00.", show_default="window ends 2 hours ago"
    ),
]
Regions = Annotated[str, typer.Option(help="Regions, comma separated.", rich_help_panel="Size")]
Workspaces = Annotated[int, _whole("Workspaces; they go to the regions in turn.")]
Hours = Annotated[int, _whole("Hours in the window.")]
PerHour = Annotated[
    float, typer.Option(min=0, help="Mean per hour over all regions.", rich_help_panel="Size")
]
MetricsStep = Annotated[
    int, _whole("Minutes from one metrics record of a node to its next; really it is 1.")
]
FileRows = Annotated[int, _whole("Distinct records in a file, at most.")]
GzipShare = Annotated[
    float, typer.Option(min=0, max=1, help="Share of gzip files.", rich_help_panel="Size")
]
Preset = Annotated[
    Faults, typer.Option(help="Preset that the rates below change.", rich_help_panel="Fault rates")
]
Duplicates = Annotated[float | None, _share("duplicates", "Lines written again.")]
AcrossFiles = Annotated[
    float | None, _share("across_files", "Of the duplicates: copies of an earlier file's line.")
]
AcrossRegions = Annotated[
    float | None, _share("across_regions", "Of the duplicates: copies into another region.")
]
Reordered = Annotated[
    float | None, _share("reordered", "Of the audit duplicates: keys in another order.")
]
LateFiles = Annotated[float | None, _share("late_files", "Files held back.")]
OutOfOrder = Annotated[float | None, _share("out_of_order", "Rows out of their place in time.")]
Malformed = Annotated[float | None, _share("malformed", "Extra unusable lines.")]
Bom = Annotated[float | None, _share("bom", "Good lines with a byte order mark.")]
StringNumbers = Annotated[float | None, _share("string_numbers", "Quantities as JSON strings.")]
Drift = Annotated[float | None, _share("drift", "Records with an unknown field.")]
Corrections = Annotated[
    float | None, _share("corrections", "Usage records retracted and restated later.")
]
Unpriced = Annotated[float | None, _share("unpriced", "Usage records without a list price.")]
Orphans = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Retractions without an original.",
        show_default="demo: 0",
        rich_help_panel="Fault rates",
    ),
]
Oversize = Annotated[
    bool | None,
    typer.Option(
        "--oversize/--no-oversize",
        help="One good audit line of 5 MB.",
        show_default="demo: on",
        rich_help_panel="Fault rates",
    ),
]


@app.command("simulate")
def simulate(
    landing: LandingPath = None,
    expected: ExpectedPath = None,
    deliver: DeliverChoice = Deliver.all,
    seed: Seed = 1,
    start: Start = None,
    force: Force = False,
    clean: Clean = False,
    hours: Hours = 48,
    regions: Regions = "us-east-1,eu-west-1,westeurope",
    workspaces: Workspaces = 3,
    events_per_hour: PerHour = 840,
    usage_per_hour: PerHour = 125,
    metrics_step: MetricsStep = 1,
    file_rows: FileRows = 250,
    gzip_share: GzipShare = 0.3,
    faults: Preset = Faults.demo,
    duplicates: Duplicates = None,
    across_files: AcrossFiles = None,
    across_regions: AcrossRegions = None,
    reordered: Reordered = None,
    late_files: LateFiles = None,
    out_of_order: OutOfOrder = None,
    malformed: Malformed = None,
    bom: Bom = None,
    string_numbers: StringNumbers = None,
    drift: Drift = None,
    corrections: Corrections = None,
    unpriced: Unpriced = None,
    orphan_retractions: Orphans = None,
    oversize: Oversize = None,
) -> None:
    """Make landing files of an account's telemetry, with faults, and the correct bill of it.

    A repeated run with the same seed and options adds nothing. Events are made up; shapes are
    those that a Databricks account delivers.
    """
    given = locals()
    try:
        with explained(SimulatorError):
            _simulate(given)
    except OSError as error:
        # A path that cannot even be looked at; writing and reading have their own errors.
        typer.echo(f"Error: {error.filename}: {error.strerror}. Check its rights.", err=True)
        raise typer.Exit(1) from error


def _simulate(given: dict[str, Any]) -> None:
    root = (given["landing"] or default_landing()).absolute()
    bill = (given["expected"] or root.parent / "expected_bill.json").absolute()
    targets = Targets(landing=root, expected=bill, force=given["force"], clean=given["clean"])
    now = datetime.now(UTC)
    options = build_options(given, now)
    check_window(options, now)
    prepare(targets)
    if given["start"] is None and (start := repeated_start(root, options)):
        options = replace(options, start=start)
    with progress_bar("Simulating hours", options.hours) as progress:
        done = deliver_run(options, given["deliver"].value, targets, progress)
    console = Console(markup=False, highlight=False)
    print_summary(console, done.outcome, done.delivery, done.run.delivered, (root, bill))


def default_landing() -> Path:
    """The landing folder of the state directory: LAKELEDGER_HOME, else .lakeledger here."""
    return Path(os.environ.get("LAKELEDGER_HOME") or _PROJECT / ".lakeledger") / "landing"


def build_options(given: dict[str, Any], now: datetime) -> Options:
    """The options of a run from the command's parameters.

    Raises:
        BadOptionError: if a value makes no sense.
    """
    rates = {
        rate.name: given[rate.name] for rate in fields(FaultRates) if given[rate.name] is not None
    }
    text = given["start"]
    return Options(
        start=default_start(given["hours"], now) if text is None else parse_start(text),
        seed=given["seed"],
        workspaces=given["workspaces"],
        regions=tuple(name.strip() for name in given["regions"].split(",")),
        hours=given["hours"],
        events_per_hour=given["events_per_hour"],
        usage_per_hour=given["usage_per_hour"],
        metrics_step=given["metrics_step"],
        file_rows=given["file_rows"],
        gzip_share=given["gzip_share"],
        faults=replace(PRESETS[given["faults"].value], **rates),
    )
