"""Every query of every panel, asked of the stores that it is for, after they were fed."""

import functools
import json
import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from operations.dashboards.orders_live import windows
from operations.dashboards.provisioning import Sources, provisioning
from operations.live import prometheus, victoria_metrics
from operations.live.programs import Program, get
from operations.live.service import Place, PlaceOf, Service
from operations.live.services import connected
from operations.live.settings import Intervals, LiveSettings

# Windows of the last ten minutes: revenue and orders by category and city, in every minute.
MINUTES = 10
FED = {
    ("pizza", "Lisbon"): (30.0, 3),
    ("pizza", "Porto"): (20.0, 2),
    ("sushi", "Lisbon"): (50.0, 1),
}
MEASURED = ("invalid", "duplicates", "outliers", "late", "messages", "valid")

Asked = Callable[[dict[str, Any], str], list[dict[str, Any]]]


def exporter(registry: CollectorRegistry) -> Callable[[], None]:
    """The figures of the streams; a call makes each of them move."""
    reasons = {"invalid": ["reason"]}
    counters = {
        name: Counter(f"lakeledger_orders_{name}", "-", reasons.get(name, ()), registry=registry)
        for name in MEASURED
    }
    histograms = [
        Histogram(f"lakeledger_orders_{name}_seconds", "-", registry=registry)
        for name in ("latency", "broker_latency")
    ]
    newest = "lakeledger_orders_last_message_timestamp_seconds"
    clock = Gauge(newest, "-", registry=registry)
    Gauge("lakeledger_orders_backlog_messages", "-", registry=registry).set(12)

    def move() -> None:
        for name, counter in counters.items():
            (counter.labels("malformed_json") if name in reasons else counter).inc(100)
        for histogram in histograms:
            histogram.observe(0.3)
        clock.set_to_current_time()

    return move


@pytest.fixture(scope="module")
def stores(
    tmp_path_factory: pytest.TempPathFactory, installed: Callable[[Program], None]
) -> Iterator[dict[str, str]]:
    """Addresses of hot store and Prometheus by the uid of the datasource, both of them fed."""
    installed(victoria_metrics.PROGRAM)
    installed(prometheus.PROGRAM)
    home: Path = tmp_path_factory.mktemp("dashboards")
    registry = CollectorRegistry()
    move = exporter(registry)
    server, thread = start_http_server(0, "127.0.0.1", registry)
    streams = Place(home, {"metrics": server.server_port})
    settings = LiveSettings(intervals=Intervals(scrape_seconds=1, evaluate_seconds=1))

    def made(place_of: PlaceOf) -> list[Service]:
        return [
            victoria_metrics.victoria_metrics(),
            prometheus.prometheus(
                lambda: settings, lambda name: streams if name == "streams" else place_of(name)
            ),
        ]

    running = connected(home, made)
    try:
        for one in running:
            one.start()
        at = {one.service.name: f"http://{one.place.address('http')}" for one in running}
        feed(at[victoria_metrics.NAME])
        measure(move, at[prometheus.NAME])
        yield {
            "lakeledger-hot-store": at[victoria_metrics.NAME],
            "lakeledger-prometheus": at[prometheus.NAME],
        }
    finally:
        for one in reversed(running):
            one.stop()
        server.shutdown()
        server.server_close()
        thread.join()


@functools.cache
def newest_minute() -> int:
    """The last whole minute, the same throughout."""
    return int(time.time()) // 60 * 60 - 60


def measure(move: Callable[[], None], url: str) -> None:
    """Moves the figures until Prometheus has seen enough of them for a share."""
    deadline = time.monotonic() + 60
    seen: list[Any] = []
    while not seen and time.monotonic() < deadline:
        move()
        time.sleep(1)
        seen = ask(url, "query", query="lakeledger_orders:invalid:share5m[1m]")["result"]
    assert seen, "no share was recorded"
    time.sleep(2)


def feed(url: str) -> None:
    """Each window three times: it grows."""
    with InfluxDBClient(url, token="none", org="none") as client:
        writer = client.write_api(write_options=SYNCHRONOUS)
        for part in (0.25, 0.5, 1.0):
            writer.write(
                bucket=victoria_metrics.BUCKET,
                record=[
                    f"orders_window,category={category},city={city} revenue={revenue * part},"
                    f"orders={max(1, int(orders * part))}i {newest_minute() - 60 * back}000000000"
                    for (category, city), (revenue, orders) in FED.items()
                    for back in range(MINUTES)
                ],
            )


