"""Orders from a real broker to windows and totals, through crashes and a store that goes away.

What comes out is compared with sums that are made here, from the messages that were sent.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from typer.testing import CliRunner

from operations.cli import app
from operations.live import victoria_metrics
from operations.live.kafka import bootstrap, broker, client_properties
from operations.live.programs import get
from operations.live.service import Place, Running, free_ports
from operations.live.streams import streams
from tests.integration.live.order_messages import Feed, Message, recent_feed
from warehouse.settings import cache_directory

Key = tuple[int, str, str]
Totals = dict[str, tuple[int, Decimal]]
QUICK = ("--trigger-seconds", "0.5", "--totals-seconds", "1")


@pytest.fixture(scope="module")
def feed() -> Feed:
    return recent_feed()


class Live:
    """A broker, a hot store, and streams that are started and ended over one home."""

    def __init__(self, home: Path) -> None:
        self.home, self.sent = home, list[Message]()
        self.kafka = Running(broker(cache_directory()), home)
        self.store = Running(victoria_metrics.victoria_metrics(), home)
        self.port = free_ports(1)[0]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.kafka.start()
        self.store.start()
        # Times of messages are given here, as if the broker had taken them then.
        admin = AdminClient({"bootstrap.servers": bootstrap(self.kafka.place)})
        topic = NewTopic("orders", 3, 1, config={"message.timestamp.type": "CreateTime"})
        admin.create_topics([topic])["orders"].result(10)
        (self.home / "kafka.properties").write_text(client_properties(self.kafka.place))
        store = victoria_metrics.client_config(self.store.place)
        (self.home / "hot_store.ini").write_text(store)

    def send(self, messages: list[Message]) -> None:
        producer = Producer({"bootstrap.servers": bootstrap(self.kafka.place)})
        for message in messages:
            key = json.loads(message.value)["user_id"] if message.reason is None else None
            producer.produce(
                "orders",
                message.value,
                str(key),
                timestamp=round(message.taken_at.timestamp() * 1000),
            )
        assert producer.flush(30) == 0
        self.sent += messages

    def run(self) -> None:
        """Starts the streams as their service does."""
        service = streams(self.home, cache_directory(), QUICK)
        command = service.command(Place(self.home, {"metrics": self.port}))
        with (self.home / "streams.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.home, start_new_session=True
            )
        eventually(lambda: service.is_healthy(Place(self.home, {"metrics": self.port})))

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def terminate(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def take_available(self) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "operations.streams", "--available-now"],
            env=os.environ | {"LAKELEDGER_HOME": str(self.home)},
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-3000:]
        return ended.stdout.decode()

    def figures(self) -> dict[str, float]:
        lines = get(f"http://127.0.0.1:{self.port}/metrics").data.decode().splitlines()
        parted = (line.rpartition(" ") for line in lines if line.startswith("lakeledger_"))
        return {name.removeprefix("lakeledger_"): float(value) for name, _, value in parted}

    def figure(self, name: str) -> float:
        return self.figures().get(name, 0.0)

    def windows(self) -> dict[Key, tuple[int, float]]:
        """The largest figures of each window that the hot store has."""
        found: dict[Key, list[float]] = {}
        for place, field in enumerate(("orders", "revenue")):
            url = f"{victoria_metrics.url(self.store.place)}/api/v1/export"
            answer = get(f"{url}?match[]=orders_window_{field}").data.decode()
            for series in map(json.loads, answer.splitlines()):
                of = (series["metric"]["category"], series["metric"]["city"])
                pairs = zip(series["timestamps"], series["values"], strict=True)
                for at, value in pairs:
                    known = found.setdefault((at // 1000, *of), [0.0, 0.0])
                    known[place] = max(known[place], value)
        return {key: (round(count), round(sum_, 2)) for key, (count, sum_) in found.items()}


def eventually(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.2)


def firsts(sent: list[Message]) -> list[tuple[datetime, dict[str, Any]]]:
    """Valid orders, each once, with the time at which the broker took it."""
    known: dict[str, tuple[datetime, dict[str, Any]]] = {}
    for message in sent:
        if message.reason is None:
            event = json.loads(message.value or b"")
            known.setdefault(event["order_id"], (message.taken_at, event))
    return list(known.values())


def amount(event: dict[str, Any]) -> Decimal:
    product = Decimal(str(event["price"])) * Decimal(str(event["quantity"]))
    return product.quantize(Decimal("0.01"), ROUND_HALF_UP)


def totals_by(sent: list[Message], field: str) -> Totals:
    made: Totals = {}
    for _, event in firsts(sent):
        count, revenue = made.get(str(event[field]), (0, Decimal(0)))
        made[str(event[field])] = (count + 1, revenue + amount(event))
    return made


def windows_of(sent: list[Message]) -> dict[Key, tuple[int, float]]:
    made: dict[Key, tuple[int, Decimal]] = {}
    for taken_at, event in firsts(sent):
        ordered_at = datetime.fromisoformat(event["order_time"].replace("Z", "+00:00"))
        if ordered_at >= taken_at - timedelta(minutes=2):
            minute = min(ordered_at, taken_at).timestamp() // 60 * 60
            key = (int(minute), event["category"], event["city"])
            count, revenue = made.get(key, (0, Decimal(0)))
            made[key] = (count + 1, revenue + amount(event))
    return {key: (count, float(revenue)) for key, (count, revenue) in made.items()}


def late(sent: list[Message]) -> int:
    return len(firsts(sent)) - sum(count for count, _ in windows_of(sent).values())


@pytest.fixture(scope="module")
def live(
    tmp_path_factory: pytest.TempPathFactory, installed: Callable[..., None]
) -> Iterator[Live]:
    installed(victoria_metrics.PROGRAM)
    made = Live(tmp_path_factory.mktemp("live"))
    try:
        made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()
        made.store.stop()
        made.kafka.stop()


def first_messages(feed: Feed) -> list[Message]:
    plain = [feed.order(at=second / 2) for second in range(600)]
    again = [Message(m.value, m.taken_at + timedelta(seconds=s)) for m in plain[:5] for s in (1, 9)]
    much_later = [Message(m.value, m.taken_at + timedelta(minutes=4)) for m in plain[5:9]]
    return [
        *plain,
        *again,
        *(feed.order(at=300, age=119.5) for _ in range(7)),
        *(feed.order(at=300, age=121) for _ in range(11)),
        *much_later,
        feed.order(at=300, age=-40_000),
        feed.order(at=300, price=5000),
        feed.order(at=300, tip=1),
        *feed.dead_letters(at=300),
    ]


def of_totals(lakehouse: Any, live: Live, table: str, key: str) -> Totals:
    path = live.home / "external" / "live" / table
    rows = lakehouse.spark.sql(f"select {key}, order_count, revenue from delta.`{path}`").collect()
    return {row[0]: (row[1], row[2]) for row in rows}


def check(lakehouse: Any, live: Live) -> None:
    """Totals and windows are those of what was sent."""
    assert of_totals(lakehouse, live, "customer_totals", "user_id") == totals_by(
        live.sent, "user_id"
    )
    assert of_totals(lakehouse, live, "category_totals", "category") == totals_by(
        live.sent, "category"
    )
    wanted = windows_of(live.sent)
    eventually(lambda: live.windows() == wanted, 30)


@pytest.mark.full
def test_through_a_crash_and_a_store_that_was_away(lakehouse: Any, live: Live, feed: Feed) -> None:
    live.send(first_messages(feed))
    live.run()
    eventually(lambda: live.figure("orders_messages_total") == len(live.sent))
    eventually(lambda: live.figure("orders_duplicates_total") == 14)
    figures = live.figures()
    reasons = Counter(m.reason for m in live.sent if m.reason is not None)
    assert {
        name: count for name, count in figures.items() if name.startswith("orders_invalid_total")
    } == {f'orders_invalid_total{{reason="{name}"}}': count for name, count in reasons.items()}
    assert figures["orders_valid_total"] == len(live.sent) - sum(reasons.values())
    assert figures["orders_late_total"] == late(live.sent) == 11
    assert figures["orders_outliers_total"] == 1
    assert figures['orders_unknown_fields_total{field="tip"}'] == 1
    assert figures["orders_latency_seconds_count"] > 600
    assert figures["orders_broker_latency_seconds_count"] > 600

    for part in range(5):
        live.send([feed.order(at=310 + part * 10 + n / 50) for n in range(400)])
        time.sleep(0.2)
    live.kill()
    live.send([feed.order(at=370 + n / 50) for n in range(500)])
    assert "messages" in live.take_available()
    check(lakehouse, live)

    live.run()
    live.store.stop()
    live.send([feed.order(at=400 + n / 50) for n in range(300)])
    log = live.home / "streams.log"
    eventually(lambda: "does not take points" in log.read_text())
    eventually(lambda: live.figure("orders_backlog_messages") == 300)
    live.store.start()
    eventually(lambda: live.windows() == windows_of(live.sent))
    eventually(lambda: live.figure("orders_backlog_messages") == 0)
    assert live.terminate() == 0
    assert "0 messages" in live.take_available()
    check(lakehouse, live)


def refused(home: Path, *options: str) -> str:
    ended = CliRunner().invoke(app, ["streams", *options], env={"LAKELEDGER_HOME": str(home)})
    assert ended.exit_code == 1, ended.output
    return " ".join(ended.output.split())


def test_what_is_not_there_is_one_sentence(live: Live, tmp_path: Path) -> None:
    def config(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    nobody = config("nobody.properties", "bootstrap.servers=127.0.0.1:1\n")
    assert "127.0.0.1:1 does not answer" in refused(live.home, "--kafka-config", nobody)
    assert "has no topic nothing" in refused(live.home, "--topic", "nothing")
    away = config("away.ini", "[influx2]\nurl=http://127.0.0.1:1\norg=a\ntoken=b\ntimeout=900\n")
    assert "http://127.0.0.1:1 does not answer" in refused(live.home, "--hot-store-config", away)
    empty = config("empty.ini", "url=\n")
    assert "no configuration of an InfluxDB client" in refused(
        live.home, "--hot-store-config", empty
    )
    gone = str(tmp_path / "gone.ini")
    assert "lakeledger up writes one" in refused(live.home, "--hot-store-config", gone)


def test_totals_and_their_checkpoint_belong_together(
    lakehouse: Any, live: Live, feed: Feed, tmp_path: Path
) -> None:
    live.send([feed.order(at=500 + n / 50) for n in range(200)])
    assert "200 valid" in live.take_available()
    check(lakehouse, live)
    said = refused_process(live, "--checkpoints", str(tmp_path / "others"))
    assert "live.customer_totals has totals, and their checkpoint" in said


def refused_process(live: Live, *options: str) -> str:
    """In a process of its own: this one has a Spark session."""
    ended = subprocess.run(
        [sys.executable, "-m", "operations.streams", "--available-now", *options],
        env=os.environ | {"LAKELEDGER_HOME": str(live.home)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr[-2000:]
    return " ".join(ended.stderr.decode().split())
