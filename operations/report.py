"""The report at the end of a run: rows per layer, dollars per day, what is missing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from operations.facts import (
    Cursor,
    DayCost,
    ModelledSource,
    SourceRows,
    cost_per_day,
    partial_sectors,
    quarantine_reasons,
    source_rows,
    usage_per_sku,
)
from operations.plain_table import plain_table
from warehouse.terminal import cell

LAST_DAYS = 7
TOP_REASONS = 8


def print_report(console: Console, cursor: Cursor, sources: Sequence[ModelledSource]) -> None:
    """Asks the warehouse and prints what it says."""
    rows = source_rows(cursor, sources)
    console.print(_layers(rows, datetime.now(tz=UTC)))
    reasons = quarantine_reasons(cursor)
    if reasons:
        console.print(_quarantine(reasons))
    console.print(_days(cost_per_day(cursor)))
    console.print(_skus(usage_per_sku(cursor)))
    sectors = partial_sectors(cursor)
    if sectors:
        console.print(_completeness(sectors))


def _layers(rows: Sequence[SourceRows], now: datetime) -> Table:
    table = plain_table("Rows per layer (bronze = silver + duplicates + quarantined)", "source")
    for heading in ("bronze", "silver", "duplicates", "quarantined", "newest file"):
        table.add_column(heading, justify="right")
    for row in rows:
        counts = (row.bronze, row.silver, row.duplicates, row.quarantined)
        age = _age(row.last_landed_at, now)
        table.add_row(_table_name(row.name), *(f"{count:,}" for count in counts), age)
    return table


def _quarantine(reasons: Sequence[tuple[str, str, int]]) -> Group:
    table = plain_table("In the quarantine, by reason", "source", "reason")
    table.add_column("rows", justify="right")
    for source, reason, count in reasons[:TOP_REASONS]:
        table.add_row(_table_name(source), cell(reason), f"{count:,}")
    rest = reasons[TOP_REASONS:]
    if not rest:
        return Group(table)
    hidden = sum(count for _, _, count in rest)
    return Group(
        table, Text(f"  and {hidden:,} rows of {len(rest)} more reasons: silver.quarantine")
    )


def _days(days: Sequence[DayCost]) -> Table:
    table = plain_table(f"Bill per day, USD (the last {LAST_DAYS} of {len(days)} and all)", "day")
    for heading in ("DBUs", "at list", "billed", "unpriced", "held back"):
        table.add_column(heading, justify="right")
    for day in days[-LAST_DAYS:]:
        table.add_row(str(day.day), *_figures([day]))
    table.add_section()
    table.add_row("all", *_figures(days))
    return table


def _skus(skus: Sequence[tuple[str, str, Decimal, Decimal | None]]) -> Table:
    table = plain_table("Usage per SKU, exact", "SKU", "unit")
    table.add_column("quantity", justify="right")
    table.add_column("list cost, USD", justify="right")
    for sku, unit, quantity, cost in skus:
        shown = "no price known" if cost is None else f"{cost.normalize():,f}"
        table.add_row(cell(sku), cell(unit), f"{quantity.normalize():,f}", shown)
    return table


def _completeness(sectors: Sequence[tuple[str, int, int]]) -> Table:
    table = plain_table("Completeness (hours by region)", "source")
    for heading in ("hours", "complete", "partial"):
        table.add_column(heading, justify="right")
    for source, hours, partial in sectors:
        table.add_row(source, f"{hours:,}", f"{hours - partial:,}", f"{partial:,}")
    return table


def _table_name(source: str) -> str:
    """`audit_logs` of `platform.audit_logs`: the domain would not fit a terminal of 80 columns."""
    return source.split(".")[-1]


def _figures(days: Sequence[DayCost]) -> tuple[str, ...]:
    """The cells of these days together; a price that is not known is said, never shown as zero."""
    unpriced = sum((day.unpriced_quantity for day in days), Decimal(0))
    held_back = sum(day.held_back_records for day in days)
    return (
        f"{sum((day.dbus for day in days), Decimal(0)):,.3f}",
        _cost([day.list_cost for day in days], unpriced),
        _cost([day.billed_cost for day in days], unpriced),
        f"{unpriced:,.3f}" if unpriced else "-",
        f"{held_back:,} records" if held_back else "-",
    )


def _cost(costs: Sequence[Decimal | None], unpriced: Decimal) -> str:
    known = [cost for cost in costs if cost is not None]
    if known:
        return f"{sum(known, Decimal(0)):,.6f}"
    return "no price known" if unpriced else "-"


def _age(landed_at: datetime | None, now: datetime) -> str:
    if landed_at is None:
        return "nothing yet"
    seconds = max(0, int((now - landed_at).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
