"""Shares of a line add up to it, and are those that the tables have."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.trace.allocation import shares_of_lines, split_among_tasks, task_times
from operations.trace.arithmetic import largest_remainder
from tests.unit.trace.samples import AT, row

CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("whole", "exact", "parts"),
    [
        ("1", ["1/3", "1/3", "1/3"], ["0.34", "0.33", "0.33"]),
        ("1", ["1/6", "1/6", "2/3"], ["0.17", "0.17", "0.66"]),
        ("-1", ["-1/3", "-1/3", "-1/3"], ["-0.33", "-0.33", "-0.34"]),
        ("0.50", ["3/4", "-1/4"], ["0.75", "-0.25"]),
        ("0.05", ["0", "0"], ["0.03", "0.02"]),
    ],
)
def test_units_left_over_go_to_those_who_lost_most(
    whole: str, exact: list[str], parts: list[str]
) -> None:
    found = largest_remainder(Decimal(whole), [Fraction(share) for share in exact], CENT)
    assert found == [Decimal(part) for part in parts]


@given(st.lists(st.fractions(-100, 100), min_size=1, max_size=9))
def test_parts_always_add_up(exact: list[Fraction]) -> None:
    whole = Decimal(round(sum(exact) * 100)) * CENT
    parts = largest_remainder(whole, exact, CENT)
    assert sum(parts, Decimal(0)) == whole
    assert all(abs(Fraction(p) - share) < 2 for p, share in zip(parts, exact, strict=True))


def borne(name: str, quantity: str, bearer: str | None, **other: Any) -> dict[str, Any]:
    names = {
        "bearer": bearer,
        "bearer_job_id": None,
        "bearer_run_id": bearer,
        "key_allocated_to": bearer or "unallocated",
        "key_is_allocated": bearer is not None,
    }
    return row(name, quantity, **(names | other))


def test_every_bearer_of_a_line_has_a_share_nobody_too() -> None:
    third = "0.333333333333333333333333"
    rows = [borne("a", third, "x"), borne("b", third, "y"), borne("c", third, None)]
    shares = shares_of_lines(rows, "billed_price")
    assert [share.names["allocated_to"] for share in shares] == ["unallocated", "x", "y"]
    amounts = [share.line.amount for share in shares if share.line.amount is not None]
    # 0.15 of the line and a third of it each: 0.05 less what is beyond the 18th decimal.
    assert sum(amounts, Decimal(0)) == Decimal("0.15")
    assert max(amounts) - min(amounts) <= Decimal(1).scaleb(-18)
    for share in shares:
        assert share.line.part is not None
        assert sum(share.line.part.shares.values(), Decimal(0)) == share.line.amount


def test_unpriced_line_is_shared_by_quantity_only() -> None:
    (share,) = shares_of_lines([borne("a", "2", "x", billed_price=None)], "billed_price")
    assert (share.line.amount, share.line.quantity) == (None, Decimal(2))


TIMES = task_times(
    {
        "hour_at": AT,
        "workspace_id": "w1",
        "job_run_id": "run",
        "task_key": key,
        "running_ms": ran,
        "run_running_ms": 3000,
    }
    for key, ran in (("load", 1000), ("export", 2000))
)


def test_tasks_share_a_run_by_their_time() -> None:
    (share,) = shares_of_lines([borne("a", "10", "run")], "billed_price")
    tasks = split_among_tasks(share, TIMES)
    assert {task.names["allocated_to"]: task.line.amount for task in tasks} == {
        "export": Decimal(1),
        "load": Decimal("0.5"),
    }
    quantities = [task.line.quantity for task in tasks]
    assert sum(quantities, Decimal(0)) == Decimal(10)


@pytest.mark.parametrize(
    ("bearer", "quantity"), [(None, "10"), ("other run", "10"), ("run", "1000000")]
)
def test_what_cannot_be_split_among_tasks_stays_whole(bearer: str | None, quantity: str) -> None:
    (share,) = shares_of_lines([borne("a", quantity, bearer)], "billed_price")
    (task,) = split_among_tasks(share, TIMES)
    assert task.names["allocated_to"] == "unallocated"
    assert task.line.amount == share.line.amount
