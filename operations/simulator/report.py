"""What a run prints: a table of files and lines, and what the bill must be."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from operations.simulator.delivery import Delivery
from operations.simulator.expected import STATES, Outcome, state, state_of
from operations.simulator.seeds import FOLDER
from operations.simulator.settings import SOURCES, Phase


def print_summary(
    console: Console,
    outcome: Outcome,
    delivery: Delivery,
    delivered: tuple[Phase, ...],
    paths: tuple[Path, Path],
) -> None:
    """Prints the state of the landing folder; `paths` are landing folder and expected bill."""
    name = state_of(delivered)
    landing, expected = paths
    console.print(_table(outcome, STATES[name]))
    options = outcome.world.options
    console.print(
        f"Window: {options.hours} hours from {options.start:%Y-%m-%d %H:%M} UTC; "
        f"regions: {len(options.regions)}, workspaces: {options.workspaces}, seed: {options.seed}"
    )
    console.print(_bill_sentence(outcome, STATES[name]), soft_wrap=True)
    held = sum(outcome.tally(source, ("late",)).files for source in SOURCES)
    if name == "on-time" and held:
        console.print(f"Held back: {held} files; they come with --deliver late.")
    console.print(
        f"Files: {delivery.written:,} written, {delivery.unchanged:,} already there.",
        soft_wrap=True,
    )
    console.print(f"Landing folder: {landing}", soft_wrap=True)
    console.print(f"Expected bill: {expected}", soft_wrap=True)
    console.print(f"Seeds: {expected.parent / FOLDER}", soft_wrap=True)


def _table(outcome: Outcome, phases: tuple[Phase, ...]) -> Table:
    table = Table(title="Delivered so far", title_justify="left")
    table.add_column("source")
    for heading in ("files", "lines", "distinct", "duplicates", "malformed"):
        table.add_column(heading, justify="right")
    for source in SOURCES:
        tally = outcome.tally(source, phases)
        numbers = (
            tally.files,
            tally.lines,
            tally.distinct,
            tally.duplicate_lines,
            tally.malformed.total(),
        )
        table.add_row(source, *(f"{number:,}" for number in numbers))
    return table


def _bill_sentence(outcome: Outcome, phases: tuple[Phase, ...]) -> str:
    totals = state(outcome, phases)["total"]
    assert isinstance(totals, dict)
    cost = totals["list_cost"]
    currency, billed = totals["currency_code"], totals["billed_cost"]
    money = f"{currency} {cost} at list price, {billed} at contract prices,"
    if billed is None:
        money = "no priced usage"
    unpriced = totals["unpriced_records"]
    gap = f"; {unpriced:,} of them have no price" if unpriced else ""
    return f"Correct bill: {money} for {totals['records']:,} usage records{gap}"
