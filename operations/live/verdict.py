"""Whether every way of counting comes to what was sent."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table

from operations.live.figures import Totals, booked, customers_that_differ, running
from operations.queries import Cursor

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Way:
    """A way of counting and what it came to; None where it could not be asked."""

    name: str
    found: Totals | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was sent, and what each way says."""

    sent: Totals
    ways: tuple[Way, ...]

    @property
    def is_right(self) -> bool:
        """Whether no way that was asked says anything else."""
        return all(way.found in (None, self.sent) for way in self.ways)

    def table(self) -> Table:
        """The comparison, for a person."""
        table = Table(title="Unique valid orders, and their revenue", title_justify="left")
        for heading in ("counted by", "orders", "revenue", ""):
            table.add_column(heading, justify="right" if heading in ("orders", "revenue") else None)
        table.add_row("the producer", *_cells(self.sent), "")
        for way in self.ways:
            if way.found is None:
                table.add_row(way.name, "", "", "not asked: it does not run")
            else:
                said = "equal" if way.found == self.sent else "[bold red]differs[/]"
                table.add_row(way.name, *_cells(way.found), said)
        return table


def sent(expected: Path) -> Totals:
    """What the producer has written down."""
    document: Mapping[str, Any] = json.loads(expected.read_text(encoding="utf-8"))
    return Totals(int(document["unique_valid_orders"]), Decimal(document["revenue"]))


def reached(ask: Callable[[], Totals], wanted: Totals, seconds: float) -> Totals:
    """What is said once it is what is wanted, or after so many seconds."""
    deadline = time.monotonic() + seconds
    while (found := ask()) != wanted and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return found


def batch(cursor: Cursor) -> Way:
    """The billing mart."""
    return Way("gold_billing.fct_revenue_daily", booked(cursor))


def streams(cursor: Cursor, wanted: Totals, seconds: float) -> tuple[Way, ...]:
    """The running totals, which may still be on their way; customer by customer."""
    way = Way("live.customer_totals", reached(lambda: running(cursor), wanted, seconds))
    return (way,)


def _cells(totals: Totals) -> tuple[str, str]:
    return f"{totals.orders:,}", f"{totals.revenue:,.2f}"
