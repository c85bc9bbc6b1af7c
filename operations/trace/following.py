"""Follows a selection down to the files, and adds up what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from operations.trace.allocation import shares_of_lines, split_among_tasks, task_times
from operations.trace.arithmetic import difference, exact_sum
from operations.trace.asking import Cursor, ask, text_literals
from operations.trace.bronze import BronzeLine, LineKey, find_lines_of
from operations.trace.corrections import Entry, group_corrections
from operations.trace.prices import PriceRow, find_prices
from operations.trace.records import Line, UsageRecord, group_lines
from operations.trace.selection import Selection, conditions
from operations.trace.statements import (
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
    """Everything behind an amount."""

    selection: Selection
    lines: Sequence[TracedLine]
    bronze: Mapping[LineKey, BronzeLine]

    @property
    def records(self) -> list[UsageRecord]:
        """All records of all lines."""
        return [record for traced in self.lines for record in traced.line.records]

    @property
    def amount(self) -> Decimal:
        """The sum of all lines that have a price."""
        amounts = [traced.line.amount for traced in self.lines]
        return exact_sum(amount for amount in amounts if amount is not None)

    @property
    def quantities(self) -> dict[str, Decimal]:
        """The sums of all records, by unit."""
        units = sorted({traced.line.key["usage_unit"] for traced in self.lines})
        return {
            unit: exact_sum(
                traced.line.quantity
                for traced in self.lines
                if traced.line.key["usage_unit"] == unit
            )
            for unit in units
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


def follow(cursor: Cursor, selection: Selection) -> Trace:
    """The trace of a selection, from the mart to the files."""
    lines = _lines(cursor, selection)
    prices = find_prices(cursor, lines)
    traced = [
        TracedLine(
            line=line,
            prices=[prices[key] for key in line.price_keys if key in prices],
            entries=group_corrections(line.records),
        )
        for line in lines
    ]
    return Trace(selection=selection, lines=traced, bronze=_bronze(cursor, selection, traced))


def _lines(cursor: Cursor, selection: Selection) -> Sequence[Line]:
    price_column = selection.mart.amounts[selection.amount_column]
    parameters = selection.parameters
    if not selection.kind:
        return group_lines(ask(cursor, records_statement(selection), parameters), price_column)
    rows = ask(cursor, whole_lines_statement(selection), parameters)
    shares = shares_of_lines(rows, price_column)
    if selection.kind == "task":
        times = task_times(ask(cursor, task_hours_statement(selection), parameters))
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
    cursor: Cursor, selection: Selection, lines: Sequence[TracedLine]
) -> dict[LineKey, BronzeLine]:
    found: dict[LineKey, BronzeLine] = {}
    sources = sorted({record.source_name for traced in lines for record in traced.line.records})
    for source in sources:
        wanted = f"""select record_key, source_file, ingested_at
            from ({records_statement(selection)}) where source_name = '{source}'"""
        found |= find_lines_of(cursor, source, wanted, selection.parameters)
    keys = sorted({price.record_key for traced in lines for price in traced.prices})
    if keys:
        wanted = f"""select record_key, source_file, ingested_at
            from silver.stg_platform__list_prices where record_key in ({text_literals(keys)})"""
        found |= find_lines_of(cursor, "list_prices", wanted, {})
    return found
