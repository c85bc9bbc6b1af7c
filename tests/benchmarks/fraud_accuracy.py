"""How many labelled frauds the rules catch, and how many of their alerts are right.

Each seed is an account of its own: simulated orders, a real broker, ingestion, the models.

    python -m tests.benchmarks.fraud_accuracy --seeds 101 102 103 --count 20000
"""

import argparse
import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.pipeline import WITHOUT_TESTS
from tests.lakehouse_fixtures import Lakehouse
from tests.scenarios.account import BUILT_SCHEMAS, Account
from tests.scenarios.order_feed import order_feed
from warehouse.engine import Engine, Server
from warehouse.settings import cache_directory

START = "2026-01-09T00:00:00Z"
ALERTS = "select order_id, reasons.rule from gold_operational.ops_fraud_alerts"
_Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval: right for few cases and for shares near 0 and 1, too."""
        if not self.of:
            return 0.0, 1.0
        share, spread = self.hits / self.of, _Z * _Z / self.of
        middle = (share + spread / 2) / (1 + spread)
        half = _Z * math.sqrt(share * (1 - share) / self.of + spread / (4 * self.of)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        share = f"{self.hits / self.of:.3f}" if self.of else "none"
        return f"{self.hits}/{self.of} = {share} ({low:.3f} to {high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Labels (kind by order) and alerts (rules by order) of one run."""

    orders: int
    labels: Mapping[str, str]
    alerts: Mapping[str, tuple[str, ...]]


def recall(runs: Iterable[Judged]) -> dict[str, Share]:
    """Labelled orders with an alert, by kind and in all."""
    caught: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    for run in runs:
        for order_id, kind in run.labels.items():
            for name in (kind, "all"):
                labelled[name] += 1
                caught[name] += order_id in run.alerts
    return {name: Share(hits=caught[name], of=count) for name, count in sorted(labelled.items())}


def precision(runs: Iterable[Judged]) -> dict[str, Share]:
    """Alerts whose order is labelled, by rule that hit and in all."""
    right: Counter[str] = Counter()
    raised: Counter[str] = Counter()
    for run in runs:
        for order_id, rules in run.alerts.items():
            for name in (*rules, "all"):
                raised[name] += 1
                right[name] += order_id in run.labels
    return {name: Share(hits=right[name], of=count) for name, count in sorted(raised.items())}


@contextmanager
def lakehouse(root: Path) -> Iterator[Lakehouse]:
    """An engine over an empty folder."""
    server = Server(port=0)
    engine = Engine(root=root, cache=cache_directory(), catalog="lakeledger")
    try:
        yield Lakehouse(engine, server, server.serve(engine), root)
    finally:
        server.stop()
        engine.stop()


def judged(house: Lakehouse, home: Path, seed: int, count: int) -> Judged:
    """One run from the simulator to alerts, in an account that is gone afterwards."""
    account = Account(lakehouse=house, home=home, target=home / "target")
    options = ("--count", str(count), "--seed", str(seed), "--start", START)
    with order_feed(account, home) as feed:
        expected: dict[str, Any] = feed.simulate(*options)
        feed.account.ingest()
    account.dbt("build", "--select", "+ops_flagged_customers", *WITHOUT_TESTS)
    found = account.rows(ALERTS)
    for schema in ("bronze_platform", "bronze_orders", *BUILT_SCHEMAS):
        house.spark.sql(f"drop schema if exists {schema} cascade")
    return Judged(
        orders=expected["unique_valid_orders"],
        labels={fraud["order_id"]: fraud["kind"] for fraud in expected["frauds"]},
        alerts={order_id: tuple(rules) for order_id, rules in found},
    )


def report(runs: Sequence[Judged]) -> str:
    """The figures as lines of text."""
    lines = [f"{sum(run.orders for run in runs):,} orders in {len(runs)} runs", "recall by kind"]
    lines += [f"  {name:<18}{share}" for name, share in recall(runs).items()]
    lines += ["precision by rule"]
    lines += [f"  {name:<18}{share}" for name, share in precision(runs).items()]
    return "\n".join(lines)


def main() -> None:
    """Measures and prints, seed by seed and together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--count", type=int, default=20_000)
    given = parser.parse_args()
    runs: list[Judged] = []
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            root, home = Path(folder) / "lakehouse", Path(folder) / "home"
            root.mkdir()
            home.mkdir()
            with lakehouse(root) as house:
                runs.append(judged(house, home, seed, given.count))
        print(f"seed {seed}\n{report(runs[-1:])}\n", flush=True)
    print(f"together\n{report(runs)}")


if __name__ == "__main__":
    main()
