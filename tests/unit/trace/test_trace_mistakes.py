"""What a user gets wrong is said in one sentence, with what is possible."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from operations.trace.errors import TraceError
from operations.trace.marts import find_mart
from operations.trace.selection import Selection, parse_keys, select_rows

DAILY = find_mart("fct_usage_daily")
COLUMNS = {"usage_date": "date", "cloud": "string", "billed_cost": "decimal(38,18)"}


class Answers:
    """A cursor over a mart that is made up of sums per currency and unit."""

    def __init__(self, *sums: Mapping[str, Any], columns: Mapping[str, str] = COLUMNS) -> None:
        self.sums, self.columns = sums, columns
        self.description: Sequence[Sequence[Any]] = ()
        self.rows: Sequence[Sequence[Any]] = ()

    def execute(self, operation: str, parameters: Mapping[str, str] | None = None) -> None:
        if "information_schema" in operation:
            found: list[dict[str, Any]] = [
                {"column_name": name, "type": kind} for name, kind in self.columns.items()
            ]
        elif "try_cast" in operation:
            values = parameters or {}
            found = [{name: None if v == "nonsense" else v for name, v in values.items()}]
        else:
            found = [dict(row) for row in self.sums]
        self.description = [(name,) for name in found[0]] if found else []
        self.rows = [list(row.values()) for row in found]

    def fetchall(self) -> Sequence[Sequence[Any]]:
        return self.rows


def sums(currency: str | None, unit: str, quantity: str, amount: str | None) -> dict[str, Any]:
    return {
        "currency": currency,
        "unit": unit,
        "row_count": 1,
        "quantity": Decimal(quantity),
        "amount": None if amount is None else Decimal(amount),
    }


def select(*found: Mapping[str, Any], keys: Mapping[str, str | None] | None = None) -> Selection:
    return select_rows(Answers(*found), DAILY, keys or {})


def test_unknown_mart_names_the_known_ones() -> None:
    with pytest.raises(TraceError, match=r"no mart fct_costs .* fct_usage_hourly, fct_usage_daily"):
        find_mart("fct_costs")
    assert find_mart("gold_billing.fct_usage_daily") is DAILY


@pytest.mark.parametrize("pair", ["usage_date", "=2026-01-05", ""])
def test_text_that_is_no_key_shows_the_form(pair: str) -> None:
    with pytest.raises(TraceError, match="write column=value"):
        parse_keys([pair])


def test_column_given_twice() -> None:
    with pytest.raises(TraceError, match="cloud is given twice"):
        parse_keys(["cloud=AWS", "Cloud=GCP"])


def test_value_may_hold_an_equals_sign_and_nothing_stands_for_null() -> None:
    assert parse_keys(["cloud=a=b", "account_id="]) == {"cloud": "a=b", "account_id": None}


def test_unknown_column_names_the_keys() -> None:
    with pytest.raises(TraceError, match="no key column day; its keys are usage_date, cloud"):
        select(keys={"day": "2026-01-05"})


def test_amount_is_no_key() -> None:
    with pytest.raises(TraceError, match="no key column billed_cost"):
        select(keys={"billed_cost": "1"})


def test_value_of_another_type() -> None:
    with pytest.raises(TraceError, match="usage_date is a date, which 'nonsense' is not"):
        select(keys={"usage_date": "nonsense"})


def test_nothing_matches() -> None:
    with pytest.raises(TraceError, match="No row of fct_usage_daily has cloud=AWS"):
        select(keys={"cloud": "AWS"})


def test_currencies_do_not_add_up() -> None:
    with pytest.raises(TraceError, match=r"amounts in EUR and USD.*add currency_code=EUR"):
        select(sums("USD", "DBU", "1", "1"), sums("EUR", "DBU", "1", "1"))


def test_mart_that_was_never_built() -> None:
    with pytest.raises(TraceError, match="has not been built yet"):
        select_rows(Answers(columns={}), DAILY, {})


def test_amount_that_the_mart_has_not() -> None:
    with pytest.raises(TraceError, match="no amount net_cost; it has billed_cost"):
        select_rows(Answers(), DAILY, {}, "net_cost")


def test_sums_of_all_units_and_of_what_has_a_price() -> None:
    found = select(sums("USD", "DBU", "1.5", "0.3"), sums(None, "DBU", "2", None))
    assert (found.amount, found.currency, found.rows) == (Decimal("0.3"), "USD", 2)
    assert found.quantities == {"DBU": Decimal("3.5")}


def test_nothing_priced_is_no_amount() -> None:
    assert select(sums(None, "DBU", "2", None)).amount is None
