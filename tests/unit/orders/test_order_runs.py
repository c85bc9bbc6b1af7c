"""A run as a whole: pacing, stopping, landing files, the command and its mistakes."""

import json
import os
import signal
from collections import Counter

import pytest
from played import Kept, options
from recount import reason, recount
from typer.testing import CliRunner

from operations.cli import app
from operations.orders.landing import Landing
from operations.orders.pacing import Pacer
from operations.orders.run import run
from operations.orders.sinks import JsonLinesFile


class Clock:
    """Time that passes by waiting, and by as much as an answer takes."""

    def __init__(self):
        self.now = 100.0
        self.waits = []

    def __call__(self):
        return self.now

    def idle(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


def test_messages_are_sent_at_their_moments():
    clock = Clock()
    pacer = Pacer(clock.idle, clock=clock)
    sent = []
    for moment in range(5_000, 7_000, 10):
        pacer.wait(moment)
        sent.append(clock.now - 100)
    assert sent == pytest.approx([(moment - 5000) / 1000 for moment in range(5000, 7000, 10)])
    assert pacer.most_behind == pytest.approx(0, abs=1e-6)


def test_time_lost_is_made_up_for():
    clock = Clock()
    pacer = Pacer(clock.idle, clock=clock)
    pacer.wait(0)
    clock.now += 3
    for moment in (1000, 2000, 3000):
        pacer.wait(moment)
    assert clock.now == pytest.approx(103)
    assert pacer.most_behind == pytest.approx(2)
    pacer.wait(4000)
    assert clock.now == pytest.approx(104)


def test_a_long_wait_hears_that_it_shall_stop():
    clock = Clock()
    pacer = Pacer(clock.idle, lambda: clock.now > 101, clock=clock)
    pacer.wait(0)
    pacer.wait(3_600_000)
    assert clock.now < 101.5
    assert max(clock.waits) <= 0.2


@pytest.mark.parametrize("after", [0, 1, 777, 2048, 2049, 5000])
def test_a_stopped_run_has_the_sums_of_what_was_sent(after):
    sink = Kept()
    done = run(options(frauds=0.02), sink, stopped=lambda: len(sink.messages) >= after)
    assert len(sink.messages) == after == done.arrived
    assert done.complete is False
    expected = done.tally.expected({}, done.complete)
    counted = recount([message.value for message in sink.messages])
    assert {name: expected[name] for name in counted} == counted


def read(root, source):
    paths = sorted(root.glob(f"orders/{source}/region=global/date=*/*.json"))
    return [[json.loads(line) for line in path.read_text().splitlines()] for path in paths]


@pytest.fixture(scope="module")
def landed(tmp_path_factory):
    root = tmp_path_factory.mktemp("landing")
    chosen, sink = options(frauds=0.02), Kept()
    done = run(chosen, sink, Landing(root, chosen))
    orders = {}
    for message in sink.messages:
        if reason(message.value) is None:
            order = json.loads(message.value)
            orders.setdefault(order["order_id"], (message.moment, order))
    return root, done, orders


def test_dimensions_come_whole_and_again_when_changed(landed):
    root, done, _ = landed
    customers, dishes, restaurants = (
        read(root, name) for name in ("customers", "dishes", "restaurants")
    )
    assert (len(customers), len(dishes), len(restaurants)) == (3, 2, 1)
    assert done.files == sum(1 for path in root.rglob("*.json"))
    first, later = ({dish["dish_id"]: dish for dish in file} for file in dishes)
    assert set(first) == set(later)
    dearer = [key for key in first if first[key] != later[key]]
    assert len(dearer) == len(first) // 50
    assert all(later[key]["updated_at"] > first[key]["updated_at"] for key in dearer)
    before = {customer["user_id"]: customer["city"] for customer in customers[0]}
    after = {customer["user_id"]: customer["city"] for customer in customers[1]}
    assert sum(city != after[user] for user, city in before.items()) == 50
    assert not list(root.rglob(".*"))


def test_every_order_finds_its_dimensions_in_the_end(landed):
    root, _, orders = landed
    customers = {row["user_id"]: row for row in read(root, "customers")[-1]}
    dishes = {row["dish_id"]: row for row in read(root, "dishes")[-1]}
    restaurants = {row["restaurant_id"]: row for row in read(root, "restaurants")[-1]}
    newcomers = set(customers) - {row["user_id"] for row in read(root, "customers")[0]}
    assert newcomers
    for _, order in orders.values():
        dish = dishes[order["dish_id"]]
        assert order["user_id"] in customers
        assert dish["restaurant_id"] == order["restaurant_id"]
        assert dish["category"] == order["category"]
        assert restaurants[order["restaurant_id"]]["city"] == order["city"]
    assert len({row["email"] for row in customers.values()}) == len(customers)
    assert all(row["email"].isascii() for row in customers.values())


def test_each_valid_order_has_one_delivery(landed):
    root, _, orders = landed
    deliveries = [row for file in read(root, "deliveries") for row in file]
    assert Counter(row["order_id"] for row in deliveries) == dict.fromkeys(orders, 1)
    states = Counter(row["status"] for row in deliveries)
    assert states["delivered"] > 0.95 * len(deliveries)
    assert states["cancelled"] > states["failed"] > 0
    for row in deliveries:
        _, order = orders[row["order_id"]]
        assert row["restaurant_id"] == order["restaurant_id"]
        assert (row["picked_up_at"] is None) == (row["status"] == "cancelled")
        assert (row["delivered_at"] is None) == (row["status"] != "delivered")
        if row["delivered_at"]:
            assert order["order_time"] < row["picked_up_at"] < row["delivered_at"]
    late = sum((row["delivered_at"] or "") > row["promised_at"] for row in deliveries)
    assert 0.1 < late / len(deliveries) < 0.5


def test_some_orders_have_a_review_by_who_ordered(landed):
    root, _, orders = landed
    reviews = [row for file in read(root, "reviews") for row in file]
    assert 0.17 < len(reviews) / len(orders) < 0.23
    assert {row["rating"] for row in reviews} == {1, 2, 3, 4, 5}
    for row in reviews:
        _, order = orders[row["order_id"]]
        assert row["user_id"] == order["user_id"]
        assert row["reviewed_at"] > order["order_time"]


@pytest.fixture
def simulate(tmp_path, monkeypatch):
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        return CliRunner().invoke(app, ["orders", "simulate", *words])

    return command


def test_the_command_writes_messages_and_sums(simulate, tmp_path):
    output = tmp_path / "out" / "messages.jsonl"
    result = simulate(
        *("--count", "500", "--defects", "hostile", "--seed", "7", "--output", str(output)),
        *("--landing", str(tmp_path / "landing")),
    )
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in output.read_text().splitlines()]
    values = [record.get("value") for record in records]
    expected = json.loads((tmp_path / "home" / "expected_orders.json").read_text())
    assert expected["messages"] == len(records)
    assert expected["run"]["seed"] == 7
    assert sum("value_base64" in record for record in records) == 1
    assert values.count(None) == 2  # a tombstone and what is no text
    assert "unknown_schema_version" in result.stdout
    assert f"revenue {expected['revenue']}" in result.stdout
    assert (tmp_path / "landing" / "orders" / "reviews").is_dir()
    assert not list(output.parent.glob(".*"))


