"""From a figure of the streams to a mail, over the services that `up` starts."""

import email
import email.policy
import re
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest
import urllib3
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from operations.live import alertmanager, prometheus, victoria_metrics
from operations.live.kafka import broker
from operations.live.mail import mail_sink
from operations.live.programs import Program
from operations.live.service import Place, PlaceOf, Running, Service
from operations.live.services import connected, monitoring
from warehouse.settings import cache_directory

SETTINGS = """
[limits]
silent_seconds = 6
least_messages = 10
[intervals]
scrape_seconds = 1
evaluate_seconds = 1
resend_seconds = 1
group_wait_seconds = 1
group_interval_seconds = 1
[mail]
to = "ann@example.com"
"""


class Streams:
    """A process of streams, as Prometheus sees it: what the test says of it."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.messages = Counter("lakeledger_orders_messages", "-", registry=registry)
        self.valid = Counter("lakeledger_orders_valid", "-", registry=registry)
        newest = "lakeledger_orders_last_message_timestamp_seconds"
        self.newest = Gauge(newest, "-", registry=registry)
        self._server, self._thread = start_http_server(0, "127.0.0.1", registry)
        self.place = Place(Path(), {"metrics": self._server.server_port})
        self._flowing = threading.Event()
        self._ended = threading.Event()
        self.flow()
        self._clock = threading.Thread(target=self._tick)
        self._clock.start()

    def flow(self) -> None:
        self._flowing.set()

    def fall_silent(self) -> None:
        self._flowing.clear()

    def close(self) -> None:
        self._ended.set()
        self._clock.join()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _tick(self) -> None:
        while not self._ended.wait(0.2):
            if self._flowing.is_set():
                self.messages.inc(10)
                self.valid.inc(10)
                self.newest.set_to_current_time()


@pytest.fixture
def streams() -> Iterator[Streams]:
    made = Streams()
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path, streams: Streams, installed: Callable[[Program], None]) -> Iterator[Path]:
    """A home where everything runs, but for the streams, which the test plays."""
    for program in (victoria_metrics.PROGRAM, prometheus.PROGRAM, alertmanager.PROGRAM):
        installed(program)
    (tmp_path / "live.toml").write_text(SETTINGS)
    running = watched(tmp_path, streams)
    try:
        for one in running:
            assert one.start()
            assert one.is_healthy()
        yield tmp_path
    finally:
        for one in reversed(running):
            one.stop()
    assert [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(p.info)] == []


def watched(home: Path, streams: Streams) -> list[Running]:
    def with_streams(place_of: PlaceOf) -> PlaceOf:
        return lambda name: streams.place if name == "streams" else place_of(name)

    def made(place_of: PlaceOf) -> list[Service]:
        stores = [broker(cache_directory()), victoria_metrics.victoria_metrics()]
        return stores + monitoring(home, with_streams(place_of))

    return connected(home, made)


def mails(home: Path) -> list[EmailMessage]:
    """In the order of receipt."""
    return [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
        for file in sorted((home / "mail").glob("*.eml"))
    ]


def wait_for(home: Path, count: int, seconds: float = 40) -> list[EmailMessage]:
    deadline = time.monotonic() + seconds
    while len(mails(home)) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    return mails(home)


def test_silence_is_told_once_and_so_is_its_end(home: Path, streams: Streams) -> None:
    time.sleep(4)
    streams.fall_silent()
    (first,) = wait_for(home, 1)
    assert first["To"] == "ann@example.com"
    assert first["X-Envelope-To"] == "ann@example.com"
    assert first["Subject"].startswith("[FIRING] OrdersSilent: No order for ")
    plain, html = first.get_body(("plain",)), first.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert "docs/runbooks/orders-live.md#orderssilent" in part
        assert "critical" in part
        assert re.search(r"http://127\.0\.0\.1:\d+/graph\?", part)
    # Prometheus sends the alert every second or so; nobody is told again.
    time.sleep(6)
    assert len(mails(home)) == 1
    streams.flow()
    _, second = wait_for(home, 2)
    assert second["Subject"] == "[RESOLVED] OrdersSilent is over"
    streams.messages.inc(1_000)
    third = wait_for(home, 3)[2]
    assert third["Subject"].startswith("[FIRING] OrdersInvalid: ")
    assert len(mails(home)) == 3


def test_what_follows_from_a_cause_is_not_told_beside_it(
    tmp_path: Path, installed: Callable[[Program], None]
) -> None:
    installed(alertmanager.PROGRAM)
    (tmp_path / "live.toml").write_text(SETTINGS)
    running = connected(tmp_path, lambda place_of: monitoring(tmp_path, place_of)[:2])
    try:
        for one in running:
            one.start()
        url = f"http://{running[-1].place.address('http')}/api/v2/alerts"
        names = ("OrdersBacklog", "HotStoreDown", "OrdersSilent", "OrdersHotPathSlow")
        alerts = [{"labels": {"alertname": name, "severity": "warning"}} for name in names]
        assert urllib3.request("POST", url, json=alerts).status == 200
        told = wait_for(tmp_path, 2)
        time.sleep(3)
        subjects = sorted(mail["Subject"].split()[1].rstrip(":") for mail in mails(tmp_path))
        assert subjects == ["HotStoreDown", "OrdersSilent"]
        assert len(told) == 2
    finally:
        for one in reversed(running):
            one.stop()


def test_mails_are_files_in_the_order_of_receipt(tmp_path: Path) -> None:
    (running,) = connected(tmp_path, lambda _: [mail_sink(tmp_path)])
    running.start()
    try:
        with smtplib.SMTP("127.0.0.1", running.place.ports["smtp"]) as client:
            for number in range(20):
                text = f"Subject: {number}\r\n\r\nÄ line\r\n.\r\n".encode()
                client.sendmail("a@example.com", ["b@example.com", "c@example.com"], text)
        assert [mail["Subject"] for mail in mails(tmp_path)] == [str(n) for n in range(20)]
        assert mails(tmp_path)[0]["X-Envelope-To"] == "b@example.com, c@example.com"
        (file, *_) = (tmp_path / "mail").iterdir()
        assert file.stat().st_mode & 0o077 == 0
        process = running.process
        assert process is not None
        process.terminate()
        process.wait(5)
        assert "Traceback" not in running.log.read_text()
    finally:
        running.stop()
