from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing_reader import lines, verdict

from operations.simulator.bill import (
    BillKey,
    bill_as_json,
    compute_bill,
    plain,
    price_at,
    total_of,
    totals_by_day,
)
from operations.simulator.prices import PriceKey, PriceWindow, deliveries, price_windows
from operations.simulator.records import UsageFact

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRICES = {
    PriceKey("COMPUTE", "AWS", "DBU"): [
        PriceWindow(NOON - 24 * HOUR, NOON, Decimal("0.15")),
        PriceWindow(NOON, None, Decimal("0.2")),
    ]
}


def fact(quantity: str, *, end: datetime = NOON, sku: str = "COMPUTE", n: int = 0) -> UsageFact:
    return UsageFact(f"r{n}", "2026-01-09", "a", "w", "AWS", sku, "DBU", Decimal(quantity), end)


@pytest.mark.parametrize(
    ("end", "price"),
    [
        (NOON - timedelta(milliseconds=1), "0.15"),
        (NOON, "0.2"),
        (NOON - 24 * HOUR, "0.15"),
        (NOON + 1000 * HOUR, "0.2"),
        (NOON - 25 * HOUR, None),
    ],
)
def test_a_price_window_holds_its_start_and_not_its_end(end, price):
    expected = None if price is None else Decimal(price)
    assert price_at(PRICES[PriceKey("COMPUTE", "AWS", "DBU")], end) == expected


def test_a_bill_over_a_price_change_is_the_sum_worked_out_by_hand():
    facts = [fact("10", end=NOON - HOUR), fact("1.000000000001")]
    (line,) = compute_bill(facts, PRICES).values()
    # 10 x 0.15 + 1.000000000001 x 0.2
    assert line.list_cost == Decimal("1.7000000000002")
    assert line.net_quantity == Decimal("11.000000000001")


def test_a_correction_leaves_the_restated_value():
    facts = [fact("7.5"), fact("-7.5"), fact("3")]
    (line,) = compute_bill(facts, PRICES).values()
    assert (line.net_quantity, line.list_cost) == (Decimal(3), Decimal("0.6"))


def test_usage_without_a_price_is_a_quantity_and_never_zero_money():
    bill = compute_bill([fact("4", sku="PREVIEW"), fact("-1", sku="PREVIEW")], PRICES)
    (line,) = bill_as_json(bill)
    assert line["list_cost"] is None
    assert line["currency_code"] is None
    assert line["unpriced_quantity"] == "3"
    assert total_of(bill)["list_cost"] is None
    assert total_of(bill)["unpriced_quantity"] == {"DBU": "3"}


def test_priced_and_unpriced_quantities_add_up_to_the_net():
    before_any_price = fact("4", end=NOON - 25 * HOUR)
    (line,) = compute_bill([before_any_price, fact("1"), fact("-2")], PRICES).values()
    assert (line.priced_quantity, line.unpriced_quantity, line.net_quantity) == (-1, 4, 3)
    assert line.list_cost == Decimal("-0.2")


def test_another_unit_or_cloud_has_no_price():
    odd = [fact("1")._replace(usage_unit="GB"), fact("1")._replace(cloud="GCP")]
    assert all(line.list_cost is None for line in compute_bill(odd, PRICES).values())


def test_totals_are_the_sum_of_the_days():
    facts = [fact("1"), fact("2")._replace(usage_date="2026-01-10")]
    bill = compute_bill(facts, PRICES)
    assert [day["list_cost"] for day in totals_by_day(bill)] == ["0.2", "0.4"]
    assert total_of(bill)["list_cost"] == "0.6"


quantities = st.decimals(-(10**8), 10**8, places=12)


@given(st.lists(quantities, min_size=1))
def test_sums_are_exact_for_any_quantities(values):
    scaled = sum(int(value.scaleb(12)) for value in values)
    (line,) = compute_bill([fact(str(value)) for value in values], PRICES).values()
    assert line.net_quantity * 10**12 == scaled
    assert line.list_cost is not None
    assert line.list_cost * 10**13 == scaled * 2


@given(quantities)
def test_plain_text_keeps_the_value(value):
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text


def test_the_delivered_files_lead_to_the_expected_bill(delivered):
    """Prices and usage are read back from the files, with other code than made the bill."""
    prices: dict[tuple[str, ...], dict[str, tuple[str | None, str]]] = defaultdict(dict)
    for line in lines(delivered.landing, "list_prices"):
        row = verdict("list_prices", line)
        if isinstance(row, dict):
            windows = prices[row["sku_name"], row["cloud"], row["usage_unit"]]
            start = row["price_start_time"]
            end = row["price_end_time"] or windows.get(start, (None, ""))[0]
            windows[start] = (end, row["pricing"]["effective_list"]["default"])
    records = {}
    for line in lines(delivered.landing, "billing_usage"):
        row = verdict("billing_usage", line)
        if isinstance(row, dict):
            records[row["record_id"]] = row
    cost: defaultdict[str, Decimal] = defaultdict(Decimal)
    unpriced = 0
    for row in records.values():
        at = row["usage_end_time"]
        found = [
            Decimal(price)
            for start, (end, price) in prices[
                row["sku_name"], row["cloud"], row["usage_unit"]
            ].items()
            if start <= at and (end is None or at < end)
        ]
        assert len(found) <= 1
        unpriced += not found
        cost[row["usage_date"]] += sum(found) * Decimal(str(row["usage_quantity"]))
    state = delivered.bill["states"]["all"]
    assert {d["usage_date"]: Decimal(d["list_cost"]) for d in state["days"]} == cost
    assert state["total"]["unpriced_records"] == unpriced > 0
    assert state["total"]["records"] == len(records)


def test_a_closed_window_replaces_the_open_one_of_the_same_start(small):
    (_, first), (changed_at, second) = deliveries(small)
    assert all(row.end is None for row in first)
    windows = price_windows([*first, *second])[PriceKey("PREMIUM_JOBS_COMPUTE", "AWS", "DBU")]
    assert [(w.end, w.price) for w in windows] == [
        (changed_at, Decimal("0.15")),
        (None, Decimal("0.18")),
    ]


def test_keys_sort_by_day_first():
    assert BillKey("2026-01-01", "z", "z", "z", "z", "z") < BillKey("2026-01-02", *"aaaaa")