def test_a_rate_changes_the_preset(simulate, tmp_path):
    words = ("--count", "300", "--defects", "none", "--late", "1", "--output")
    assert simulate(*words, str(tmp_path / "o")).exit_code == 0
    expected = json.loads((tmp_path / "home" / "expected_orders.json").read_text())
    assert expected["defects"] == {"late": 300}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 1, "kafka.properties is not there"),
        (("--kafka-config", "/nowhere/kafka.properties"), 1, "/nowhere/kafka.properties is not"),
        (("--versions", "1,2"), 2, "--versions is '1,2'"),
        (("--start", "2050-01-01"), 2, "in the future"),
        (("--late", "0.9", "--outliers", "0.9"), 2, "add up to"),
        (("--output", "/dev/null/x"), 1, "could not be written"),
        (("--output", "/dev/shm/x", "--expected", "/dev"), 1, "could not be"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(simulate, words, code, said):
    result = simulate(*words)
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_failed_run_leaves_no_sums_of_an_earlier_one(simulate, tmp_path, monkeypatch):
    sums = tmp_path / "home" / "expected_orders.json"
    assert simulate("--count", "10", "--output", str(tmp_path / "o")).exit_code == 0
    assert sums.exists()

    def refuse(self, message):
        raise self._refused(OSError(28, "No space left on device"))

    monkeypatch.setattr(JsonLinesFile, "put", refuse)
    failed = simulate("--count", "10", "--output", str(tmp_path / "again"))
    assert failed.exit_code == 1
    assert "No space left" in failed.stderr
    assert not sums.exists()
    assert not (tmp_path / "again").exists()


def test_an_interrupt_ends_the_run_with_its_sums(simulate, tmp_path, monkeypatch):
    put = JsonLinesFile.put

    def interrupted(self, message):
        put(self, message)
        if self._count == 100:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(JsonLinesFile, "put", interrupted)
    result = simulate("--count", "3000", "--output", str(tmp_path / "o"))
    assert result.exit_code == 130
    assert "Stopped early" in result.stdout
    expected = json.loads((tmp_path / "home" / "expected_orders.json").read_text())
    assert expected["complete"] is False
    assert expected["messages"] == len((tmp_path / "o").read_text().splitlines()) == 100
