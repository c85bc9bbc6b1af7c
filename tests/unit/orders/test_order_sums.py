"""The expected file against an independent count of the bytes that were sent."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recount import recount

from operations.orders.expected import money
from operations.orders.rows import amounts, blank
from operations.orders.settings import DefectRates


def assert_exact(played):
    counted = recount(played.values)
    assert {name: played.expected[name] for name in counted} == counted


def test_sums_are_those_of_the_bytes(hostile):
    assert_exact(hostile)
    assert hostile.expected["complete"] is True
    assert len(hostile.expected["days"]) > 1
    assert len(hostile.expected["categories"]) == 10
    assert len(hostile.expected["dead_letters"]) == 11


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 3000),
    rates=st.lists(st.floats(0, 0.13), min_size=8, max_size=8),
    frauds=st.floats(0, 0.2),
)
def test_sums_are_exact_for_any_seed_and_rates(playing, seed, count, rates, frauds):
    names = ("late", "null_user_id", "null_dish_id", "bad_price", "bad_quantity", "outliers")
    defects = DefectRates(
        **dict(zip((*names, "duplicates", "hostile"), rates, strict=True)), bursts=0.02
    )
    assert_exact(playing(seed=seed, count=count, defects=defects, frauds=frauds))


@given(price=st.integers(1, 10**9), quantity=st.integers(1, 10**6))
def test_an_amount_is_rounded_half_up(price, quantity):
    rows = blank(1)
    rows["price"], rows["quantity"] = price, quantity
    exact = Decimal(price).scaleb(-2) * Decimal(quantity).scaleb(-3)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert money(int(amounts(rows)[0])) == str(rounded)


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (123456789012345678, "1234567890123456.78")]
)
def test_money_is_plain_text(cents, text):
    assert money(cents) == text
