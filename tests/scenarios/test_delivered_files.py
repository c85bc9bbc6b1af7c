"""Delivered files of real accounts, kept beside the project and never in it."""

import csv
import gzip
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from operations.dbt import PROJECT
from operations.pipeline import WITHOUT_TESTS
from tests.scenarios.account import PLATFORM, WATCHING, WITHOUT_UNIT_TESTS, Account

DATA = PROJECT.parent / "shared" / "data"
FOLDERS = {
    "billable_usage": DATA / "databricks_billable_usage",
    "audit_logs": DATA / "databricks_audit",
    "spark_events": DATA / "databricks_spark_eventlogs",
    "cloudtrail": DATA / "cloudtrail",
}
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the delivered files are not in {DATA}"),
]


def distinct_usage() -> set[tuple[str, ...]]:
    """The distinct rows of the delivered CSV, read by the standard library."""
    found: set[tuple[str, ...]] = set()
    for path in FOLDERS["billable_usage"].glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            next(rows)
            found.update(tuple(row) for row in rows)
    return found


def line_count(folder: Path, pattern: str) -> int:
    total = 0
    for path in folder.rglob(pattern):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            total += sum(1 for _ in file)
    return total


def cloudtrail_records() -> list[dict[str, object]]:
    """Every record delivered, in documents or lines; those in lines have no eventTime."""
    found: list[dict[str, object]] = []
    for path in FOLDERS["cloudtrail"].rglob("*.json*"):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            text = file.read()
        if path.suffix == ".jsonl":
            found += [json.loads(line) for line in text.splitlines()]
        else:
            found += json.loads(text)["Records"]
    return found


@pytest.fixture(scope="module")
def delivered(account: Account) -> Account:
    account.ingest({name: str(folder) for name, folder in FOLDERS.items()})
    account.dbt("build", *PLATFORM, *WITHOUT_UNIT_TESTS)
    return account


def test_usage_is_exact_to_the_last_digit(delivered: Account) -> None:
    per_sku: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in distinct_usage():
        per_sku[row[7]] += Decimal(row[8])
    gold = delivered.rows(
        "select sku_name, sum(usage_quantity) from gold_billing.fct_usage_daily group by all"
    )
    assert dict(gold) == per_sku
    rows = delivered.layers()["platform.billable_usage"]
    assert (rows.bronze, rows.silver, rows.quarantined) == (1182, 591, 0)


def test_unpriced_usage_is_a_named_break_and_no_zero(delivered: Account) -> None:
    costs = delivered.rows("select distinct list_cost from gold_billing.fct_usage_daily")
    assert costs == [(None,)]
    broken = delivered.rows(
        "select break_type, sum(usage_quantity) from gold_billing.fct_usage_breaks group by all"
    )
    total = sum((Decimal(row[8]) for row in distinct_usage()), Decimal(0))
    assert broken == [("unpriced_usage", total)]


def test_audit_events_without_a_key_have_a_reason(delivered: Account) -> None:
    lines = (FOLDERS["audit_logs"] / "databricks_audit.jsonl").read_text().splitlines()
    without_time = sum("timestamp" not in json.loads(line) for line in lines)
    rows = delivered.layers()["platform.audit_logs"]
    assert rows.bronze == len(lines)
    assert delivered.reasons("audit_logs") == {"missing_key:timestamp": without_time}
    assert rows.silver + rows.duplicates == len(lines) - without_time


def test_cloudtrail_records_stand_once(delivered: Account) -> None:
    records = cloudtrail_records()
    timed = {record["eventID"] for record in records if "eventTime" in record}
    untimed = sum("eventTime" not in record for record in records)
    rows = delivered.layers()["platform.cloudtrail"]
    assert (rows.bronze, rows.silver, rows.quarantined) == (len(records), len(timed), untimed)
    assert delivered.reasons("cloudtrail") == {"missing_key:eventTime": untimed}
    regions = delivered.rows("select distinct region from silver.stg_platform__cloudtrail_events")
    assert ("us-east-1",) in regions


def test_spark_events_know_their_cluster(delivered: Account) -> None:
    rows = delivered.layers()["platform.spark_events"]
    assert rows.bronze == line_count(FOLDERS["spark_events"], "eventlog*")
    runs = delivered.rows(
        """select cluster_id, workspace_id is not null, log_file_count, job_count
        from silver.int_platform__spark_applications order by cluster_id"""
    )
    assert [run[0] for run in runs] == [
        "0114-165300-3uq73s25",
        "0207-201646-mku1a74m",
        "1219-192941-mm5ky6be",
    ]
    assert all(run[1] for run in runs)
    assert runs[0][2] == 3
    jobs = delivered.rows("select count(*), count(ended_at) from silver.int_platform__spark_jobs")
    assert jobs == [(sum(run[3] for run in runs), sum(run[3] for run in runs))]


def tasks_of_logs() -> dict[str, tuple[int, int]]:
    """Tasks that ended and their milliseconds by log folder, read by the standard library."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for path in FOLDERS["spark_events"].rglob("eventlog*"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for event in map(json.loads, file):
                if event["Event"] == "SparkListenerTaskEnd":
                    info = event["Task Info"]
                    found[path.parent.name].append(info["Finish Time"] - info["Launch Time"])
    return {folder: (len(tasks), sum(tasks)) for folder, tasks in found.items()}


def test_spark_stages_have_the_time_of_their_tasks(delivered: Account) -> None:
    runs = delivered.rows(
        """select log_folder, task_count, cast(task_seconds * 1000 as bigint)
        from silver.int_platform__spark_applications"""
    )
    assert {folder: (count, millis) for folder, count, millis in runs} == tasks_of_logs()
    broken = delivered.rows(
        """select count(*) from silver.int_platform__spark_stages
        where task_count <> planned_task_count or skew_ratio < 1"""
    )
    assert broken == [(0,)]


@pytest.mark.full
def test_whole_run_again_changes_nothing(delivered: Account) -> None:
    before = delivered.contents(without=("as_of",))
    results = delivered.ingest({name: str(folder) for name, folder in FOLDERS.items()})
    delivered.dbt("build", *PLATFORM, *WITHOUT_TESTS)

    assert sum(result.rows for result in results.values()) == 0
    after = delivered.contents(without=("as_of",))
    assert before.keys() == after.keys()
    assert {table for table in before if before[table] != after[table]} <= WATCHING
