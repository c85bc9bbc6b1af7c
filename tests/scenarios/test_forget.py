"""A person is forgotten: no file has a byte of them, no replay brings them back, the bill stays."""

import gzip
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingestion.deletions import requests_target
from ingestion.settings import Settings
from ingestion.sources import load_sources
from operations.dbt import PROJECT, DbtFailed
from operations.forget.policy import read_project
from operations.forget.requests import Request, Requests
from operations.forget.run import Build, Forgetting
from operations.forget.search import Searched, search
from operations.pipeline import WITHOUT_TESTS
from operations.quarantine.decisions import Choice, dismiss
from operations.quarantine.sources import declared_sources, find_source
from tests.scenarios.account import WITHOUT_UNIT_TESTS, Account
from tests.scenarios.usage_feed import Usage, UsageFeed, at

SUBJECT = "ann.doe@example.com"
USER_ID = "4711000047110000"
OTHER = "jo.ann.doe@example.com"
IDENTIFIERS = (SUBJECT, USER_ID)
# What she is in, down to the bill and what is watched; the rest of the project says nothing of her.
BUILT = (
    *("+fct_usage_hourly", "+fct_cost_allocation_daily", "+dim_jobs", "int_platform__audit_actors"),
    *("+ops_audit_activity_hourly", "+ops_security_events"),
    *("stg_platform__billable_usage", "stg_platform__cloudtrail_events"),
)
STAGED = tuple(
    f"stg_platform__{name}"
    for name in ("audit_logs", "billable_usage", "billing_usage", "cloudtrail_events", "jobs")
)
# Names of runs and versions, and when something was read: no part of what a row says.
MADE_AT = ("as_of", "valid_from_at", "valid_to_at", "read_at", "version_key")


def usage(record_id: str, who: str, quantity: str, tags: dict[str, str]) -> Usage:
    return Usage(
        record_id=record_id,
        start=at("05 10:10"),
        quantity=quantity,
        fields={
            "identity_metadata": {"run_as": who, "owned_by": None, "created_by": who},
            "custom_tags": tags,
        },
    )


def audit(request: str, who: str, minute: int, **params: str) -> dict[str, Any]:
    return {
        "timestamp": 1767225600000 + minute * 60_000,
        "workspaceId": 1,
        "sourceIPAddress": f"10.0.0.{minute}",
        "userIdentity": {"email": who, "subjectName": None},
        "serviceName": "accounts",
        "actionName": "login",
        "requestId": request,
        "requestParams": {"user": who, **params},
        "response": {"statusCode": 200},
    }


AUDIT = [
    audit("a1", SUBJECT, 1, path=f"/Users/{SUBJECT}/notes"),
    audit("a2", SUBJECT.upper(), 2, text='said "hello"\nann.doe@example.com.'),
    audit("a3", OTHER, 3),
    # What somebody else did to her stays what he did.
    audit("a4", OTHER, 4, targetUserName="ann.doe%40example.com"),
    # No time: the quarantine has it.
    {name: value for name, value in audit("a5", SUBJECT, 5).items() if name != "timestamp"},
]
TRAIL = {
    "Records": [
        {
            "eventID": f"e{number}",
            "eventTime": "2026-01-01T00:00:00Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject",
            "sourceIPAddress": "10.1.1.1",
            "userIdentity": {"type": "AssumedRole", "arn": f"arn:aws:sts::1:assumed-role/x/{who}"},
            "requestParameters": None,
        }
        for number, who in enumerate((SUBJECT, OTHER))
    ]
}
JOBS = [
    {
        "workspace_id": "w1",
        "job_id": f"j{number}",
        "name": f"nightly of {who}",
        "creator_id": USER_ID if who == SUBJECT else "1",
        "run_as": who,
        "change_time": "2026-01-01T00:00:00Z",
    }
    for number, who in enumerate((SUBJECT, OTHER))
]
CSV_HEAD = "workspaceId,timestamp,clusterId,clusterName,clusterNodeType,clusterOwnerUserId,"
CSV_HEAD += "clusterCustomTags,sku,dbus,machineHours\n"


def csv_row(cluster: str, owner: str, tags: str, dbus: str) -> str:
    quoted = tags.replace('"', '""')
    return (
        f'w1,2026-01-05T10:00:00.000Z,{cluster},"{cluster}, own",m5,{owner},"{quoted}",S,{dbus},1\n'
    )


KEPT = csv_row("c1", USER_ID, f'{{"Creator":"{SUBJECT}"}}', "1.5") + csv_row("c2", "1", "{}", "2")
# The next delivery of the month lacks a row of hers: it must not come back with her pseudonym.
WITHDRAWN = KEPT + csv_row("c3", USER_ID, "{}", "4")
# A file of another month in whose newest delivery she is no more.
LEFT = csv_row("c4", USER_ID, "{}", "8") + csv_row("c5", "1", "{}", "16")
STAYED = csv_row("c5", "1", "{}", "16")


