"""The hot store as its writers and readers find it."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

from operations.live.programs import get
from operations.live.service import Running
from operations.live.victoria_metrics import (
    BUCKET,
    PROGRAM,
    client_config,
    url,
    victoria_metrics,
)

CITIES = 200
WINDOW = 1_767_952_800  # 2026-01-09 10:00:00 UTC
NEWEST = "max_over_time(orders_window_orders[1m])"

Values = dict[str, float]


@pytest.fixture(scope="module")
def store(installed: Callable[..., None], start: Callable[..., Running]) -> Running:
    installed(PROGRAM)
    return start(victoria_metrics())


@pytest.fixture
def write(store: Running, tmp_path: Path) -> Iterator[Callable[[list[str]], None]]:
    """Writes lines as the hot path does: by the official client, from its own file."""
    file = tmp_path / "hot_store.ini"
    file.write_text(client_config(store.place))
    with InfluxDBClient.from_config_file(str(file)) as client:
        assert client.ping()
        writer = client.write_api(write_options=SYNCHRONOUS)
        yield lambda lines: writer.write(bucket=BUCKET, record=lines)


def by_city(store: Running, query: str, at: int) -> Values:
    answer = get(f"{url(store.place)}/api/v1/query?{urlencode({'query': query, 'time': at})}")
    found = json.loads(answer.data)["data"]["result"]
    return {one["metric"]["city"]: float(one["value"][1]) for one in found}


def eventually(ask: Callable[[], Values], wanted: Values) -> None:
    deadline = time.monotonic() + 15
    while ask() != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    assert ask() == wanted


def points(value: int, window: int) -> list[str]:
    values = f"revenue={value},orders={value}i {window}000000000"
    return [f"orders_window,category=pizza,city=c{city} {values}" for city in range(CITIES)]


def test_the_newest_value_of_a_point_is_found(
    store: Running, write: Callable[[list[str]], None]
) -> None:
    """Twelve corrections of each of 200 points, over several files of the store."""
    for value in range(1, 13):
        write(points(value, WINDOW))
        time.sleep(0.4)
    newest = {f"c{city}": 12.0 for city in range(CITIES)}
    eventually(lambda: by_city(store, NEWEST, WINDOW), newest)
    get(f"{url(store.place)}/internal/force_merge")
    time.sleep(1)
    assert by_city(store, NEWEST, WINDOW) == newest


def test_a_window_is_the_minute_of_its_point(
    store: Running, write: Callable[[list[str]], None]
) -> None:
    """Neighbouring minutes stay apart: the range begins behind the minute before."""
    first = WINDOW + 600
    for minute in (0, 1, 2):
        write(points(10 * (3 - minute), first + 60 * minute))
    for minute in (0, 1, 2):
        wanted = {f"c{city}": 10.0 * (3 - minute) for city in range(CITIES)}
        eventually(partial(by_city, store, NEWEST, first + 60 * minute), wanted)
    total = f"sum_over_time({NEWEST}[3m:1m])"
    assert by_city(store, total, first + 120) == {f"c{city}": 60.0 for city in range(CITIES)}


def test_the_oldest_order_is_kept(store: Running, write: Callable[[list[str]], None]) -> None:
    oldest = 1_577_836_860  # 2020-01-01 00:01 UTC
    write(points(1, oldest)[:1])
    eventually(lambda: by_city(store, NEWEST, oldest), {"c0": 1.0})
