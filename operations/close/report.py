"""What the close says in the terminal, on 80 columns."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from operations.close.books import USAGE, Book
from operations.close.gates import Blocker, blockers
from operations.close.model import Facts, Key, PeriodState
from operations.plain_table import plain_table

SHOWN_PERIODS = 24


def print_states(console: Console, states: Sequence[PeriodState], book: Book = USAGE) -> None:
    """One line per account and month of a book, newest first."""
    table = plain_table(book.title, "period", "account", "state", "since")
    for heading in book.headings:
        table.add_column(heading, justify="right", overflow="fold")
    newest = sorted(states, key=lambda state: (state.key.period, state.key.account), reverse=True)
    for state in newest[:SHOWN_PERIODS]:
        since = "" if state.since is None else f"{state.since:%Y-%m-%d}"
        table.add_row(
            str(state.key.period),
            escape(state.key.account),
            state.state,
            since,
            f"{state.record_count:,}",
            f"{state.billed_cost:,.{book.cents}f}",
        )
    console.print(table)
    if len(newest) > SHOWN_PERIODS:
        console.print(f"  and {len(newest) - SHOWN_PERIODS} older: --period, --account")


def print_blockers(console: Console, all_facts: Sequence[Facts], now: datetime, first: int) -> None:
    """For each period that is not closed, what blocks its close."""
    for facts in all_facts:
        if facts.state.state != "CLOSED":
            print_lines(console, facts.state.key, blockers(facts, now), first)


def print_lines(console: Console, key: Key, lines: Sequence[Blocker], first: int) -> None:
    """What blocks one period, line by line: the first so many of each gate, and how many more."""
    if not lines:
        console.print(f"\n[bold]{escape(str(key))}[/]: nothing blocks its close.")
        console.print(f"  lakeledger close seal {key.options} --by WHO", soft_wrap=True)
        return
    things = "1 line blocks" if len(lines) == 1 else f"{len(lines):,} lines block"
    console.print(f"\n[bold]{escape(str(key))}[/]: {things} its close.")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(overflow="fold")
    for gate in dict.fromkeys(line.gate for line in lines):
        of_gate = [line for line in lines if line.gate == gate]
        for line in of_gate[:first]:
            grid.add_row(f"  {gate}", f"[bold]{escape(line.what)}[/]\n{escape(line.sentence)}")
        if len(of_gate) > first:
            grid.add_row("", f"and {len(of_gate) - first:,} more: --first {len(of_gate)}")
    console.print(grid)
