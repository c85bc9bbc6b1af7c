"""What a run did, for a person."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from operations.orders.expected import money
from operations.orders.run import Done
from operations.orders.settings import Options


def print_summary(
    console: Console, options: Options, done: Done, to: str, expected: Path, landing: Path | None
) -> None:
    """Prints counts, the sum, the speed and where files lie."""
    tally = done.tally
    for title, counts in (("Defects", tally.defects()), ("Dead letters", tally.dead_letters())):
        if counts:
            console.print(_table(title, counts))
    if not done.complete:
        console.print("Stopped early; the sums are of what was sent.")
    rate = done.arrived / done.seconds if done.seconds else 0.0
    console.print(
        f"Sent to {to}: {done.arrived:,} messages in {done.seconds:.1f} s ({rate:,.0f}/s)",
        soft_wrap=True,
    )
    if options.rate and done.most_behind > 0.1:
        console.print(f"At most {done.most_behind:.1f} s behind the asked rate.")
    console.print(
        f"Unique valid orders: {tally.orders:,}, revenue {money(tally.cents)}; "
        f"labelled frauds: {len(tally.frauds()):,}; seed: {options.seed}",
        soft_wrap=True,
    )
    console.print(f"Expected: {expected}", soft_wrap=True)
    if landing:
        console.print(f"Landing folder: {landing} ({done.files} files)", soft_wrap=True)


def _table(title: str, counts: dict[str, int]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    table.add_column("messages", justify="right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table
