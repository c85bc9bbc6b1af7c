"""Every command of every runbook, in the situation that it is for."""

import gzip
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.live.services import services
from operations.pipeline import WITHOUT_TESTS
from tests.drills.runbook import RUNBOOKS, blocks, run_block
from tests.lakehouse_fixtures import Lakehouse
from tests.scenarios.account import BUILT_SCHEMAS, PLATFORM, Account
from tests.workers import Worker
from warehouse.run_state import RunState
from warehouse.settings import Settings

# The accounts are two hours old when the month ends: a month of them is four hours.
FIRST_HOUR = datetime(2026, 1, 31, 20, tzinfo=UTC)
REGIONS = ("r1", "r2")
PERSON = "person-0007@example.com"
ANOTHER = "person-0008@example.com"


class Duty:
    """Somebody on duty, at the home of a running warehouse."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.followed: set[str] = set()
        self._environment = {
            "LAKELEDGER_HOME": str(account.home),
            "LAKELEDGER_CACHE": os.environ.get("LAKELEDGER_CACHE", ""),
            "DBT_TARGET_PATH": str(account.target),
        }

    def follow(self, runbook: str, *only: int, **variables: str) -> list[str]:
        """Runs the blocks of a runbook, or some of them; gives what each of them said."""
        self.followed.add(runbook)
        said = []
        for number, commands in enumerate(blocks(runbook)):
            if only and number not in only:
                continue
            ended = run_block(commands, self._environment, **variables)
            assert ended.code == 0, f"{commands}\n{ended.output}"
            said.append(ended.output)
        return said

    def says(self, command: str) -> str:
        """What a command says that ends well."""
        ended = run_block(command, self._environment)
        assert ended.code == 0, ended.output
        return ended.output

    def fails(self, command: str) -> str:
        """What a command says that ends with an error."""
        ended = run_block(command, self._environment)
        assert ended.code != 0, ended.output
        assert "Traceback" not in ended.output
        return ended.output

    def land(self, source: str, name: str, *records: dict[str, Any], region: str = "r1") -> Path:
        text = "".join(f"{json.dumps(record)}\n" for record in records)
        path = self.account.land(source, name, text.encode(), region)
        then = time.time() - 60
        os.utime(path, (then, then))
        return path

    def requests(self) -> list[str]:
        found = self.account.rows("select request_id from silver.stg_platform__audit_logs")
        return sorted(request for (request,) in found)


def login(request: str, email: str = "user-0001@example.com", **changes: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "timestamp": int(FIRST_HOUR.timestamp() * 1000) + len(request),
        "accountId": "a1",
        "workspaceId": "0",
        "serviceName": "accounts",
        "actionName": "login",
        "requestId": request,
        "userIdentity": {"email": email},
        **changes,
    }


def usage(record: str, region: str, hour: int, quantity: str) -> dict[str, Any]:
    start = FIRST_HOUR.replace(hour=hour)
    return {
        "record_id": record,
        "account_id": "a1",
        "workspace_id": f"w-{region}",
        "sku_name": "JOBS",
        "cloud": "AWS",
        "usage_start_time": start.isoformat(),
        "usage_end_time": (start + timedelta(hours=1)).isoformat(),
        "usage_date": f"{start:%Y-%m-%d}",
        "usage_unit": "DBU",
        "usage_quantity": quantity,
        "record_type": "ORIGINAL",
        "billing_origin_product": "JOBS",
    }


def manifest(region: str, hour: int, records: int, quantity: str) -> dict[str, Any]:
    start = FIRST_HOUR.replace(hour=hour)
    return {
        "source": "billing_usage",
        "region": region,
        "sector_start": start.isoformat(),
        "sector_end": (start + timedelta(hours=1)).isoformat(),
        "files": [],
        "record_count": records,
        "quantity_sum": quantity,
        "complete_through": (start + timedelta(hours=1)).isoformat(),
        "emitted_at": (start + timedelta(hours=2)).isoformat(),
    }


PRICE = {
    "price_start_time": "2025-01-01T00:00:00Z",
    "sku_name": "JOBS",
    "cloud": "AWS",
    "currency_code": "USD",
    "usage_unit": "DBU",
    "pricing": {"default": "0.2"},
}


@pytest.fixture(scope="module")
def duty(lakehouse: Lakehouse, dbt_worker: Worker) -> Iterator[Duty]:
    """An account of two regions, of which r2 has delivered its first hour only; all is built."""
    home = lakehouse.root
    account = Account(lakehouse=lakehouse, home=home, target=home / "target", execute=dbt_worker)
    duty = Duty(account)
    state = RunState(home)
    with state.owned():
        state.write(lakehouse.connection)
        duty.land("list_prices", "prices.json", PRICE, region="global")
        duty.land("audit_logs", "first.json", login("one"), login("two"), login("p", PERSON))
        duty.land("billing_usage", "first.json", usage("o1", "r1", 20, "10"))
        duty.land("billing_usage", "first.json", usage("o2", "r2", 20, "5"), region="r2")
        for region, quantity in (("r1", "10"), ("r2", "5")):
            duty.land(
                "delivery_manifests",
                "first.json",
                manifest(region, 20, 1, quantity),
                *(manifest(region, hour, 0, "0") for hour in (21, 22, 23) if region == "r1"),
                region=region,
            )
        account.ingest()
        account.dbt("build", *PLATFORM, *WITHOUT_TESTS)
        yield duty
    for schema in ("bronze_platform", "operations", *BUILT_SCHEMAS):
        lakehouse.spark.sql(f"drop schema if exists {schema} cascade")


def test_lag(duty: Duty) -> None:
    duty.land("audit_logs", "lag.json", login("late"))
    duty.follow("lag", SOURCE="audit_logs")
    assert "late" in duty.requests()


def test_failed_checkpoint(duty: Duty) -> None:
    checkpoint = duty.account.home / "checkpoints" / "audit_logs"
    newest = max(checkpoint.glob("offsets/[0-9]*"), key=lambda path: int(path.name))
    newest.write_text("v1\n")
    newest.with_name(f".{newest.name}.crc").unlink(missing_ok=True)
    duty.land("audit_logs", "checkpoint.json", login("afterwards"))
    said = duty.fails("lakeledger ingest --source audit_logs")
    assert "checkpoint" in said.lower()
    duty.follow("failed-checkpoint", SOURCE="audit_logs", CHECKPOINTS=str(checkpoint.parent))
    assert duty.requests() == sorted({*duty.requests()})
    assert "afterwards" in duty.requests()


def test_write_conflict(duty: Duty) -> None:
    """A run that failed; that a conflict is such a failure, test_two_writers.py shows."""
    duty.land("audit_logs", "conflict.json", login("retried"))
    duty.account.ingest()
    bronze = duty.account.home / "external" / "bronze_platform" / "audit_logs"
    aside = bronze.with_name("aside")
    bronze.rename(aside)
    duty.fails("lakeledger dbt run --select stg_platform__audit_logs")
    aside.rename(bronze)
    duty.follow("write-conflict", TABLE="silver.stg_platform__audit_logs")
    assert "retried" in duty.requests()


def test_bad_source(duty: Duty) -> None:
    folder = duty.account.landing / "platform" / "audit_logs" / "region=r1" / "date=2026-01-01"
    whole = gzip.compress(f"{json.dumps(login('mended'))}\n".encode())
    (folder / "cut.json.gz").write_bytes(whole[:-9])
    for _ in range(3):
        duty.fails("lakeledger ingest --source audit_logs --settle-seconds 0")
    said = duty.fails("lakeledger ingest --source audit_logs")
    assert "held off" in said
    (folder / "cut.json.gz").write_bytes(whole)
    broken = login("broken")
    del broken["timestamp"]
    duty.land("audit_logs", "broken.json", broken)
    rejected = {"RULE": "missing_key:timestamp", "WHY": "delivered again"}
    said = " ".join(duty.follow("bad-source", SOURCE="audit_logs", WHO="ann", **rejected))
    assert "missing_key:timestamp" in said
    assert "mended" in duty.requests()
    assert "Nothing is open" in duty.says("lakeledger quarantine list")


def test_region_out(duty: Duty) -> None:
    held = "select count(*) from gold_billing.fct_usage_hourly"
    before = duty.account.rows(held)
    back = [usage("o3", "r2", 22, "2.5")]
    path = duty.land("billing_usage", "back.json", *back, region="r2")
    duty.land(
        "delivery_manifests",
        "back.json",
        *(manifest("r2", hour, int(hour == 22), "2.5" if hour == 22 else "0") for hour in (21, 22)),
        region="r2",
    )
    landed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    window = {
        "FROM": f"{landed - timedelta(days=1):%Y-%m-%d}",
        "TO": f"{landed + timedelta(days=1):%Y-%m-%d}",
    }
    said = duty.follow("region-out", REGION="r2", **window)
    assert "r2" in said[0]
    assert duty.account.rows(held) > before


def test_close_blocked(duty: Duty) -> None:
    """The last hour of r2 never comes: somebody answers for it."""
    people = {"WHO": "carol", "FIRST": "ann", "SECOND": "ben"}
    kinds = "incomplete_sector held_back_sector"
    answer = {"BREAKS": kinds, "REASON": "the region is gone for good"}
    said = duty.follow("close-blocked", 0, 1, PERIOD="2026-01")
    assert "r2" in said[0]
    duty.follow("close-blocked", 2, 3, 4, PERIOD="2026-01", **people, **answer)


def test_daily(duty: Duty) -> None:
    said = duty.follow("daily")
    assert "r2" in said[2]


def test_weekly(duty: Duty) -> None:
    said = duty.follow("weekly")
    assert "silver" in said[0]
    assert "billed for" in said[1]


def test_incident(duty: Duty) -> None:
    variables = {"MODEL": "fct_usage_hourly", "TABLE": "gold_billing.fct_usage_hourly"}
    said = duty.follow("incident", **variables)
    assert "WRITE" in said[1] or "CREATE" in said[1]


def test_service_levels_can_be_measured(duty: Duty) -> None:
    """Every query of docs/slo.md answers; that of deletions once somebody has asked."""
    duty.says(f"lakeledger forget request {ANOTHER} --by carol --why 'asked by letter'")
    queries = blocks("../slo")
    assert len(queries) == 6
    said = [duty.says(query) for query in queries]
    assert "budget_left" in said[0]
    assert "silver" in said[0]
    assert "ingest" in said[1]
    assert "requests" in said[5]


def test_bad_deploy(duty: Duty) -> None:
    """What a deploy did to the table, a write from outside does here."""
    model, table = "fct_sector_breaks", "gold_billing.fct_sector_breaks"
    variables = {"MODEL": model, "TABLE": table}
    kinds = f"select distinct break_type from {table} order by 1"
    build = f"lakeledger dbt build --select {model}"
    duty.says(build)
    right = duty.account.rows(kinds)
    assert right
    duty.account.rows(f"update {table} set break_type = 'a mistake'")
    assert "ALERT" in duty.fails(build)
    assert duty.account.rows(kinds) == right
    said = duty.follow("bad-deploy", 0, 1, **variables)
    assert "accepted_values" in said[0]

    good = duty.account.rows(f"describe history {table} limit 1")[0][0]
    duty.account.rows(f"update {table} set break_type = 'another mistake'")
    duty.follow("bad-deploy", 2, VERSION=str(good), **variables)
    assert duty.account.rows(kinds) == right


def test_deletion_overdue(duty: Duty) -> None:
    asked = "--by carol --why 'asked by letter'"
    duty.says(f"lakeledger forget request {PERSON} {asked}")
    duty.account.rows("update operations.deletion_requests set due_at = due_at - interval 8 days")
    duty.fails("lakeledger forget status")
    said = duty.follow("deletion-overdue")
    assert "overdue" in said[0].lower()
    assert duty.account.rows(
        f"""select count(*) from silver.stg_platform__audit_logs where user_email = '{PERSON}'"""
    ) == [(0,)]
    assert "p" in duty.requests()
    assert list((duty.account.home / "receipts").glob("*.json"))


def test_alerts(duty: Duty) -> None:
    """What is asked of this account; that of shops and of orders' months has nothing here."""
    shops, orders = 6, 11
    asked = [number for number in range(len(blocks("alerts"))) if number not in (shops, orders)]
    said = duty.follow("alerts", *asked, SOURCE="audit_logs", DAY=f"{FIRST_HOUR:%Y-%m-%d}")
    assert "stg_platform__audit_logs" in said[0]
    assert "tables measured" in said[1]


def test_orders_live(duty: Duty) -> None:
    """The hot store is killed; whoever is told looks at everything, and starts it again."""
    home = duty.account.home
    duty.says("lakeledger up")
    try:
        at = {one.service.name: one for one in services(Settings.from_environment().at(home))}
        where = {"PROMETHEUS": f"http://{at['prometheus'].place.address('http')}"}
        at["victoria-metrics"].kill()
        said = duty.follow("orders-live", **where)
        assert "victoria-metrics  not running" in said[0]
        assert "victoria-metrics  started" in said[1]
        assert at["victoria-metrics"].is_healthy()
    finally:
        duty.says("lakeledger down")


def test_figures_of_the_pipeline(duty: Duty) -> None:
    (said,) = duty.follow("pipeline-alerts")
    assert "lakeledger_files_outstanding" in said
    assert 'lakeledger_collector_success{part="freshness"} 1.0' in said


def test_every_runbook_was_followed(duty: Duty) -> None:
    assert duty.followed == {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
