"""A message has the same verdict in the streams as in silver."""

from dataclasses import replace
from typing import Any

import pytest

from operations.streams.declaration import Declaration, Field, read_declaration
from operations.streams.verdict import judged
from tests.integration.live.order_messages import Feed, Message, recent_feed


@pytest.fixture(scope="module")
def feed() -> Feed:
    return recent_feed()


def verdicts(
    lakehouse: Any, messages: list[Message], *columns: str, reader: Declaration | None = None
) -> list[Any]:
    rows = [(number, m.value, m.taken_at) for number, m in enumerate(messages)]
    frame = lakehouse.spark.createDataFrame(rows, "number int, value binary, timestamp timestamp")
    # One partition: rows stay in their order.
    made = judged(frame.coalesce(1).orderBy("number"), reader or read_declaration())
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


def reader_of(version: int) -> Declaration:
    """A reader as it was when that version was the newest."""
    now = read_declaration()
    fields = [one for one in now.fields if version >= 2 or one.name != "message"]
    if version < 3:
        fields = [Field(f.name, "int" if f.name == "quantity" else f.type, f.required)
                  for f in fields]  # fmt: skip
    return replace(now, fields=tuple(fields), newest_version=version)


def test_a_new_reader_takes_what_old_producers_send(lakehouse: Any, feed: Feed) -> None:
    messages = [feed.order(schema_version=version, quantity=2) for version in (1, 2, 3)]
    assert verdicts(lakehouse, messages, "reason", reader=reader_of(3)) == [(None,)] * 3


def test_an_old_reader_sets_newer_versions_aside_until_it_is_told_of_them(
    lakehouse: Any, feed: Feed
) -> None:
    messages = [
        feed.order(schema_version=1, quantity=2),
        feed.order(schema_version=2, quantity=2, message="hello"),
        feed.order(schema_version=3, quantity=2, message="hello"),
        feed.order(schema_version=3, quantity=0.5),
    ]
    old = reader_of(1)
    found = verdicts(lakehouse, messages, "reason", reader=old)
    newer = "unknown_schema_version"
    assert [reason for (reason,) in found] == [None, newer, newer, "wrong_type:quantity"]
    # Told that it may: a new field is drift, a quantity that it cannot hold is no number cut off.
    told = replace(old, newest_version=3)
    found = verdicts(lakehouse, messages, "reason", "unknown_fields", reader=told)
    assert found == [
        (None, []),
        (None, ["message"]),
        (None, ["message"]),
        ("wrong_type:quantity", []),
    ]


@pytest.mark.parametrize("field", ["price", "quantity"])
def test_a_number_that_would_be_written_out_keeps_no_core_busy(
    lakehouse: Any, feed: Feed, field: str
) -> None:
    message = feed.order(**{field: "1e-999999999"})
    assert verdicts(lakehouse, [message], "reason") == [("number_out_of_range",)]
