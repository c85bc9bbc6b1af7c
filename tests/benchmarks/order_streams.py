"""Rate and latency of the hot path of orders, with the floor beside them, on real services.

    .venv/bin/python -m tests.benchmarks.order_streams [--rates 500 1000 2000] [--seconds 60]

For each rate: simulated orders through broker and streams into the hot store; the latency is the
streams' own histogram, between the broker's time and the store's word, of the second half. The
floor is the same broker with a consumer that throws everything away. docs/streams.md has results.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from confluent_kafka import Consumer, Producer
from prometheus_client.parser import text_string_to_metric_families

from operations.live.background import background
from operations.live.cli import start_for_clients
from operations.live.kafka import ensure_topic
from operations.live.programs import get
from operations.live.service import Running
from operations.live.services import services
from warehouse.settings import Settings, cache_directory

NEEDED = ("kafka", "victoria-metrics", "streams")
BYTES = 330
WARM_UP = ("--rate", "500", "--seconds", "40")
HISTOGRAM = "lakeledger_orders_broker_latency_seconds_bucket"
Buckets = Mapping[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One rate: seconds from broker to hot store, and messages not read at half time and end."""

    rate: int
    p50: float
    p99: float
    backlog: tuple[int, int]


def quantile(before: Buckets, after: Buckets, share: float) -> float:
    """The upper bound of the bucket that holds the quantile of what came in between."""
    counts = {bound: after[bound] - before.get(bound, 0.0) for bound in sorted(after)}
    wanted = share * max(counts.values())
    return next(bound for bound, below in counts.items() if below >= wanted)


def scraped(address: str) -> tuple[Buckets, int]:
    """Cumulative counts of the latency histogram, and the backlog."""
    buckets, backlog = {}, 0
    for family in text_string_to_metric_families(get(f"http://{address}/metrics").data.decode()):
        for sample in family.samples:
            if sample.name == HISTOGRAM:
                buckets[float(sample.labels["le"])] = sample.value
            if sample.name == "lakeledger_orders_backlog_messages":
                backlog = int(sample.value)
    return buckets, backlog


def measure(home: Path, address: str, rate: int, seconds: float, seed: int) -> Measured:
    """Orders at that rate; the second half counts."""
    options = ["--rate", str(rate), "--seconds", str(seconds), "--seed", str(seed)]
    with background(["orders", "simulate", *options], home) as simulator:
        time.sleep(seconds / 2)
        before, at_half = scraped(address)
        while simulator.runs:
            time.sleep(0.2)
        after, at_end = scraped(address)
    return Measured(
        rate=rate,
        p50=quantile(before, after, 0.5),
        p99=quantile(before, after, 0.99),
        backlog=(at_half, at_end),
    )


def floor_latency(servers: str, rate: int, seconds: float) -> tuple[float, float]:
    """Median and 99th percentile of seconds from a producer to a consumer that keeps nothing."""
    found: list[float] = []
    ended = threading.Event()
    reader = threading.Thread(target=_read, args=(servers, found, ended))
    reader.start()
    producer = Producer({"bootstrap.servers": servers, "enable.idempotence": True, "linger.ms": 5})
    began, step = time.monotonic(), 0.01
    for number in range(int(seconds / step)):
        for _ in range(round(rate * step)):
            producer.produce("floor", b"%020d" % time.time_ns() + b"x" * (BYTES - 20))
        producer.poll(0)
        time.sleep(max(0.0, began + (number + 1) * step - time.monotonic()))
    producer.flush(30)
    time.sleep(1)
    ended.set()
    reader.join()
    half = found[len(found) // 2 :]
    return float(np.quantile(half, 0.5)), float(np.quantile(half, 0.99))


def _read(servers: str, found: list[float], ended: threading.Event) -> None:
    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": f"floor-{time.time_ns()}"}
        | {"auto.offset.reset": "latest"}
    )
    consumer.subscribe(["floor"])
    while not ended.is_set():
        for message in consumer.consume(1000, 0.05):
            value = message.value()
            if message.error() is None and value is not None:
                found.append((time.time_ns() - int(value[:20])) / 1e9)
    consumer.close()


def floor_rate(servers: str, count: int) -> tuple[float, float]:
    """Messages a second that a producer has acknowledged, and that a consumer then reads."""
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 20, "compression.type": "lz4"})
    values = [os.urandom(BYTES // 2).hex().encode() for _ in range(10_000)]
    began = time.monotonic()
    for number in range(count):
        while True:
            try:
                producer.produce("floor-rate", values[number % len(values)])
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush(60)
    sent = count / (time.monotonic() - began)
    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": "rate", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe(["floor-rate"])
    read, first = 0, 0.0
    while read < count:
        got = len(consumer.consume(10_000, 1.0))
        first = first or time.monotonic()
        read += got
    consumer.close()
    return sent, count / (time.monotonic() - first)


@contextmanager
def started(home: Path) -> Iterator[dict[str, Running]]:
    """Broker, hot store and streams over a home."""
    os.environ |= {"LAKELEDGER_HOME": str(home), "LAKELEDGER_CACHE": str(cache_directory())}
    known = {one.service.name: one for one in services(Settings.from_environment())}
    parts = {name: known[name] for name in NEEDED}
    try:
        for part in parts.values():
            start_for_clients(part, home)
        yield parts
    finally:
        for part in reversed(parts.values()):
            part.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a table of rates."""
    parser = argparse.ArgumentParser(prog="order_streams", description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[500, 1000, 2000, 4000])
    parser.add_argument("--seconds", type=float, default=60)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as parts:
        home, servers = Path(folder), parts["kafka"].place.address("clients")
        address = parts["streams"].place.address("metrics")
        for topic in ("floor", "floor-rate"):
            ensure_topic(servers, topic, 4)
        command = [sys.executable, "-m", "operations", "orders", "simulate", *WARM_UP]
        subprocess.run(command, check=True, capture_output=True)
        print("| rate | p50 | p99 | backlog at half time, at the end | floor p50 | floor p99 |")
        print("|---|---|---|---|---|---|")
        for seed, rate in enumerate(wanted.rates, 100):
            found = measure(home, address, rate, wanted.seconds, seed)
            time.sleep(20)
            p50, p99 = floor_latency(servers, rate, 10)
            print(
                f"| {rate:,}/s | {found.p50:.2f} s | {found.p99:.2f} s |"
                f" {found.backlog[0]:,}, {found.backlog[1]:,} | {p50 * 1000:.0f} ms |"
                f" {p99 * 1000:.0f} ms |",
                flush=True,
            )
        parts["streams"].stop()
        sent, read = floor_rate(servers, 500_000)
        print(f"Floor: {sent:,.0f}/s acknowledged, {read:,.0f}/s read.")


if __name__ == "__main__":
    main()
