"""What a dry run says."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ingestion.replay import LandedFile
from operations.replay.estimate import ClosedPeriod, InBronze
from warehouse.terminal import cell

_SHOWN_RANGES = 6


def print_bronze(console: Console, found: Sequence[InBronze]) -> None:
    """What would be judged again, by source and region."""
    table = _table("To be judged again", "source", "region", "rows", "files")
    for row in found:
        table.add_row(row.source, cell(row.region), f"{row.rows:,}", f"{row.files:,}")
    console.print(table)


def print_landing(
    console: Console,
    files: Mapping[str, Sequence[LandedFile]],
    known: Sequence[InBronze],
) -> None:
    """What would be read again, by source and region, beside what bronze has of the window."""
    there = {(row.source, row.region): row for row in known}
    table = _table(
        "To be read again",
        "source",
        "region",
        "files",
        "bytes",
        "files in bronze",
        "rows in bronze",
    )
    for source, landed in files.items():
        for region in sorted({file.region for file in landed}):
            mine = [file for file in landed if file.region == region]
            row = there.get((source, region))
            size = sum(file.size for file in mine)
            counts = ("0", "0") if row is None else (f"{row.files:,}", f"{row.rows:,}")
            table.add_row(source, cell(region), f"{len(mine):,}", f"{size:,}", *counts)
    console.print(table)


def day_sentence(source: str, days: Sequence[date]) -> str:
    """Which days of events are concerned."""
    if not days:
        return f"{source}: states, no days of its own; what reads it is computed again."
    ranges = list(_ranges(sorted(days)))
    shown = ", ".join(ranges[:_SHOWN_RANGES])
    more = f" and {len(ranges) - _SHOWN_RANGES} more ranges" if len(ranges) > _SHOWN_RANGES else ""
    count = "1 day" if len(days) == 1 else f"{len(days)} days"
    return f"{source}: {count} of events: {shown}{more}."


def period_sentences(months: Sequence[str], closed: Sequence[ClosedPeriod]) -> list[str]:
    """What becomes of the billing periods that days of the window belong to."""
    sentences = [f"Billing periods: {', '.join(months)}."] if months else []
    if closed:
        named = ", ".join(f"{period.period} of {period.account}" for period in closed)
        sentences.append(
            f"CLOSED of these: {named}. What was billed stays as it was sealed; a difference"
            " becomes an adjustment in the next open period."
        )
    return sentences


def _ranges(days: Sequence[date]) -> Iterable[str]:
    begin = last = days[0]
    for day in [*days[1:], None]:
        if day is not None and (day - last).days == 1:
            last = day
            continue
        yield f"{begin}" if begin == last else f"{begin} to {last}"
        if day is not None:
            begin = last = day


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        is_text = column in ("source", "region")
        table.add_column(column, justify="left" if is_text else "right", no_wrap=True)
    return table
