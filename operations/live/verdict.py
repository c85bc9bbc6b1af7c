"""Whether every way of counting comes to what was sent."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from prometheus_client.parser import text_string_to_metric_families
from rich.table import Table

from operations.live.figures import Totals, booked, customers_that_differ, running
from operations.live.programs import get
from operations.queries import Cursor

_LOOK_SECONDS = 1.0
# Longer than any late order reaches back.
_WINDOWS = "12h"


@dataclass(frozen=True, slots=True)
class Way:
    """A way of counting, and what it came to."""

    name: str
    found: Totals

    def agrees(self, sent: Totals) -> bool:
        """Whether it is what was sent."""
        return self.found.orders == sent.orders and self.found.revenue in (None, sent.revenue)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was sent, and what each way says."""

    sent: Totals
    ways: tuple[Way, ...]

    @property
    def is_right(self) -> bool:
        """Whether no way says anything else."""
        return all(way.agrees(self.sent) for way in self.ways)

    def table(self) -> Table:
        """The comparison, for a person."""
        table = Table(title="Unique valid orders, and their revenue", title_justify="left")
        table.add_column("counted by")
        table.add_column("orders", justify="right")
        table.add_column("revenue", justify="right")
        table.add_column("")
        table.add_row("the producer", *_cells(self.sent), "")
        for way in self.ways:
            said = "equal" if way.agrees(self.sent) else "[bold red]differs[/]"
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


def streams(cursor: Cursor, wanted: Totals, seconds: float) -> list[Way]:
    """The running totals, which may still be on their way: their sum, and those that differ."""
    found = reached(lambda: running(cursor), wanted, seconds)
    return [
        Way("live.customer_totals", found),
        Way(
            "customers with the same totals in batch and streams",
            found if not customers_that_differ(cursor) else Totals(0),
        ),
    ]


def hot_store(store: str, metrics: str) -> Way:
    """Orders in the windows of the last hours, with those that came too late for theirs.

    ``store`` and ``metrics`` are host:port of the store and of the streams' figures.
    """
    # A window that is written again keeps its older values, too: the greatest is the newest.
    asked = f"sum(sum_over_time(max_over_time(orders_window_orders[1m])[{_WINDOWS}:1m]))"
    at = int(time.time()) // 60 * 60 + 60
    answer = get(f"http://{store}/api/v1/query?{urlencode({'query': asked, 'time': at})}")
    found = json.loads(answer.data)["data"]["result"]
    shown = int(float(found[0]["value"][1])) if found else 0
    return Way("hot store, and orders too late for their window", Totals(shown + _late(metrics)))


def _late(metrics: str) -> int:
    text = get(f"http://{metrics}/metrics").data.decode()
    return sum(
        int(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "lakeledger_orders_late_total"
    )


def _cells(totals: Totals) -> tuple[str, str]:
    return f"{totals.orders:,}", "" if totals.revenue is None else f"{totals.revenue:,.2f}"
