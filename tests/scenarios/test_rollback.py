"""A published table whose check fails goes back to its last good version and goes on from there."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from operations.dbt import DbtFailed, invocation_of
from operations.evidence.cli import gather
from operations.evidence.period import Days
from operations.platform_log import rollbacks
from tests.project_copy import copy_project
from tests.scenarios.account import WITHOUT_UNIT_TESTS, Account
from tests.scenarios.usage_feed import SILENT, Usage, UsageFeed, at, hours

pytestmark = pytest.mark.full

HOURLY, DAILY = "gold_billing.fct_usage_hourly", "gold_billing.fct_usage_daily"
MODEL = Path("gold/billing/platform/fct_usage_hourly.sql")
GOOD = "cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity"
# Without unit tests: they would find the mistake before a row is written.
SELECTED = ("--select", "+fct_usage_daily")
GOLD = ("--select", "fct_usage_hourly", "fct_usage_daily")
AFTERWARDS = ("--exclude", *SILENT)
CHECKED = (*WITHOUT_UNIT_TESTS, "--indirect-selection", "buildable")


@dataclass(frozen=True, slots=True)
class Deployed:
    """An account, and the project as it is or with a mistake in the hourly fact."""

    feed: UsageFeed
    mistaken: Account
    project: Path

    @property
    def account(self) -> Account:
        return self.feed.account

    def use(self, record: str, start: str) -> None:
        """Usage of one hour, announced by all regions."""
        usage = Usage(record_id=record, start=at(start), quantity="10")
        self.feed.deliver(usage)
        self.feed.announce(usage, hours=[usage.start])
        self.account.ingest()

    def build(self) -> str:
        self.account.dbt("build", *SELECTED, *AFTERWARDS, *CHECKED)
        return invocation_of(self.account.target)

    def make_anew(self) -> str:
        """Gold out of silver as it is."""
        self.account.dbt("build", "--full-refresh", *GOLD, *CHECKED)
        return invocation_of(self.account.target)

    def unchecked_mistake(self) -> None:
        """Builds without checks what is not right."""
        self.mistaken.dbt("run", "--project-dir", str(self.project), *SELECTED, *AFTERWARDS)

    def mistake(self, *arguments: str) -> str:
        """The id of a run that fails in the check of the hourly fact."""
        told = ("--project-dir", str(self.project), *SELECTED, *arguments)
        with pytest.raises(DbtFailed, match="equal_other_table_fct_usage_hourly"):
            self.mistaken.dbt("build", *told, *CHECKED)
        return invocation_of(self.mistaken.target)

    def rows(self, table: str) -> list[str]:
        found = self.account.rows(f"select to_json(struct(*)) from {table}")
        return sorted(text for (text,) in found)

    def history(self, table: str = HOURLY) -> list[Any]:
        """(version, operation, run id of the commit), newest first."""
        with self.account.cursor() as cursor:
            cursor.execute(f"describe history {table}")
            rows = [row.asDict() for row in cursor.fetchall()]
        return [
            (row["version"], row["operation"], json.loads(row["userMetadata"])["run_id"])
            for row in rows
        ]

    def log(self, run_id: str, *columns: str, component: str = "dbt") -> list[tuple[Any, ...]]:
        return self.account.rows(
            f"""select {", ".join(columns)} from operations.platform_logs
            where run_id = '{run_id}' and component = '{component}' order by subject"""
        )


@pytest.fixture(scope="module")
def deployed(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    project = copy_project(tmp_path_factory.mktemp("mistaken"))
    text = (project / "models" / MODEL).read_text()
    assert GOOD in text
    (project / "models" / MODEL).write_text(text.replace(GOOD, GOOD.replace("sum(", "2 * sum(")))

    feed = UsageFeed(account)
    feed.workspaces()
    feed.prices(("01 00:00", None, "0.2"))
    target = tmp_path_factory.mktemp("mistaken_target")
    return Deployed(feed, replace(account, target=target), project)


def test_a_table_without_a_good_version_stays(deployed: Deployed) -> None:
    deployed.use("a", "05 10:00")
    run = deployed.mistake()
    ((status, to_version),) = deployed.log(run, "status", "to_version", component="rollback")
    assert (status, to_version) == ("kept", None)
    assert "RESTORE" not in [operation for _, operation, _ in deployed.history()]
    run = deployed.make_anew()
    ((checked, versions, status, failed),) = deployed.log(
        run, "tables_checked", "table_versions", "status", "nodes_failed"
    )
    assert {HOURLY, DAILY} <= set(checked)
    assert dict(versions)[HOURLY] == deployed.history()[0][0]
    assert (status, failed) == ("ok", 0)


def test_the_last_good_version_is_published_again(deployed: Deployed) -> None:
    good, daily, (version, *_) = deployed.rows(HOURLY), deployed.rows(DAILY), deployed.history()[0]
    cursors = f"show tblproperties {HOURLY}"
    read = deployed.account.rows(cursors)
    deployed.use("b", "05 11:00")
    run = deployed.mistake(*AFTERWARDS)

    assert deployed.rows(HOURLY) == good
    assert deployed.rows(DAILY) == daily
    assert deployed.account.rows(cursors) == read
    newest, operation, by = deployed.history()[0]
    assert (operation, by) == ("RESTORE", run)
    assert deployed.log(
        run, "subject", "status", "from_version", "to_version", component="rollback"
    ) == [(HOURLY, "rolled back", newest - 1, version)]
    with deployed.account.cursor() as cursor:
        (told,) = rollbacks(cursor, run)
    assert told.startswith(f"{HOURLY}: is back at version {version}, from {newest - 1}. Failed: ")
    assert f"ALERT: {told}" in (deployed.account.home / "dbt.log").read_text()
    whole, node = deployed.log(run, "subject", "status", "actor is not null", "git_revision")
    assert whole[:3] == ("dbt build", "failed", True)
    assert whole[3] != "unknown"
    assert "equal_other_table" in node[0]


def test_the_next_good_run_takes_what_was_not_published(deployed: Deployed) -> None:
    deployed.build()
    assert deployed.account.rows(f"select sum(usage_quantity) from {DAILY}")[0][0] == 20


def test_what_was_made_of_a_bad_version_follows(
    deployed: Deployed, settled: Callable[[], None]
) -> None:
    """Without checks the mistake is published and read on; then the checks take it back."""
    good = deployed.rows(HOURLY)
    deployed.use("c", "05 12:00")
    deployed.unchecked_mistake()
    assert deployed.account.rows(f"select sum(usage_quantity) from {DAILY}")[0][0] == 60
    deployed.mistake(*AFTERWARDS)
    assert deployed.rows(HOURLY) == good
    deployed.build()
    settled()


def test_no_version_comes_back_that_holds_who_was_forgotten(deployed: Deployed) -> None:
    deployed.use("d", "05 13:00")
    requests = "operations.deletion_requests"
    with deployed.account.cursor() as cursor:
        cursor.execute(
            f"create table {requests} using delta as select array('{HOURLY}') as touched,"
            " current_timestamp() as erased_at"
        )
    run = deployed.mistake(*AFTERWARDS)
    with deployed.account.cursor() as cursor:
        cursor.execute(f"drop table {requests}")
    assert deployed.log(run, "status", component="rollback") == [("kept",)]


@pytest.fixture
def settled(deployed: Deployed) -> Callable[[], None]:
    """What the tables hold is what they would hold if they were made anew."""

    def compare() -> None:
        kept = {table: deployed.rows(table) for table in (HOURLY, DAILY)}
        assert len(kept[HOURLY]) == len(hours("05 10:00", "05 13:00"))
        deployed.make_anew()
        assert {table: deployed.rows(table) for table in kept} == kept

    return compare


def test_evidence_leads_from_a_commit_to_its_run(deployed: Deployed) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    with deployed.account.cursor() as cursor:
        documents = {file.name: file for file in gather(cursor, Days.parse(today, today))}

    def lines(name: str) -> list[dict[str, Any]]:
        assert documents[name].rows == documents[name].text.count("\n") > 0
        return [json.loads(line) for line in documents[name].text.splitlines()]

    log = {row["run_id"]: row for row in lines("operations.platform_logs.jsonl")}
    commits = lines("table_history.jsonl")
    restores = [row for row in commits if (row["table"], row["operation"]) == (HOURLY, "RESTORE")]
    assert len(restores) == 2
    for restore in restores:
        told = json.loads(restore["userMetadata"])
        assert log[told["run_id"]]["git_revision"] == told["git_revision"]
        assert log[told["run_id"]]["component"] in ("dbt", "rollback")
    # Nothing else writes these, and not a commit goes without.
    for layer, component in (("bronze_platform", "ingest"), ("gold_billing", "dbt")):
        told = {row["userMetadata"] for row in commits if row["table"].split(".")[0] == layer}
        assert {json.loads(text)["component"] for text in told} == {component}
    assert "ledger.sealed_usage.jsonl" not in documents
    assert {"ledger.period_seals.jsonl", "silver.quarantine_decisions.jsonl"} <= documents.keys()
    revisions = {row["git_revision"] for row in lines("git_revisions.jsonl")}
    assert {row["git_revision"] for row in log.values()} <= revisions
    assert documents["grants.yml"].text.startswith("# Who may do what")
