"""Orders through a real broker, the way a user sends and takes them in."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from operations.live.kafka import bootstrap, broker, client_properties, ensure_topic
from operations.live.service import Running
from tests.scenarios.account import Account
from warehouse.settings import cache_directory

ORDERS = ("--select", "tag:orders")


@dataclass(frozen=True, slots=True)
class OrderFeed:
    """An account that a broker's topic and landing files deliver orders to."""

    account: Account
    home: Path

    def simulate(self, *options: str) -> dict[str, Any]:
        """Sends orders, and returns what they must add up to."""
        command = [sys.executable, "-m", "operations", "orders", "simulate"]
        landing = ("--landing", str(self.account.landing))
        ended = subprocess.run(
            [*command, *landing, *options],
            env={**os.environ, "LAKELEDGER_HOME": str(self.home)},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ended.returncode == 0, ended.stderr
        found: dict[str, Any] = json.loads((self.home / "expected_orders.json").read_text())
        return found

    def build(self, *arguments: str) -> None:
        """Takes in what has come and builds the models of orders."""
        self.account.ingest()
        self.account.dbt("build", *ORDERS, *arguments)

    def one(self, statement: str) -> tuple[Any, ...]:
        """The only row of a query."""
        (row,) = self.account.rows(statement)
        return row


@contextmanager
def order_feed(account: Account, home: Path) -> Iterator[OrderFeed]:
    """The account with a broker of its own, gone afterwards."""
    kafka = Running(broker(cache_directory()), home)
    kafka.start()
    try:
        servers = bootstrap(kafka.place)
        ensure_topic(servers, "orders", 4)
        (home / "kafka.properties").write_text(client_properties(kafka.place))
        reached = {"bootstrap.servers": servers}
        yield OrderFeed(replace(account, kafka=reached), home)
    finally:
        kafka.stop()
