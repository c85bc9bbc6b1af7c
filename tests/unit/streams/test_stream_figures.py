"""What the streams count, and what they keep between batches."""

import math
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace as Told
from typing import Any

import pytest
from prometheus_client import generate_latest

from operations.streams.declaration import read_declaration
from operations.streams.errors import StreamsFailed
from operations.streams.hot_store import points_of
from operations.streams.listener import Acknowledged
from operations.streams.metrics import Metrics
from operations.streams.progress import done
from operations.streams.running_totals import CATEGORY, CUSTOMER, RunningTotals


def counted(**values: int) -> list[dict[str, Any]]:
    return [{"item": value, "count": count} for value, count in values.items()]


def messages(number: int, **more: Any) -> Told:
    empty: dict[str, Any] = {"reasons": [], "versions": [], "unknown_fields": [], "newest": 0}
    return Told(messages=number, **(empty | more))


def test_messages_are_valid_or_dead_letters_by_reason() -> None:
    metrics = Metrics()
    reasons = [*counted(no_value=2, malformed_json=1), {"item": None, "count": 7}]
    metrics.take_messages(messages(10, reasons=reasons, newest=5_000))
    metrics.take_messages(messages(1, newest=3_000))
    counts = metrics.counts()
    assert (counts["messages"], counts["valid"]) == (11, 8)
    assert (counts["invalid:no_value"], counts["invalid:malformed_json"]) == (2, 1)
    assert b"lakeledger_orders_last_message_timestamp_seconds 5.0" in generate_latest(
        metrics.registry
    )


def test_ever_new_fields_end_in_one_label() -> None:
    metrics = Metrics()
    for number in range(150):
        names = [{"item": f"f{number}\x1fshared", "count": 1}]
        metrics.take_messages(messages(1, unknown_fields=names))
    fields = {n: c for n, c in metrics.counts().items() if n.startswith("unknown_fields:")}
    assert len(fields) == 101
    assert fields["unknown_fields:shared"] == 150
    assert sum(fields.values()) == 300


def test_latencies_count_every_order() -> None:
    metrics = Metrics()
    moments = [{"item": 100_000, "count": 3}, {"item": 99_000, "count": 1}]
    metrics.take_latencies(Told(order_moments=moments, broker_moments=[]), 1001.0)
    text = generate_latest(metrics.registry).decode()
    assert 'lakeledger_orders_latency_seconds_bucket{le="0.5"} 0.0' in text
    assert 'lakeledger_orders_latency_seconds_bucket{le="1.0"} 3.0' in text
    assert "lakeledger_orders_latency_seconds_count 4.0" in text
    assert "lakeledger_orders_latency_seconds_sum 14.0" in text
    assert "lakeledger_orders_broker_latency_seconds_count 0.0" in text


def test_a_batch_is_acknowledged_once() -> None:
    acknowledged = Acknowledged()
    for batch in range(300):
        acknowledged.note(batch, float(batch))
    assert acknowledged.take(299) == 299.0
    assert acknowledged.take(299) is None
    assert acknowledged.take(5) is None


def test_how_far_a_checkpoint_is(tmp_path: Path) -> None:
    assert done(tmp_path) == {}
    for folder, names in {"commits": ("9", "10", ".11.crc"), "offsets": ("10", "11")}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(
                f'v1\n{{}}\n{{"orders":{{"0":5,"3":{name[-2:]}}}}}'
            )
    assert done(tmp_path) == {0: 5, 3: 10}


def test_points_of_windows() -> None:
    row = Told(window_start=60, category="a b", city="São", revenue=Decimal("1.50"), orders=2)
    assert points_of([row]) == [
        {
            "measurement": "orders_window",
            "tags": {"category": "a b", "city": "São"},
            "fields": {"revenue": 1.5, "orders": 2},
            "time": 60_000_000_000,
        }
    ]


class State:
    """The one value of a key, as Spark's handle gives it."""

    def __init__(self) -> None:
        self.value: Any = None

    def getValueState(self, name: str, schema: str) -> "State":
        return self

    def get(self) -> Any:
        return self.value

    def update(self, value: Any) -> None:
        self.value = value


def order(amount: str, at: int, price: float) -> tuple[Any, ...]:
    return ("", "", Decimal(amount), at, price)


def test_totals_go_on_from_batch_to_batch() -> None:
    totals, state = RunningTotals(10), State()
    totals.init(state)
    rows = [order("1.10", 9, 1.1), order("0.01", 3, 0.01)]
    list(totals.handleInputRows((CUSTOMER, "7"), iter(rows), None))
    (told,) = totals.handleInputRows((CUSTOMER, "7"), iter([order("2.00", 4, 2)]), None)
    assert tuple(told) == (CUSTOMER, "7", 3, Decimal("3.11"), 9, 0)


@pytest.mark.parametrize(("price", "outliers"), [(99, 0), (101, 1), (1.01, 0), (0.99, 1)])
def test_what_is_far_off_the_usual_price(price: float, outliers: int) -> None:
    totals, state = RunningTotals(10), State()
    totals.init(state)
    usual = [order("1", 0, 10)] * 30
    (told,) = totals.handleInputRows((CATEGORY, "pizza"), iter(usual), None)
    assert told.outliers == 0
    (told,) = totals.handleInputRows((CATEGORY, "pizza"), iter([order("1", 0, price)]), None)
    assert told.outliers == outliers
    assert math.isclose(state.value[3], 30 * math.log(10) + math.log(price))


def test_the_project_declares_orders() -> None:
    declared = read_declaration()
    assert {"order_id", "price", "order_time"} <= {f.name for f in declared.fields if f.required}
    assert (declared.newest_version, declared.max_future) == (3, "1 day")


def test_a_declaration_that_is_none_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text("sources: []\n")
    with pytest.raises(StreamsFailed, match=r"not declared as expected in other\.yml"):
        read_declaration(other)