@pytest.fixture(scope="module")
def dashboard(stores: dict[str, str]) -> dict[str, Any]:
    """As Grafana would read it, out of the files."""
    hot, own = stores["lakeledger-hot-store"], stores["lakeledger-prometheus"]
    sources = Sources(hot_store=hot, prometheus=own, scrape_seconds=1)
    files = provisioning(sources, PurePosixPath("/g/dashboards"))
    declared = yaml.safe_load(files["provisioning/datasources/lakeledger.yaml"])["datasources"]
    assert {one["uid"]: one["url"] for one in declared} == stores
    (provider,) = yaml.safe_load(files["provisioning/dashboards/lakeledger.yaml"])["providers"]
    assert provider["options"]["path"] == "/g/dashboards"
    return dict(json.loads(files["dashboards/orders-live.json"]))


def filled(expression: str, step: int, chosen: dict[str, str]) -> str:
    """What Grafana puts in for its variables."""
    values = {
        "__interval_ms": str(step * 1000),
        "__interval": f"{step}s",
        "__range": f"{MINUTES * 60}s",
        "__rate_interval": "4s",
        **chosen,
    }
    put = re.sub(r"\$(\w+)", lambda found: values[found[1]], expression)
    assert "$" not in put
    return put


def ask(url: str, path: str, **parameters: object) -> Any:
    answer = get(f"{url}/api/v1/{path}?{urlencode(parameters)}")
    said = json.loads(answer.data)
    assert said["status"] == "success", said
    return said["data"]


def answer(stores: dict[str, str], target: dict[str, Any], **chosen: str) -> list[dict[str, Any]]:
    """The series that a target of a panel gives for the last ten minutes."""
    url = stores[target["datasource"]["uid"]]
    step = 60 if target["datasource"]["uid"] == "lakeledger-hot-store" else 1
    query = filled(target["expr"], step, {"category": ".*", "city": ".*"} | chosen)
    end = newest_minute() if step == 60 else int(time.time())
    if target["instant"]:
        found = ask(url, "query", query=query, time=end)
        return [dict(one, values=[one["value"]]) for one in found["result"]]
    begin = newest_minute() - 60 * (MINUTES - 1) if step == 60 else end - 20
    return list(ask(url, "query_range", query=query, start=begin, end=end, step=step)["result"])


def targets(dashboard: dict[str, Any], title: str = "") -> list[tuple[str, dict[str, Any]]]:
    return [
        (panel["title"], target)
        for panel in dashboard["panels"]
        for target in panel["targets"]
        if title in ("", panel["title"])
    ]


def test_every_query_of_every_panel_has_an_answer(
    dashboard: dict[str, Any], stores: dict[str, str]
) -> None:
    assert len(targets(dashboard)) > 15
    dumb = [
        (title, target["expr"])
        for title, target in targets(dashboard)
        if not any(
            math.isfinite(float(value))
            for series in answer(stores, target)
            for _, value in series["values"]
        )
    ]
    assert dumb == []


def test_every_variable_offers_what_was_fed(
    dashboard: dict[str, Any], stores: dict[str, str]
) -> None:
    offered = {}
    for variable in dashboard["templating"]["list"]:
        found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
        assert found
        url = stores[variable["datasource"]["uid"]]
        offered[variable["name"]] = ask(url, f"label/{found[2]}/values", **{"match[]": found[1]})
    assert offered == {"category": ["pizza", "sushi"], "city": ["Lisbon", "Porto"]}


@pytest.mark.parametrize(
    ("title", "chosen", "by", "wanted"),
    [
        ("Orders per minute", {}, None, {None: 6}),
        ("Orders per minute", {"category": "(pizza|sushi)", "city": "Porto"}, None, {None: 2}),
        ("Revenue per minute", {}, None, {None: 100}),
        ("Average basket by category", {}, "category", {"pizza": 10, "sushi": 50}),
        ("Average basket by city", {}, "city", {"Lisbon": 20, "Porto": 10}),
        ("Top cities", {}, "city", {"Lisbon": 800, "Porto": 200}),
        ("Top categories", {"city": "Lisbon"}, "category", {"pizza": 300, "sushi": 500}),
    ],
)
def test_figures_of_orders_are_right_in_every_minute(
    dashboard: dict[str, Any],
    stores: dict[str, str],
    title: str,
    chosen: dict[str, str],
    by: str | None,
    wanted: dict[str | None, float],
) -> None:
    ((_, target),) = targets(dashboard, title)
    found = {
        series["metric"].get(by): {float(value) for _, value in series["values"]}
        for series in answer(stores, target, **chosen)
    }
    assert found == {name: {value} for name, value in wanted.items()}


def test_a_coarser_step_sums_whole_minutes(stores: dict[str, str]) -> None:
    query = (
        f"sum({filled(windows('orders', '$__interval'), 300, {'category': '.*', 'city': '.*'})})"
    )
    end = newest_minute()
    found = ask(stores["lakeledger-hot-store"], "query", query=query, time=end)["result"]
    assert [float(one["value"][1]) for one in found] == [30.0]
