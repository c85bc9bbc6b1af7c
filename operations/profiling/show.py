"""What a person sees of quality in a terminal."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from operations.plain_table import plain_table
from operations.profiling.facts import Anomaly, Quality
from operations.profiling.model import Outcome
from warehouse.terminal import cell

DIMENSIONS = ("complete", "unique", "valid", "fresh", "volume")
_STYLES = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "dim"}


def show_outcome(console: Console, outcome: Outcome) -> None:
    """Says what was measured and what was not."""
    rows = sum(one.row_count for one in outcome.measured)
    console.print(
        f"{len(outcome.measured)} tables measured, {rows:,} rows;"
        f" {len(outcome.unmoved)} have not moved since they were measured and were not read."
    )
    for name, reason in outcome.failed.items():
        console.print(f"[red]{cell(name)} could not be measured:[/] {cell(reason)}")


def show_layers(console: Console, layers: Sequence[Quality]) -> None:
    """The scores per layer and domain."""
    table = plain_table(f"Quality by layer and domain, {layers[0].day}", "layer", "tables", "score")
    _columns(table, "lowest")
    for one in layers:
        figures = (_score(one.score), *map(_share, one.dimensions))
        table.add_row(cell(one.name), str(one.tables), *figures, cell(one.reason))
    console.print(table)


def show_worst(console: Console, tables: Sequence[Quality]) -> None:
    """The tables with the lowest scores."""
    if not tables:
        console.print("Every table that is measured has full marks.")
        return
    table = plain_table("Tables with the lowest scores", "table", "score")
    _columns(table, "worst column")
    for one in tables:
        figures = (_score(one.score), *map(_share, one.dimensions))
        table.add_row(cell(one.name), *figures, cell(one.reason))
    console.print(table)


def show_anomalies(console: Console, anomalies: Sequence[Anomaly], days: int) -> None:
    """The anomalies, a sentence each."""
    if not anomalies:
        console.print(f"No anomaly in the last {days} days of any source.")
        return
    table = plain_table(f"Anomalies of the last {days} days of each source", "severity", "")
    for one in anomalies:
        style = _STYLES[one.severity]
        table.add_row(f"[{style}]{one.severity}[/]", cell(one.explanation))
    console.print(table)


def _columns(table: Table, last: str) -> None:
    for heading in DIMENSIONS:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(last, overflow="fold")


def _score(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _share(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:.3f}"
