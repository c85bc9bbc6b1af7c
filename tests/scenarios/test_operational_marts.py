"""Operational marts while a region is silent, and when its events come late."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.scenarios.account import Account

pytestmark = pytest.mark.full

DAY = datetime(2026, 1, 5, tzinfo=UTC)
SILENT_HOURS = (10, 11)
STAGED = (
    *("audit_logs", "billable_usage", "billing_usage", "cloudtrail_events", "cluster_events"),
    *("cluster_metrics", "clusters", "delivery_manifests", "job_runs", "job_task_runs"),
    *("job_webhooks", "jobs", "list_prices", "spark_events", "workspaces"),
)
# What the models under test read, besides staging.
READ = (
    *(
        "int_platform__negotiated_prices",
        "int_platform__price_books",
        "int_platform__records_hourly",
    ),
    *(
        "int_platform__source_hours",
        "int_platform__source_watermarks",
        "int_platform__time_sectors",
    ),
    *("int_platform__usage_records", "int_platform__workspace_regions"),
)
TESTED = (
    *("int_platform__audit_actors", "int_platform__drift_daily", "int_platform__landed_daily"),
    *("int_platform__landed_files", "int_platform__layer_commits", "int_platform__source_days"),
    *("int_platform__security_detections", "int_platform__spend_forecasts"),
    *("int_platform__spend_history", "int_platform__spend_hourly"),
    *("ops_audit_activity_hourly", "ops_drift", "ops_freshness", "ops_freshness_hourly"),
    *("ops_quality_scores", "ops_security_events", "ops_spend_daily"),
)
# Not equal after a full refresh: it observes one more commit of each table.
OBSERVED = "silver.int_platform__layer_commits"


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def event(
    when: datetime, user: str, action: str, status: int = 200, **fields: object
) -> dict[str, Any]:
    """An audit event; `action` is service and action."""
    service, name = action.split(".")
    return {
        "timestamp": int(when.timestamp() * 1000),
        "accountId": "a1",
        "workspaceId": "101",
        "auditLevel": "WORKSPACE_LEVEL",
        "userIdentity": {"email": f"{user}@example.com"},
        "serviceName": service,
        "actionName": name,
        "response": {"statusCode": status},
        **fields,
    }


def manifest(source: str, region: str, hour: int, records: int, emitted: int = 0) -> dict[str, Any]:
    return {
        "source": source,
        "region": region,
        "sector_start": iso(at(hour)),
        "sector_end": iso(at(hour + 1)),
        "record_count": records,
        "complete_through": iso(at(hour + 1)),
        "emitted_at": iso(at(hour + 1, emitted)),
    }


def usage(hour: int, quantity: str) -> dict[str, Any]:
    return {
        "record_id": f"u{hour}",
        "account_id": "a1",
        "workspace_id": "101",
        "sku_name": "JOBS",
        "cloud": "AWS",
        "usage_start_time": iso(at(hour)),
        "usage_end_time": iso(at(hour + 1)),
        "usage_date": DAY.date().isoformat(),
        "usage_unit": "DBU",
        "usage_quantity": quantity,
        "record_type": "ORIGINAL" if hour else "GUESSED",
        "billing_origin_product": "JOBS",
    }


def on_time() -> list[dict[str, Any]]:
    """Events of region r1."""
    return [
        *(event(at(9, 2 * n), "user-0001", "accounts.login", 401) for n in range(5)),
        event(at(9, 10), "user-0001", "accounts.login", 500),
        event(at(9), "user-0002", "accounts.IpAccessDenied", 403),
        event(at(9), "user-0002", "unityCatalog.updatePermissions", clientContext={"build": 7}),
        event(at(9), "user-0002", "accounts.generateDbToken"),
        event(at(9), "user-0002", "secrets.putSecret"),
        *(event(at(9), "user-0003", "secrets.getSecret", requestId=str(n)) for n in range(100)),
        *(event(at(10, 50 + n), "user-0004", "accounts.login", 403) for n in range(4)),
        event(at(12), "user-0002", "jobs.runStart"),
    ]


LATE = [
    event(at(10, 30), "user-0002", "jobs.runStart"),
    event(at(10, 54), "user-0004", "accounts.login", 403),
    event(at(11), "user-0002", "jobs.runStart", clientContext="x"),
]


def lines(records: Iterable[object]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def deliver_on_time(account: Account) -> None:
    """All of the day but region r2 for two hours; a broken line, a price, usage of three hours."""
    per_hour = Counter(datetime.fromtimestamp(e["timestamp"] / 1000, UTC).hour for e in on_time())
    manifests = [manifest("audit_logs", "r1", hour, per_hour[hour]) for hour in range(24)]
    manifests += [
        manifest("audit_logs", "r2", hour, 0) for hour in range(24) if hour not in SILENT_HOURS
    ]
    manifests += [manifest("billing_usage", "r1", hour, int(hour < 3)) for hour in range(24)]
    price = {
        "account_id": "a1",
        "sku_name": "JOBS",
        "cloud": "AWS",
        "currency_code": "USD",
        "usage_unit": "DBU",
        "price_start_time": "2026-01-01T00:00:00Z",
        "pricing": {"default": "0.5"},
    }
    account.land("audit_logs", "a.json", lines(on_time()) + b'{"timestamp":17\n')
    account.land("billing_usage", "u.json", lines(usage(hour, "2.5") for hour in range(3)))
    account.land("list_prices", "p.json", lines([price]))
    for region in ("r1", "r2"):
        own = [entry for entry in manifests if entry["region"] == region]
        account.land("delivery_manifests", "m.json", lines(own), region)


def deliver_late(account: Account) -> None:
    """Region r2 is back."""
    per_hour = Counter(datetime.fromtimestamp(e["timestamp"] / 1000, UTC).hour for e in LATE)
    manifests = [manifest("audit_logs", "r2", hour, per_hour[hour], 30) for hour in SILENT_HOURS]
    account.land("audit_logs", "late.json", lines(LATE), "r2")
    account.land("delivery_manifests", "late.json", lines(manifests), "r2")


@pytest.fixture(scope="module")
def silent(account: Account) -> Account:
    """The account while region r2 is silent."""
    deliver_on_time(account)
    account.ingest()
    account.dbt("seed", "--select", "negotiated_prices")
    staged = (f"stg_platform__{name}" for name in STAGED)
    account.dbt("run", "--select", *staged, *READ, *TESTED)
    return account


@pytest.fixture(scope="module")
def first_answers(silent: Account) -> dict[str, Any]:
    """What the marts said then; asked before anything else arrives."""
    return {"flags": flags(silent), "kinds": kinds(silent), "actor": first_run_start(silent)}


@pytest.fixture(scope="module")
def back(silent: Account, first_answers: dict[str, Any]) -> Account:
    """The account when region r2 is back."""
    deliver_late(silent)
    silent.ingest()
    arrived = ("stg_platform__audit_logs", "stg_platform__delivery_manifests")
    ledger = ("int_platform__source_watermarks", "int_platform__time_sectors")
    silent.dbt("run", "--select", *arrived, *ledger, *TESTED)
    return silent


def flags(account: Account) -> dict[tuple[int, str], tuple[bool, list[str]]]:
    """(is_partial, regions_missing) of each hour and region with activity."""
    found = account.rows(
        """select distinct hour(event_hour_at), region, is_partial, regions_missing
        from gold_operational.ops_audit_activity_hourly"""
    )
    return {
        (hour, region): (bool(is_partial), list(names)) for hour, region, is_partial, names in found
    }


def kinds(account: Account) -> dict[str, int]:
    found = account.rows(
        "select kind, count(*) from gold_operational.ops_security_events group by kind"
    )
    return dict(found)


def first_run_start(account: Account) -> list[tuple[Any, ...]]:
    return account.rows(
        """select hour(event_at), minute(event_at), region
        from gold_operational.ops_security_events
        where kind = 'first_time_actor' and service_name = 'jobs'"""
    )


def test_silent_region_is_named(first_answers: dict[str, Any]) -> None:
    assert first_answers["flags"] == {
        (9, "r1"): (False, []),
        (10, "r1"): (True, ["r2"]),
        (12, "r1"): (False, []),
    }


def test_detections_are_exact(first_answers: dict[str, Any]) -> None:
    assert first_answers["kinds"] == {
        "failed_login": 9,
        "failed_logins_of_user": 1,
        "denied_address": 1,
        "permission_change": 1,
        "token_change": 1,
        "secret_change": 1,
        "mass_read": 1,
        "first_time_actor": 7,
    }
    assert first_answers["actor"] == [(12, 0, "r1")]


def test_region_that_is_back_completes_its_hours(back: Account) -> None:
    assert set(flags(back)) == {(9, "r1"), (10, "r1"), (10, "r2"), (11, "r2"), (12, "r1")}
    assert set(map(str, flags(back).values())) == {"(False, [])"}


def test_late_events_change_what_was_detected(back: Account, first_answers: dict[str, Any]) -> None:
    # The fifth failure of a user came late, and with it the burst; so did the older first event.
    assert kinds(back) == first_answers["kinds"] | {
        "failed_login": 10,
        "failed_logins_of_user": 2,
    }
    assert first_run_start(back) == [(10, 30, "r2")]


def test_drift_is_named_and_counted(back: Account) -> None:
    found = back.rows(
        """select source_name, kind, subject, sum(record_count), count(distinct first_seen_at),
            max(size(regions)), min(example_type)
        from gold_operational.ops_drift group by all"""
    )
    assert {row[:4]: row[4:] for row in found} == {
        ("audit_logs", "unknown_field", "clientContext", 2): (1, 2, "object"),
        ("audit_logs", "quarantined", "malformed_json", 1): (1, 1, None),
        ("billing_usage", "unknown_value", "record_type: GUESSED", 1): (1, 1, "string"),
    }


def test_quality_counts_the_broken_line(back: Account) -> None:
    rows = len(on_time()) + len(LATE) + 1
    found = back.rows(
        """select layer, sum(row_count), min(good_share) from gold_operational.ops_quality_scores
        where source_name = 'audit_logs' group by layer"""
    )
    shares = {layer: (int(count), share and float(share)) for layer, count, share in found}
    assert shares["bronze"] == (rows, 1.0)
    assert shares["silver"] == (rows, round(1 - 1 / rows, 6))


def test_spend_so_far(back: Account) -> None:
    found = back.rows(
        """select cast(billed_cost as string), cast(month_to_date_cost as string),
            cast(forecast_cost as string), month_end_forecast_cost, is_partial
        from gold_operational.ops_spend_daily"""
    )
    cost = "3.750000000000000000"
    assert found == [(cost, cost, "3.750000", None, False)]


def test_freshness_follows_the_late_file(back: Account) -> None:
    found = back.rows(
        """select layer, relation_name, file_count, waiting_count, lag_seconds > 0
        from gold_operational.ops_freshness where source_name = 'audit_logs' and region = 'r2'"""
    )
    reached = {(layer, relation.split(".")[1]): rest for layer, relation, *rest in found}
    # What was there at a table's first read is its initial load: only the late file is measured.
    assert reached["bronze", "audit_logs"] == [1, 0, True]
    assert reached["silver", "stg_platform__audit_logs"] == [1, 0, True]
    assert reached["gold", "ops_security_events"] == [1, 0, True]


def test_full_refresh_equals_the_increments(back: Account) -> None:
    before = back.contents(without=("as_of",))
    back.dbt("run", "--full-refresh", "--select", *TESTED)
    after = back.contents(without=("as_of",))
    assert before.keys() == after.keys()
    for table in before.keys() - {OBSERVED}:
        assert before[table] == after[table], table
