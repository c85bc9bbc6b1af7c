"""Sums are exact and a line is rounded once, as the tables do it."""

from decimal import Decimal

import pytest

from operations.trace.arithmetic import cost, difference, exact_sum, plain


def test_sums_keep_more_digits_than_python_does_by_default() -> None:
    values = [Decimal("12345678901234567890"), Decimal("0.000000000000000000000001")]
    assert exact_sum(values) == Decimal("12345678901234567890.000000000000000000000001")
    assert difference(exact_sum(values), values[0]) == values[1]
    assert sum(values, Decimal(0)) != exact_sum(values)


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        ("2", "0.15", "0.3"),
        ("0.0000000000000000005", "1", "0.000000000000000001"),
        ("-0.0000000000000000005", "1", "-0.000000000000000001"),
        ("0.0000000000000000004", "1", "0"),
        # Twice rounded, at 21 and at 18 decimals, as decimal(38,21) cast to decimal(38,18) is.
        ("0.0000000000000000004996", "1", "0.000000000000000001"),
    ],
)
def test_cost_is_rounded_half_up_to_18_decimals(quantity: str, price: str, expected: str) -> None:
    assert cost(Decimal(quantity), Decimal(price)) == Decimal(expected)


def test_no_price_is_no_cost_and_never_zero() -> None:
    assert cost(Decimal(1), None) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [("0E-18", "0"), ("1.500", "1.5"), ("1E+3", "1000"), ("-0.10", "-0.1"), ("100", "100")],
)
def test_plain_has_all_digits_and_nothing_else(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