def lines(records: Sequence[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()


@dataclass(frozen=True, slots=True)
class Person:
    """An account with a person in it, and the means to forget her."""

    account: Account
    originals: dict[str, bytes]

    @property
    def settings(self) -> Settings:
        return Settings(
            landing=str(self.account.landing),
            checkpoints=str(self.account.home / "checkpoints"),
            tables=self.account.lakehouse.root / "external",
        )

    @property
    def requests(self) -> Requests:
        return Requests(self.account.lakehouse.spark, requests_target(self.settings))

    def build(self, chosen: Sequence[str]) -> None:
        """Builds what is chosen, as far as this account has it."""
        manifest = json.loads((self.account.target / "manifest.json").read_text())
        there = set(
            self.account.rows(
                "select table_schema, table_name from system.information_schema.tables"
            )
        )
        absent = [
            node["name"]
            for node in manifest["nodes"].values()
            if node["resource_type"] in ("model", "snapshot")
            and (node["schema"], node["alias"]) not in there
        ]
        self.account.dbt("build", *chosen, "--exclude", *absent, *WITHOUT_TESTS)

    def forgetting(self, build: Build | None = None) -> Forgetting:
        return Forgetting(
            spark=self.account.lakehouse.spark,
            settings=self.settings,
            sources=load_sources(PROJECT / "models"),
            requests=self.requests,
            project=lambda: read_project(self.account.target / "manifest.json"),
            build=build or self.build,
        )

    def search(self) -> Searched:
        root = self.account.lakehouse.root
        folders = [self.account.home, root / "lakehouse", root / "external", root / "receipts"]
        return search(folders, IDENTIFIERS)

    def bill(self) -> dict[str, list[Any]]:
        """The bill, line by line, and what it is split into."""
        asked = {
            "hourly": "select * from gold_billing.fct_usage_hourly",
            "allocated": """select usage_date, workspace_id, sku_name, allocation_kind, billed_cost,
                usage_quantity from gold_billing.fct_cost_allocation_daily""",
        }
        return {name: sorted(map(str, self.account.rows(text))) for name, text in asked.items()}


def deliver(account: Account) -> dict[str, bytes]:
    feed = UsageFeed(account)
    records = [
        usage("u1", SUBJECT, "1.25", {"team": "red", "owner": SUBJECT}),
        usage("u2", OTHER, "2.5", {"team": "red"}),
    ]
    feed.prices(("01 00:00", None, "0.5"))
    feed.workspaces()
    feed.deliver(*records)
    feed.announce(*records)
    whole = {
        "audit_logs": lines(AUDIT),
        "cloudtrail": gzip.compress(json.dumps(TRAIL, indent=1).encode()),
        "jobs": lines(JOBS),
    }
    for source, content in whole.items():
        account.land(source, "first.json.gz" if source == "cloudtrail" else "first.json", content)
    account.land("billable_usage", "m1.csv", (CSV_HEAD + WITHDRAWN).encode())
    account.land("billable_usage", "m2.csv", (CSV_HEAD + LEFT).encode())
    return whole


@pytest.fixture(scope="module")
def person(account: Account) -> Person:
    originals = deliver(account)
    account.ingest()
    for name, rows in (("m1.csv", KEPT), ("m2.csv", STAYED)):
        account.land("billable_usage", name, (CSV_HEAD + rows).encode())
    account.ingest()
    account.dbt("build", "--select", *BUILT, *WITHOUT_TESTS)
    source = find_source(declared_sources(account.target / "manifest.json"), "audit_logs")
    with account.cursor() as cursor:
        assert dismiss(cursor, Choice(source=source), OTHER, "the producer knows") == 1
    return Person(account, originals)


@contextmanager
def killed() -> Iterator[None]:
    with pytest.raises(KeyboardInterrupt):
        yield


def killing(chosen: Sequence[str]) -> None:
    raise KeyboardInterrupt


def of(request: Request, person: Person) -> Request:
    return next(found for found in person.requests.all() if found.request_id == request.request_id)


def test_a_person_is_forgotten(person: Person) -> None:
    before = person.search()
    held = {path.parent.name for path in before.places} | {
        path.parent.parent.name for path in before.places
    }
    assert {"stg_platform__audit_logs", "snap_platform__jobs", "quarantine"} <= held
    # What is in a log would outlive the deletion.
    assert not [path for path in before.places if "_delta_log" in path.parts]
    bill, operational = person.bill(), operational_counts(person)
    request = person.requests.add(IDENTIFIERS, by=SUBJECT, why=f"asked by {SUBJECT}")
    # Killed where silver is without her rows and bronze has new ones; then carried out.
    with killed():
        person.forgetting(killing).run(now=True)
    assert of(request, person).state(datetime.now(UTC)) == "requested"
    outcome = person.forgetting().run(now=True)
    assert [done.request_id for done in outcome.purged] == [request.request_id]

    after = person.search()
    assert after.places == {}
    assert after.unreadable == []
    assert after.files > 500
    assert person.bill() == bill
    assert operational_counts(person) == operational
    receipt = json.loads(
        (person.account.lakehouse.root / "receipts" / f"{request.request_id}.json").read_text()
    )
    assert {table["rows_with_person"] for table in receipt["tables"]} == {0}
    assert len(receipt["tables"]) > 10
    for table in receipt["tables"]:
        with person.account.cursor() as cursor:
            cursor.execute(table["proof_query"], {"identifier": SUBJECT.replace("ann", "Ann")})
            assert cursor.fetchall()[0][0] <= table["rows_with_pseudonym"] + 1
            cursor.execute(table["proof_query"], {"identifier": USER_ID})
            assert cursor.fetchall()[0][0] == 0


def operational_counts(person: Person) -> list[tuple[Any, ...]]:
    return person.account.rows(
        """select event_hour_at, service_name, event_count, failed_count
        from gold_operational.ops_audit_activity_hourly order by all"""
    )


def test_others_stay_who_they_are(person: Person) -> None:
    found = person.account.rows(
        """select request_id, user_email, source_ip_address, request_params['user']
        from silver.stg_platform__audit_logs order by request_id"""
    )
    pseudonym = person.requests.all()[0].pseudonym
    assert found == [
        ("a1", pseudonym, pseudonym, pseudonym),
        ("a2", pseudonym, pseudonym, pseudonym),
        ("a3", OTHER, "10.0.0.3", OTHER),
        ("a4", OTHER, "10.0.0.4", OTHER),
    ]
    assert person.account.rows(
        "select run_as, usage_quantity from silver.stg_platform__billing_usage order by 2"
    ) == [(pseudonym, 1.25), (OTHER, 2.5)]


def test_rows_stay_accounted_for_and_decisions_stand(person: Person) -> None:
    tests = ("--indirect-selection", "cautious", *WITHOUT_UNIT_TESTS)
    person.account.dbt("test", "--select", *STAGED, *tests)
    found = person.account.rows(
        """select count(*) from silver.quarantine inner join silver.quarantine_decisions
        using (source, source_file, ingest_batch, line_hash) where raw like '%forgotten-%'"""
    )
    assert found == [(1,)]


@pytest.mark.full
def test_increments_equal_a_full_refresh(person: Person) -> None:
    account = person.account
    incremental = account.contents(without=MADE_AT)
    account.dbt("build", "--full-refresh", "--select", *BUILT, *WITHOUT_TESTS)
    refreshed = account.contents(without=MADE_AT)
    different = {
        name: sorted(set(rows) ^ set(refreshed[name]))
        for name, rows in incremental.items()
        if rows != refreshed[name]
    }
    assert different == {}


@pytest.mark.full
def test_no_replay_brings_a_person_back(person: Person) -> None:
    account = person.account
    bill = person.bill()
    hashes = account.rows("select distinct line_hash from bronze_platform.audit_logs order by 1")
    shutil.rmtree(account.home / "checkpoints")
    for source, content in person.originals.items():
        name = "again.json.gz" if source == "cloudtrail" else "again.json"
        account.land(source, name, content)
    account.ingest()
    again = account.rows("select distinct line_hash from bronze_platform.audit_logs order by 1")
    assert again == hashes
    account.dbt("build", "--select", *BUILT, *WITHOUT_TESTS)
    # Only the files delivered again have her, until the next run.
    assert {path.name.split(".")[0] for path in person.search().places} == {"again"}
    person.forgetting().run()
    assert person.search().places == {}
    assert person.bill() == bill


@pytest.mark.full
def test_an_overdue_deletion_fails_the_build(person: Person) -> None:
    selected = ("--select", "assert_no_deletion_is_overdue")
    person.account.dbt("test", *selected)
    request = person.requests.add(["late.doe@example.com"], by=OTHER, why="asked")
    person.account.dbt("test", *selected)
    spark = person.account.lakehouse.spark
    spark.sql(
        f"""UPDATE {person.requests.target.identifier} SET due_at = due_at - INTERVAL 8 DAYS
        WHERE request_id = '{request.request_id}'"""
    )
    assert of(request, person).state(datetime.now(UTC)) == "overdue"
    with pytest.raises(DbtFailed, match="no_deletion_is_overdue"):
        person.account.dbt("test", *selected)


@pytest.mark.full
def test_old_versions_go_in_time_without_haste(person: Person) -> None:
    now = datetime.now(UTC)
    first = person.forgetting().run(at=now)
    assert (first.purged, len(first.erased)) == ((), 1)
    assert person.forgetting().run(at=now + timedelta(days=2)).purged == ()
    later = person.forgetting().run(at=now + timedelta(days=3, hours=1))
    assert len(later.purged) == 1
