"""Records become lines: one for each hour, SKU and price, as gold has them."""

from datetime import timedelta
from decimal import Decimal

from operations.trace.records import group_lines
from tests.unit.trace.samples import AT, row


def test_price_is_applied_once_to_all_records_of_a_line() -> None:
    rows = [row("o", "10.5"), row("t", "-10.5", record_type="RETRACTION"), row("n", "7.25")]
    (line,) = group_lines(rows, "billed_price")
    assert (line.quantity, line.amount) == (Decimal("7.25"), Decimal("1.0875"))
    assert line.price_keys == ["agreed"]


def test_price_change_inside_an_hour_makes_two_lines() -> None:
    later = row("b", "1", billed_price=Decimal("0.2"), negotiated_price_key=None)
    lines = group_lines([row("a", "1"), later], "billed_price")
    assert [line.amount for line in lines] == [Decimal("0.15"), Decimal("0.2")]
    assert [line.price_keys for line in lines] == [["agreed"], ["listed"]]


def test_list_cost_has_the_list_price() -> None:
    (line,) = group_lines([row("a", "3")], "list_price")
    assert (line.amount, line.price_keys) == (Decimal("0.6"), ["listed"])


def test_unpriced_line_has_a_quantity_and_no_amount() -> None:
    free = row("a", "3", list_price=None, billed_price=None, list_price_key=None)
    (line,) = group_lines([free | {"negotiated_price_key": None}], "billed_price")
    assert (line.quantity, line.amount, line.price_keys) == (Decimal(3), None, [])


def test_lines_come_by_hour_and_records_by_arrival() -> None:
    rows = [
        row("late", "1", usage_hour_at=AT + timedelta(hours=1)),
        row("second", "1", ingested_at=AT + timedelta(minutes=1)),
        row("first", "1"),
    ]
    lines = group_lines(rows, "billed_price")
    assert [[r.name for r in line.records] for line in lines] == [["first", "second"], ["late"]]
