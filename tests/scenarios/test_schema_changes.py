"""What each change of a producer's schema does to bronze, silver, gold and drift.

docs/schema-changes.md is this matrix in words.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.scenarios.account import Account
from tests.scenarios.usage_feed import HOUR, Usage, UsageFeed, at

pytestmark = pytest.mark.full

MODELS = ("+fct_usage_hourly", "+fct_rejected_usage", "+int_platform__drift_daily")
START = at("05 00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a producer changes in a record, and what comes of it."""

    drop: tuple[str, ...] = ()
    add: Mapping[str, Any] = field(default_factory=dict)
    drift: tuple[str, str] | None = None
    rejected: str | None = None


CHANGES = {
    "none": Change(),
    "new optional field": Change(
        add={"discount": {"rate": "0.1"}}, drift=("unknown_field", "discount")
    ),
    "optional field removed": Change(drop=("billing_origin_product",)),
    "optional field renamed": Change(
        drop=("billing_origin_product",),
        add={"origin_product": "JOBS"},
        drift=("unknown_field", "origin_product"),
    ),
    "number for its text": Change(add={"usage_quantity": 1}),
    "new field inside a struct": Change(
        add={"identity_metadata": {"run_as": "user-0001@example.com", "approved_by": "x"}}
    ),
    "new value of an enumeration": Change(
        add={"usage_type": "QUANTUM_TIME"}, drift=("unknown_value", "usage_type: QUANTUM_TIME")
    ),
    "new record type": Change(
        add={"record_type": "GUESSED"}, drift=("unknown_value", "record_type: GUESSED")
    ),
    "required field removed": Change(drop=("sku_name",), rejected="missing_key:sku_name"),
    "required field renamed": Change(
        drop=("usage_quantity",), add={"quantity": "1"}, rejected="missing_key:usage_quantity"
    ),
    "required field of another type": Change(
        add={"usage_start_time": 1767571200000}, rejected="wrong_type:usage_start_time"
    ),
    "optional field of another type": Change(
        add={"custom_tags": "team=x"}, rejected="wrong_type:custom_tags"
    ),
}
TAKEN = {name for name, change in CHANGES.items() if change.rejected is None}


def line(usage: Usage, change: Change) -> str:
    record: dict[str, Any] = json.loads(usage.line())
    kept = {name: value for name, value in record.items() if name not in change.drop}
    return json.dumps(kept | dict(change.add))


@pytest.fixture(scope="module")
def delivered(account: Account) -> Account:
    """A record for each change, named for it and in an hour of its own."""
    feed = UsageFeed(account)
    feed.workspaces()
    feed.prices(("01 00:00", None, "0.2"))
    records = [
        Usage(record_id=name, start=START + n * HOUR, quantity="1")
        for n, name in enumerate(CHANGES)
    ]
    lines = [line(usage, CHANGES[usage.record_id]) for usage in records]
    account.land("billing_usage", "changed.json", "".join(f"{x}\n" for x in lines).encode())
    feed.announce(*records, hours=[usage.start for usage in records])
    feed.take_in(*MODELS)
    return account


def test_bronze_has_every_line_as_it_came(delivered: Account) -> None:
    found = delivered.rows("select raw from bronze_platform.billing_usage")
    assert len(found) == len(CHANGES)
    assert any('"origin_product": "JOBS"' in raw for (raw,) in found)


def test_silver_takes_what_is_still_a_record(delivered: Account) -> None:
    found = delivered.rows(
        """select record_id, usage_quantity, billing_origin_product, owned_by, rescued_fields
        from silver.stg_platform__billing_usage"""
    )
    silver = {row[0]: tuple(row[1:]) for row in found}
    assert silver.keys() == TAKEN
    assert {quantity for quantity, *_ in silver.values()} == {Decimal(1)}
    assert silver["optional field removed"] == (Decimal(1), None, None, None)
    assert silver["optional field renamed"][1:] == (None, None, '{"origin_product":"JOBS"}')
    assert json.loads(silver["new optional field"][3]) == {"discount": '{"rate":"0.1"}'}


def test_the_rest_is_rejected_by_the_field_that_is_to_blame(delivered: Account) -> None:
    rejected = [change.rejected for change in CHANGES.values() if change.rejected]
    assert delivered.reasons("billing_usage") == dict.fromkeys(rejected, 1)


def test_gold_bills_what_silver_took_and_names_the_rest(delivered: Account) -> None:
    billed = delivered.rows("select usage_hour_at, billed_cost from gold_billing.fct_usage_hourly")
    hours = [START + timedelta(hours=n) for n, name in enumerate(CHANGES) if name in TAKEN]
    assert sorted((hour.replace(tzinfo=START.tzinfo), cost) for hour, cost in billed) == [
        (hour, Decimal("0.2")) for hour in hours
    ]
    named = delivered.rows("select subject from gold_billing.fct_rejected_usage")
    rejected = [change.rejected for change in CHANGES.values() if change.rejected]
    assert {subject for (subject,) in named} == {f"billing_usage {name}" for name in rejected}


def test_drift_names_what_is_new(delivered: Account) -> None:
    found = delivered.rows(
        """select kind, subject, record_count from silver.int_platform__drift_daily
        where source_name = 'billing_usage'"""
    )
    changes = CHANGES.values()
    expected = {change.drift for change in changes if change.drift}
    expected |= {("quarantined", change.rejected) for change in changes if change.rejected}
    assert {(kind, subject): count for kind, subject, count in found} == dict.fromkeys(expected, 1)


def test_lost_tables_are_made_again_from_bronze(delivered: Account) -> None:
    before = delivered.contents(without=("as_of",))
    for table in ("silver.stg_platform__billing_usage", "gold_billing.fct_usage_hourly"):
        delivered.rows(f"drop table {table}")
    delivered.dbt("run", "--select", *MODELS)
    after = delivered.contents(without=("as_of",))
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
