"""Orders flow for a while: sent, taken in, built, mailed about; then everything is compared."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from ingestion.sources import Source, load_sources
from operations.dbt import PROJECT
from operations.domains import domain_of
from operations.live.background import background
from operations.live.errors import ServiceFailed
from operations.live.figures import Figures, figures
from operations.live.verdict import Verdict, batch, hot_store, sent, streams
from operations.pipeline import WITHOUT_TESTS
from operations.queries import Cursor
from operations.retries import run_dbt_patiently
from warehouse.connection import Connection

# Between micro-batches of ingestion; and how long what has been sent may take to the last total.
_INGEST_SECONDS = 5
_ARRIVE_SECONDS = 90.0
# So many customers for each order a second: who orders every minute would look like a fraud.
_CUSTOMERS_PER_RATE = 2000
_LOOK_SECONDS = 1.0
Asks = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A home whose services run, a warehouse, and where to say what happens.

    ``address`` tells host:port of a running service's port, as `streams/metrics`.
    """

    home: Path
    console: Console
    connection: Connection
    address: Asks

    def run(self, rate: float, seconds: float, seed: int | None) -> Verdict:
        """Lets orders come for so many seconds, and says whether all ways of counting agree.

        Raises:
            ServiceFailed: if the home holds orders, or a part ends with an error.
        """
        if self._holds_orders():
            raise ServiceFailed(
                f"{self.home} holds orders already, and sums are compared with those of one run:"
                " name an empty folder by LAKELEDGER_HOME."
            )
        chosen = random.randrange(2**31) if seed is None else seed
        (self.home / "landing").mkdir(parents=True, exist_ok=True)
        orders = ["orders", "simulate", "--rate", str(rate), "--seconds", str(seconds)]
        orders += ["--seed", str(chosen), "--landing", str(self.home / "landing")]
        orders += ["--customers", str(round(rate * _CUSTOMERS_PER_RATE))]
        taken = ["ingest", *(part for one in _sources() for part in ("--source", one.name))]
        with (
            background(orders, self.home) as simulator,
            background([*taken, "--continuous", str(_INGEST_SECONDS)], self.home) as ingestion,
        ):
            while simulator.runs and ingestion.runs:
                time.sleep(_LOOK_SECONDS)
                if self._has_landed():
                    self._round(tests=False)
        self.console.print(
            "[bold]No more orders come:[/] what is on its way arrives, with every test."
        )
        self._lakeledger(*taken)
        self._round(tests=True)
        return self._compare()

    def _round(self, *, tests: bool) -> None:
        outcome = run_dbt_patiently(
            ["build", "--select", "tag:orders", *(() if tests else WITHOUT_TESTS)],
            warehouse=self.connection.dbt_environment(),
            target=self.home / "target",
            log=self.home / "logs" / "dbt-build.log",
        )
        self.console.print(f"dbt build: {outcome.summary}, {outcome.seconds:.0f} s")
        mailed = self._lakeledger("orders", "alert") if self.address("mail/smtp") else ""
        with self._cursor() as cursor:
            self.console.print(line_of(figures(cursor), mailed))

    def _compare(self) -> Verdict:
        wanted = sent(self.home / "expected_orders.json")
        metrics = self.address("streams/metrics")
        store = self.address("victoria-metrics/http")
        with self._cursor() as cursor:
            ways = [batch(cursor)]
            if metrics is not None and store is not None:
                ways += streams(cursor, wanted, _ARRIVE_SECONDS)
                ways.append(hot_store(store, metrics))
        return Verdict(wanted, tuple(ways))

    def _holds_orders(self) -> bool:
        return (self.home / "external" / "bronze_orders" / "orders").exists()

    def _has_landed(self) -> bool:
        tables = self.home / "external" / "bronze_orders"
        return all(any((tables / s.table_name / "_delta_log").glob("*.json")) for s in _sources())

    def _lakeledger(self, *arguments: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "operations", *arguments],
            check=False,
            capture_output=True,
            text=True,
        )
        if ended.returncode:
            told = (ended.stderr or ended.stdout).strip().splitlines() or ["it said nothing"]
            raise ServiceFailed(f"`lakeledger {' '.join(arguments)}` failed: {told[-1]}")
        return ended.stdout.strip()

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        with closing(self.connection.connect()) as client:
            yield client.cursor()


def line_of(now: Figures, mailed: str) -> str:
    """The figures of a round on one line."""
    at = "" if now.landed_at is None else f"{now.landed_at:%H:%M:%S}  "
    return (
        f"{at}{now.messages:,} messages, {now.orders:,} orders, {now.revenue:,.2f} revenue,"
        f" {now.duplicates:,} copies, {now.dead_letters:,} dead letters;"
        f" {now.alerts:,} fraud alerts on {now.flagged_customers:,} customers. {mailed}".rstrip()
    )


def _sources() -> list[Source]:
    return [s for s in load_sources(PROJECT / "models") if domain_of(s) == "orders"]
