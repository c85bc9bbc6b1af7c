"""Follows a selection down to the files, and adds up what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path

from operations.close.model import Seal
from operations.trace.allocation import shares_of_lines, split_among_tasks, task_times
from operations.trace.arithmetic import difference, exact_sum
from operations.trace.asking import Cursor, ask, text_literals
from operations.trace.bronze import BronzeLine, LineKey, find_lines_of
from operations.trace.charges import Billed, ChargeGroup, charge_groups
from operations.trace.corrections import Entry, group_corrections
from operations.trace.prices import PriceRow, find_prices
from operations.trace.records import Line, UsageRecord, group_lines
from operations.trace.selection import Selection, conditions
from operations.trace.statements import (
    Origin,
    origin_of,
    records_statement,
    task_hours_statement,
    whole_lines_statement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLine:
    """A line with its price rows and its records, corrections under what they correct."""

    line: Line
    prices: Sequence[PriceRow]
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything behind an amount: the lines, less what was billed of them before."""

    selection: Selection
    lines: Sequence[TracedLine]
    bronze: Mapping[LineKey, BronzeLine]
    seals: Sequence[Seal] = ()
    billed_before: Sequence[Billed] = ()

    @property
    def records(self) -> list[UsageRecord]:
        """All records of all lines."""
        return [record for traced in self.lines for record in traced.line.records]

    @property
    def amount(self) -> Decimal:
        """The sum of all lines that have a price, less what was billed before."""
        lines = [traced.line.amount for traced in self.lines]
        before = [billed.amount for billed in self.billed_before]
        return difference(
            exact_sum(amount for amount in lines if amount is not None),
            exact_sum(amount for amount in before if amount is not None),
        )

    @property
    def quantities(self) -> dict[str, Decimal]:
        """The sums of all records, by unit, less what was billed before."""
        found = [(traced.line.key["usage_unit"], traced.line.quantity) for traced in self.lines]
        found += [(billed.usage_unit, -billed.quantity) for billed in self.billed_before]
        return {
            unit: exact_sum(quantity for name, quantity in found if name == unit)
            for unit in sorted({unit for unit, _ in found})
        }

    @property
    def amount_difference(self) -> Decimal:
        """The mart's amount less that of the trace."""
        return difference(self.selection.amount or Decimal(0), self.amount)

    @property
    def is_equal(self) -> bool:
        """Whether the trace comes to the amount and the quantities of the mart, exactly."""
        said = self.selection.quantities
        return not self.amount_difference and (not said or said == self.quantities)

    def line_of(self, record: UsageRecord | PriceRow) -> BronzeLine | None:
        """The bronze line of a record or price row; None where bronze no longer has it."""
        if record.source_file is None or record.ingested_at is None:
            return None
        return self.bronze.get((record.record_key, record.source_file, record.ingested_at))

    @property
    def lost_records(self) -> int:
        """Records whose line bronze no longer has."""
        return sum(self.line_of(record) is None for record in self.records)


def follow(cursor: Cursor, selection: Selection, manifest: Path) -> Trace:
    """The trace of a selection, from the mart to the files.

    `manifest` is dbt's, of the project as last built: sealed rows are made again by its queries.
    """
    groups: Sequence[ChargeGroup] = ()
    if selection.mart.charge:
        groups = charge_groups(cursor, selection, manifest)
    origins = [group.origin for group in groups] or [origin_of(selection)]
    lines = [line for origin in origins for line in _lines(cursor, selection, origin)]
    prices = find_prices(cursor, lines)
    traced = [
        TracedLine(
            line=line,
            prices=[prices[key] for key in line.price_keys if key in prices],
            entries=group_corrections(line.records),
        )
        for line in lines
    ]
    return Trace(
        selection=selection,
        lines=traced,
        bronze=_bronze(cursor, selection, origins, traced),
        seals=[group.seal for group in groups if group.seal],
        billed_before=[billed for group in groups for billed in group.billed_before],
    )


def _lines(cursor: Cursor, selection: Selection, origin: Origin) -> Sequence[Line]:
    price_column = selection.mart.amounts[selection.amount_column]
    parameters = selection.parameters
    if not selection.kind:
        return group_lines(ask(cursor, records_statement(origin), parameters), price_column)
    rows = ask(cursor, whole_lines_statement(origin), parameters)
    shares = shares_of_lines(rows, price_column)
    if selection.kind == "task":
        times = task_times(ask(cursor, task_hours_statement(origin), parameters))
        shares = [task for share in shares for task in split_among_tasks(share, times)]
    wanted = ask(
        cursor,
        f"""select distinct {", ".join(selection.types)} from {selection.mart.relation}
        where {conditions(selection.types, selection.chosen)}""",
        parameters,
    )
    keys = {tuple(row[name] for name in selection.types) for row in wanted}
    return [
        share.line
        for share in shares
        if tuple(share.names[name] for name in selection.types) in keys
    ]


def _bronze(
    cursor: Cursor, selection: Selection, origins: Sequence[Origin], lines: Sequence[TracedLine]
) -> dict[LineKey, BronzeLine]:
    found: dict[LineKey, BronzeLine] = {}
    sources = sorted({record.source_name for traced in lines for record in traced.line.records})
    for origin, source in product(origins, sources):
        wanted = f"""select record_key, source_file, ingested_at
            from ({records_statement(origin)}) where source_name = {text_literals([source])}"""
        found |= find_lines_of(cursor, source, wanted, selection.parameters)
    keys = sorted({price.record_key for traced in lines for price in traced.prices})
    if keys:
        wanted = f"""select record_key, source_file, ingested_at
            from silver.stg_platform__list_prices where record_key in ({text_literals(keys)})"""
        found |= find_lines_of(cursor, "list_prices", wanted, {})
    return found
