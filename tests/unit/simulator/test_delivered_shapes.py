import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from landing_reader import good_records, key, lines, verdict

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
SQL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+00:00")
USAGE_TYPES: dict[str, type | tuple[type, ...]] = {
    "record_id": str,
    "account_id": str,
    "workspace_id": str,
    "sku_name": str,
    "cloud": str,
    "usage_start_time": str,
    "usage_end_time": str,
    "usage_date": str,
    "custom_tags": dict,
    "usage_unit": str,
    "usage_quantity": (int, str),
    "usage_metadata": dict,
    "identity_metadata": dict,
    "record_type": str,
    "ingestion_date": str,
    "billing_origin_product": str,
    "product_features": dict,
    "usage_type": str,
}
AUDIT_TYPES: dict[str, type | tuple[type, ...]] = {
    "version": str,
    "auditLevel": str,
    "timestamp": int,
    "accountId": str,
    "workspaceId": (str, int),
    "sourceIPAddress": str,
    "userAgent": str,
    "sessionId": (str, type(None)),
    "userIdentity": dict,
    "serviceName": str,
    "actionName": str,
    "requestId": str,
    "requestParams": dict,
    "response": dict,
}


@pytest.fixture(scope="module")
def usage(delivered: Any) -> list[dict[str, Any]]:
    return good_records(delivered.landing, "billing_usage")


@pytest.fixture(scope="module")
def audit(delivered: Any) -> list[dict[str, Any]]:
    return good_records(delivered.landing, "audit_logs")


def test_usage_has_the_documented_columns_and_types(usage):
    for row in usage:
        assert set(row) - {"carbon_intensity_class"} == set(USAGE_TYPES)
        assert all(isinstance(row[name], kind) for name, kind in USAGE_TYPES.items())
        assert UUID.fullmatch(row["record_id"])
        assert SQL_TIME.fullmatch(row["usage_start_time"])
        assert row["usage_start_time"] < row["usage_end_time"]
        assert row["usage_date"] == row["usage_start_time"][:10]
        assert set(row["identity_metadata"]) == {"run_as", "owned_by", "created_by", "run_by"}
        assert -Decimal(str(row["usage_quantity"])).as_tuple().exponent <= 12


def test_usage_members_are_strings_or_null(usage):
    for row in usage:
        assert all(isinstance(v, str | None) for v in row["usage_metadata"].values())
        assert all(isinstance(v, str) for v in row["custom_tags"].values())


def test_quantities_occur_as_numbers_and_as_strings(delivered):
    raw = b"\n".join(lines(delivered.landing, "billing_usage"))
    assert re.search(rb'"usage_quantity":\d+\.\d{12}[,}]', raw)
    assert re.search(rb'"usage_quantity":"\d+\.\d+"', raw)


def test_all_purpose_usage_has_no_job(usage):
    rows = [r for r in usage if r["billing_origin_product"] == "ALL_PURPOSE"]
    assert rows
    assert all(r["usage_metadata"].get("job_run_id") is None for r in rows)


def test_a_serverless_run_has_several_rows_in_an_hour(usage):
    runs = Counter(
        (r["usage_metadata"]["job_run_id"], r["usage_start_time"][:13])
        for r in usage
        if "JOBS_SERVERLESS" in r["sku_name"] and r["record_type"] == "ORIGINAL"
    )
    assert max(runs.values()) > 1


def test_units_other_than_dbu_occur(usage):
    assert {r["usage_unit"] for r in usage} == {"DBU", "GB", "DSU"}


def test_some_usage_ends_exactly_on_the_price_change(usage, small):
    moment = small.price_change_at.strftime("%Y-%m-%d %H:%M:%S.000+00:00")
    assert any(
        r["usage_end_time"] == moment and r["sku_name"].startswith(sku)
        for r in usage
        for sku in ("PREMIUM_JOBS_COMPUTE", "PREMIUM_SERVERLESS_SQL")
    )


def test_a_retraction_negates_an_original_of_the_same_dimensions_and_a_restatement_follows(usage):
    own = ("record_id", "record_type", "usage_quantity", "ingestion_date")

    def dimensions(row: dict[str, Any]) -> str:
        return key("audit_logs", {k: v for k, v in row.items() if k not in own})

    by_type = {t: [r for r in usage if r["record_type"] == t] for t in ("ORIGINAL", "RETRACTION")}
    originals = {(dimensions(r), Decimal(str(r["usage_quantity"]))) for r in by_type["ORIGINAL"]}
    unmatched = [
        r
        for r in by_type["RETRACTION"]
        if (dimensions(r), -Decimal(str(r["usage_quantity"]))) not in originals
    ]
    restated = [r for r in usage if r["record_type"] == "RESTATEMENT"]
    assert len(unmatched) == 1  # the orphan that was asked for
    assert len(restated) == len(by_type["RETRACTION"]) - 1 > 5


def test_corrections_come_on_a_later_day_than_the_usage(usage):
    rows = [r for r in usage if r["record_type"] == "RESTATEMENT"]
    assert all(r["ingestion_date"] >= r["usage_date"] for r in rows)
    assert any(r["ingestion_date"] > r["usage_date"] for r in rows)


def test_audit_has_the_documented_fields_and_types(audit):
    optional = {"clientContext", "MAX_LOG_MESSAGE_LENGTH"}
    for event in audit:
        assert set(event) - optional == set(AUDIT_TYPES)
        assert all(isinstance(event[name], kind) for name, kind in AUDIT_TYPES.items())
        assert all(isinstance(v, str) for v in event["requestParams"].values())
        assert set(event["userIdentity"]) == {"email", "subjectName"}
        assert set(event["response"]) == {"statusCode", "errorMessage", "result"}


def test_audit_holds_its_odd_cases(audit):
    requests = Counter(event["requestId"] for event in audit)
    assert max(requests.values()) > 1
    assert any(event["sourceIPAddress"] == "" for event in audit)
    assert any(event["sessionId"] is None for event in audit)
    assert any(event["userIdentity"]["email"] == "System-User" for event in audit)
    assert {type(event["workspaceId"]) for event in audit} == {int, str}
    for event in audit:
        is_account = event["auditLevel"] == "ACCOUNT_LEVEL"
        assert is_account == (str(event["workspaceId"]) == "0")


def test_account_events_lie_in_one_region_only(delivered):
    home = delivered.bill["workspaces"][0]["region"]
    holding = {
        region
        for region in delivered.bill["run"]["regions"]
        for line in lines(delivered.landing, "audit_logs", region)
        if b'"auditLevel":"ACCOUNT_LEVEL"' in line.replace(b": ", b":")
    }
    assert holding == {home}


def test_runs_are_the_same_in_usage_and_audit(usage, audit):
    billed = {r["usage_metadata"]["job_run_id"] for r in usage} - {None}
    audited = {e["requestParams"]["runId"] for e in audit if e["serviceName"] == "jobs"}
    assert len(billed & audited) > 10


def test_prices_have_the_documented_columns(delivered):
    columns = {
        "price_start_time",
        "price_end_time",
        "account_id",
        "sku_name",
        "cloud",
        "currency_code",
        "usage_unit",
        "pricing",
    }
    for line in lines(delivered.landing, "list_prices", "global"):
        row = verdict("list_prices", line)
        if isinstance(row, dict):
            assert set(row) == columns
            assert set(row["pricing"]) == {"default", "promotional", "effective_list"}
            assert isinstance(row["pricing"]["effective_list"]["default"], str)
