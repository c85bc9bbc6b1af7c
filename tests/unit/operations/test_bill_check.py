"""The bill is compared line by line, and nothing is forgiven."""

from decimal import Decimal

import pytest

from operations.bill_check import BillsDiffer, Line, compare, expected_lines

KEY = ("2026-01-01", "a", "w", "AWS", "JOBS", "DBU")
LINE = Line(
    records=2,
    net_quantity=Decimal("1.50"),
    unpriced_quantity=Decimal(0),
    list_cost=Decimal("0.300"),
    billed_cost=Decimal("0.200"),
)


def test_equal_bills_give_their_total() -> None:
    verdict = compare({KEY: LINE}, {KEY: LINE})
    assert (verdict.lines, verdict.actual_total) == (1, Decimal("0.2"))


@pytest.mark.parametrize(
    "change",
    [{"list_cost": Decimal("0.300000000000000001")}, {"list_cost": None}, {"records": 3}],
)
def test_smallest_difference_is_shown(change: dict[str, object]) -> None:
    other = Line(
        **{
            "records": 2,
            "net_quantity": Decimal("1.5"),
            "unpriced_quantity": Decimal(0),
            "list_cost": Decimal("0.3"),
            "billed_cost": Decimal("0.2"),
            **change,
        }  # type: ignore[arg-type]
    )
    with pytest.raises(BillsDiffer, match="1 of 1 lines differ"):
        compare({KEY: LINE}, {KEY: other})


def test_missing_and_extra_lines_are_differences() -> None:
    with pytest.raises(BillsDiffer, match="gold     None"):
        compare({KEY: LINE}, {})
    with pytest.raises(BillsDiffer, match="expected None"):
        compare({}, {KEY: LINE})


def test_expected_lines_are_those_of_what_was_delivered() -> None:
    names = ("usage_date", "account_id", "workspace_id", "cloud", "sku_name", "usage_unit")
    line = dict(zip(names, KEY, strict=True)) | {
        "records": 2,
        "net_quantity": "1.5",
        "unpriced_quantity": "0",
        "list_cost": None,
        "billed_cost": None,
    }
    document = {"state": "late", "states": {"on-time": {"bill": []}, "late": {"bill": [line]}}}
    assert expected_lines(document)[KEY].list_cost is None
