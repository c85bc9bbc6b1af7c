"""A message has the same verdict in the streams as in silver."""

from typing import Any

import pytest

from operations.streams.declaration import read_declaration
from operations.streams.verdict import judged
from tests.integration.live.order_messages import Feed, Message, recent_feed


@pytest.fixture(scope="module")
def feed() -> Feed:
    return recent_feed()


def verdicts(lakehouse: Any, messages: list[Message], *columns: str) -> list[Any]:
    rows = [(number, m.value, m.taken_at) for number, m in enumerate(messages)]
    frame = lakehouse.spark.createDataFrame(rows, "number int, value binary, timestamp timestamp")
    # One partition: rows stay in their order.
    made = judged(frame.coalesce(1).orderBy("number"), read_declaration())
    return [tuple(row) for row in made.selectExpr(*columns).collect()]


def test_every_reason(lakehouse: Any, feed: Feed) -> None:
    messages = [*feed.dead_letters(), feed.order(), feed.order(age=-80_000)]
    found = verdicts(lakehouse, messages, "reason")
    assert [reason for (reason,) in found] == [message.reason for message in messages]


def test_amounts_are_rounded_half_up_and_exact(lakehouse: Any, feed: Feed) -> None:
    cases = [(0.01, 0.5, "0.01"), (10.35, 0.1, "1.04"), (9_999_999_999.99, 999_999_999.999, None)]
    messages = [feed.order(price=price, quantity=quantity) for price, quantity, _ in cases]
    amounts = [amount for (amount,) in verdicts(lakehouse, messages, "cast(amount as string)")]
    assert amounts[:2] == [wanted for _, _, wanted in cases[:2]]
    assert amounts[2] == "9999999999980000000.00"


def test_fields_of_other_versions_and_unknown_ones(lakehouse: Any, feed: Feed) -> None:
    messages = [
        feed.order(schema_version=1),
        feed.order(schema_version=3, message="שלום 🍕", tip={"amount": 1}, zone="a"),
        feed.order(category=None, city="  "),
        feed.order(category="x" * 500),
    ]
    found = verdicts(lakehouse, messages, "reason", "unknown_fields", "category", "city")
    assert [reason for reason, *_ in found] == [None] * 4
    assert [names for _, names, *_ in found] == [[], ["tip", "zone"], [], []]
    assert found[2][2:] == ("unknown", "unknown")
    assert found[3][2] == "x" * 64


@pytest.mark.parametrize("field", ["price", "quantity"])
def test_a_number_that_would_be_written_out_keeps_no_core_busy(
    lakehouse: Any, feed: Feed, field: str
) -> None:
    message = feed.order(**{field: "1e-999999999"})
    assert verdicts(lakehouse, [message], "reason") == [("number_out_of_range",)]
