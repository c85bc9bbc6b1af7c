"""The command from CSV files to landed files and the counts beside them."""

import gzip
import json
from collections import Counter, defaultdict

import pytest
from shop import orders
from typer.testing import CliRunner

from operations.cli import app

STEPS = ("view", "add_to_cart", "checkout", "purchase")
COLUMNS = ("viewed_count", "carted_count", "checked_out_count", "purchased_count")


def write_orders(folder, count=40):
    folder.mkdir()
    placed = "order_id,customer_id,order_status,order_purchase_timestamp\n"
    items = "order_id,order_item_id,product_id\n"
    for one in orders(count):
        time = one.ordered_at.strftime("%Y-%m-%d %H:%M:%S")
        placed += f"{one.order_id},{one.customer_id},delivered,{time}\n"
        for number, product in enumerate((*one.product_ids, one.product_ids[0])):
            items += f"{one.order_id},{number + 1},{product}\n"
    (folder / "olist_orders_dataset.csv").write_text("\ufeff" + placed)
    with gzip.open(folder / "olist_order_items_dataset.csv.gz", "wt") as file:
        file.write(items)
    return folder


@pytest.fixture
def simulate(tmp_path, monkeypatch):
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path / "home"))
    folder = write_orders(tmp_path / "orders")

    def run(*words, orders=folder):
        command = ["web-events", "simulate", "--orders", str(orders)]
        return CliRunner().invoke(app, [*command, "--landing", str(tmp_path / "landing"), *words])

    return run


def landed(tmp_path):
    files = sorted((tmp_path / "landing" / "commerce" / "web_events").rglob("*.json.gz"))
    return {file: gzip.decompress(file.read_bytes()).decode().splitlines() for file in files}


def expected(tmp_path):
    return json.loads((tmp_path / "home" / "expected_web_events.json").read_text())


def judged(line):
    """The event of a line, or the reason why there is none."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return None, "malformed_json"
    if record["visitor_id"] is None:
        return None, "missing_key:visitor_id"
    if not record["event_time"].startswith("20"):
        return None, "wrong_type:event_time"
    return (record, None) if record["event_type"] in STEPS else (None, "unknown_event_type")


def test_the_counts_are_those_of_the_landed_lines(simulate, tmp_path):
    defects = ("--duplicates", "0.1", "--late", "0.1", "--broken", "0.05", "--missing-steps", "0.3")
    result = simulate(*defects)
    assert result.exit_code == 0, result.output
    told = expected(tmp_path)
    events, refused, lines = {}, Counter(), 0
    for line in (line for content in landed(tmp_path).values() for line in content):
        lines += 1
        record, reason = judged(line)
        if reason:
            refused[reason] += 1
        else:
            events[record["event_id"]] = record
    sessions = defaultdict(list)
    for record in events.values():
        sessions[record["session_id"]].append(record)
    funnel = {}
    for records in sessions.values():
        last = max(STEPS.index(record["event_type"]) for record in records)
        day = min(record["event_time"] for record in records)[:10]
        row = funnel.setdefault((day, records[0]["device"]), Counter(dict.fromkeys(COLUMNS, 0)))
        row.update(["session_count", *COLUMNS[: last + 1]])
    assert (told["lines"], told["events"], told["sessions"]) == (lines, len(events), len(sessions))
    assert told["quarantined"] == refused
    assert told["reached"]["purchase"] == told["run"]["orders"] == 40
    assert {(row.pop("session_date"), row.pop("device")): row for row in told["funnel"]} == funnel


def test_the_same_run_again_delivers_nothing_new(simulate, tmp_path):
    simulate()
    before = {file: file.stat().st_mtime_ns for file in landed(tmp_path)}
    again = simulate()
    assert before == {file: file.stat().st_mtime_ns for file in landed(tmp_path)}
    assert "0 of them new" in again.output
    simulate("--seed", "2")
    assert len(landed(tmp_path)) > len(before)


def test_days_and_start_choose_the_orders(simulate, tmp_path):
    assert simulate("--start", "2018-01-02", "--days", "1").exit_code == 0
    one_day = [one for one in orders(40) if one.ordered_at.day == 2]
    assert expected(tmp_path)["run"]["orders"] == len(one_day) > 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--cart-rate", "0"), 2, "--cart-rate is 0"),
        (("--start", "soon"), 2, "--start is 'soon'"),
        (("--start", "2030-01-01"), 2, "No order was placed since 2030-01-01"),
        (("--start", "9999-12-31", "--days", "9"), 2, "within 9 days from 9999-12-31"),
        (("--days", "0"), 2, "--days"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(simulate, tmp_path, words, code, said):
    result = simulate(*words)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert not (tmp_path / "landing").exists()


def test_a_failed_run_leaves_no_counts_of_an_earlier_one(simulate, tmp_path):
    assert simulate("--days", "1").exit_code == 0
    (tmp_path / "landing").rename(tmp_path / "away")
    (tmp_path / "landing").write_text("a file")
    failed = simulate()
    assert failed.exit_code == 1
    assert "could not be written" in failed.stderr
    assert not (tmp_path / "home" / "expected_web_events.json").exists()


def no_folder(folder):
    return folder / "none"


def no_items(folder):
    (folder / "olist_order_items_dataset.csv.gz").unlink()


def twice(folder):
    (folder / "olist_orders_dataset.csv.gz").write_bytes(b"")


def not_gzip(folder):
    (folder / "olist_order_items_dataset.csv.gz").write_text("order_id,product_id\n")


def cut_gzip(folder):
    file = folder / "olist_order_items_dataset.csv.gz"
    file.write_bytes(file.read_bytes()[:-9])


def no_column(folder):
    (folder / "olist_orders_dataset.csv").write_text("id,customer_id\n1,2\n")


def no_time(folder):
    with (folder / "olist_orders_dataset.csv").open("a") as file:
        file.write("o,c,delivered,soon\n")


def no_customer(folder):
    with (folder / "olist_orders_dataset.csv").open("a") as file:
        file.write("o,,delivered,2018-01-01 00:00:00\n")


def no_orders(folder):
    file = folder / "olist_orders_dataset.csv"
    file.write_text(file.read_text().splitlines()[0])


def other_text(folder):
    (folder / "olist_orders_dataset.csv").write_bytes(b"order_id\xff\n")


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (no_folder, 2, "is no folder"),
        (no_items, 2, "has no olist_order_items_dataset.csv"),
        (twice, 2, "leave one of them"),
        (not_gzip, 1, "could not be read"),
        (cut_gzip, 1, "could not be read"),
        (no_column, 1, "has no column order_id, order_purchase_timestamp"),
        (no_time, 1, "line 42: 'soon' is no time"),
        (no_customer, 1, "line 42: one of order_id, customer_id"),
        (no_orders, 1, "holds no order"),
        (other_text, 1, "could not be read"),
    ],
)
def test_orders_that_cannot_be_read_are_named(simulate, tmp_path, spoil, code, said):
    folder = spoil(tmp_path / "orders") or tmp_path / "orders"
    result = simulate(orders=folder)
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert not (tmp_path / "landing").exists()
