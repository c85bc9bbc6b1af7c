"""The trace for people, in 80 columns."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from operations.trace.arithmetic import plain
from operations.trace.corrections import Entry
from operations.trace.following import Trace, TracedLine
from operations.trace.prices import PriceRow
from operations.trace.records import Line
from warehouse.terminal import cell

Files = Mapping[str, int]


def print_trace(console: Console, trace: Trace, limit: int) -> None:
    """Prints the amount, `limit` of its records (0: all) by line, their files, and the verdict."""
    files = number_files(trace)
    _print_amount(console, trace)
    left = limit or len(trace.records)
    shown: set[str] = set()
    for traced in trace.lines:
        if left <= 0:
            break
        _print_line(console, trace, traced, files)
        for depth, entry in list(_flat(traced.entries))[:left]:
            _print_record(console, trace, traced.line, entry, depth, files)
            shown.add(entry.record.source_file)
        shown.update(price.source_file or "" for price in traced.prices)
        left -= len(traced.line.records)
    hidden = len(trace.records) - limit if limit else 0
    if hidden > 0:
        console.print(f"\n… and {hidden:,} more records: --limit 0 shows all.")
    _print_seals(console, trace)
    _print_files(console, trace, {file: files[file] for file in files if file in shown})
    _print_verdict(console, trace)


def number_files(trace: Trace) -> dict[str, int]:
    """The landing files of a trace, numbered in their order of landing."""
    landed: dict[str, str] = {}
    for traced in trace.lines:
        for record in traced.line.records:
            line = trace.line_of(record)
            landed[record.source_file] = f"{line.landed_at}" if line else ""
        for price in traced.prices:
            if price.source_file:
                line = trace.line_of(price)
                landed[price.source_file] = f"{line.landed_at}" if line else ""
    ordered = sorted(landed, key=lambda file: (landed[file], file))
    return {file: number for number, file in enumerate(ordered, start=1)}


def verdict(trace: Trace) -> str:
    """One sentence: the sum of the trace against the mart, to the last decimal."""
    said = trace.selection
    if trace.is_equal:
        if said.amount is None:
            return "No price is known for any of it; the quantities of the trace are the mart's."
        return f"The trace adds up to {plain(trace.amount)}: equal to the last decimal."
    if trace.amount_difference:
        what = f"The trace adds up to {plain(trace.amount)}, the mart says "
        what += f"{plain(said.amount) if said.amount is not None else 'nothing'}"
    else:
        what = "The amounts are equal, the quantities are not: the trace has "
        what += f"{_quantities(trace.quantities)}, the mart {_quantities(said.quantities)}"
    return (
        f"{what}. If silver has been built since, `lakeledger dbt build --select "
        f"{said.mart.name}` brings the mart up to it; otherwise the mart is wrong."
    )


def _print_amount(console: Console, trace: Trace) -> None:
    said = trace.selection
    chosen = " ".join(f"{name}={value or ''}" for name, value in said.chosen.items())
    console.print(Text(f"{said.mart.name} {chosen}".strip(), style="bold"))
    amount = "no price known" if said.amount is None else plain(said.amount)
    console.print(f"{said.amount_column}: [bold]{amount}[/] {cell(said.currency or '')}")
    if said.quantities:
        console.print(f"quantity: {cell(_quantities(said.quantities))}")
    console.print(
        f"{said.rows:,} rows of the mart, {len(trace.lines):,} lines, "
        f"{len(trace.records):,} usage records"
    )


def _print_line(console: Console, trace: Trace, traced: TracedLine, files: Files) -> None:
    line = traced.line
    console.print()
    place = f"{line.key['cloud']} {line.key['region']} workspace {line.key['workspace_id']}"
    console.print(Text(f"{_moment(line.key['usage_hour_at'])}  {line.key['sku_name']}"))
    console.print(_under(1, place, style="dim"))
    console.print(_under(1, _equation(line)))
    for price in traced.prices:
        console.print(_under(1, _price(trace, price, files), style="dim"))


def _equation(line: Line) -> str:
    quantity = f"{plain(line.quantity)} {line.key['usage_unit']}"
    if line.price is None or line.amount is None:
        return f"{quantity}, no price known"
    currency = line.key["currency_code"]
    if line.part and line.part.whole is not None:
        whole = plain(line.part.whole)
        return f"{quantity} bear {plain(line.amount)} of the {whole} {currency} of this line"
    return f"{quantity} at {plain(line.price)} = {plain(line.amount)} {currency}"


def _price(trace: Trace, row: PriceRow, files: Files) -> str:
    until = "on" if row.ended_at is None else f"until {_moment(row.ended_at)}"
    text = f"{row.kind} price {plain(row.price)} from {_moment(row.started_at)} {until}"
    if row.source_file is None:
        return f"{text}, of the seed negotiated_prices"
    found = trace.line_of(row)
    return f"{text}, line {found.line_hash if found else 'gone'} of [{files[row.source_file]}]"


def _print_record(
    console: Console, trace: Trace, line: Line, entry: Entry, depth: int, files: Files
) -> None:
    record = entry.record
    found = trace.line_of(record)
    said = f"{record.record_type} {record.name}  {plain(record.quantity)}"
    if line.part and record.record_key in line.part.shares:
        said += f"  bears {plain(line.part.shares[record.record_key])}"
    if entry.is_unmatched:
        said += "  (nothing here that it corrects)"
    console.print(_under(depth + 1, said))
    line_hash = found.line_hash if found else "no longer in bronze"
    where = f"line {line_hash} of [{files[record.source_file]}]"
    console.print(_under(depth + 2, where, style="dim"))


def _print_files(console: Console, trace: Trace, files: Files) -> None:
    console.print("\nFiles")
    landed = {line.source_file: line.landed_at for line in trace.bronze.values()}
    for file, number in files.items():
        when = f"landed {_moment(landed[file])}" if file in landed else "no longer in bronze"
        console.print(_under(1, f"[{number}] {when}"))
        console.print(_under(2, file, style="dim"))
    if trace.lost_records:
        console.print(
            f"  {trace.lost_records:,} records are older than what bronze keeps: silver has them, "
            "their lines are gone."
        )


def _print_seals(console: Console, trace: Trace) -> None:
    for seal in trace.seals:
        console.print(
            f"\nSealed {_moment(seal.sealed_at)} by {cell(seal.sealed_by)}: {seal.seal_id}"
        )
        console.print(_under(1, f"rows {seal.content.rows_hash}", style="dim"))
        console.print(_under(1, f"project {seal.git_revision}", style="dim"))
        for name, version in sorted(seal.input_versions.items()):
            console.print(_under(1, f"{name} version {version}", style="dim"))
    if trace.billed_before:
        console.print("\nLess what was billed before")
    for billed in trace.billed_before:
        amount = "no price known" if billed.amount is None else plain(billed.amount)
        quantity = f"{plain(billed.quantity)} {billed.usage_unit}"
        said = f"{_moment(billed.usage_hour_at)}  {billed.sku_name}  {quantity} = {amount}"
        console.print(_under(1, said))
        where = f"row {billed.row_hash} of seal {billed.seal_id}, {billed.billing_period}"
        console.print(_under(2, where, style="dim"))


def _print_verdict(console: Console, trace: Trace) -> None:
    console.print()
    console.print(Text(verdict(trace), style="bold green" if trace.is_equal else "bold red"))


def _flat(entries: Iterable[Entry], depth: int = 0) -> Iterator[tuple[int, Entry]]:
    for entry in entries:
        yield depth, entry
        yield from _flat(entry.corrections, depth + 1)


def _under(depth: int, said: str, style: str = "") -> Padding:
    return Padding(Text(said, style=style, overflow="fold"), (0, 0, 0, 2 * depth), expand=False)


def _quantities(quantities: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{plain(q)} {unit}" for unit, q in sorted(quantities.items()))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if not at.second else f"{at:%Y-%m-%d %H:%M:%S}"
