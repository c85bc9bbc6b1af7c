"""A month of billable usage is written again every day: the newest file holds, all of it."""

import os
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from tests.scenarios.account import Account

pytestmark = pytest.mark.full

HEADER = (
    "workspaceId,timestamp,clusterId,clusterName,clusterNodeType,clusterOwnerUserId,"
    "clusterCustomTags,sku,dbus,machineHours"
)
BILL = ("+fct_usage_daily",)


def row(day: int, cluster: str, dbus: str, team: str = "x", workspace: int = 1) -> str:
    tags = f'"{{""team"":""{team}""}}"'
    return f"{workspace},2026-01-{day:02}T10:00:00Z,{cluster},name,i3,7,{tags},JOBS,{dbus},1"


def write(account: Account, files: Mapping[int, Sequence[str]], day: int) -> None:
    """The month's file of each workspace, 1 in r1 and 2 in r2, as it is on a day of the month."""
    for workspace, rows in files.items():
        content = "".join(f"{line}\n" for line in (HEADER, *rows)).encode()
        name = f"workspaceId={workspace}-usageMonth=2026-01.csv"
        path = account.land("billable_usage", name, content, f"r{workspace}")
        os.utime(path, (1_770_000_000 + day, 1_770_000_000 + day))
    account.ingest()
    account.dbt("run", "--select", *BILL)


@pytest.fixture(scope="module")
def rewritten(account: Account) -> Account:
    account.dbt("seed")
    first = [row(1, "c1", "1"), row(1, "c2", "2"), row(2, "c3", "4"), row(3, "c4", "8")]
    write(account, {1: first, 2: [row(1, "d1", "32", workspace=2)]}, 3)
    return account


def billed(account: Account) -> dict[int, Decimal]:
    """DBUs by day of the month."""
    found = account.rows(
        "select day(usage_date), sum(usage_quantity) from gold_billing.fct_usage_daily group by all"
    )
    return dict(found)


def regions(account: Account) -> dict[int, set[str]]:
    """The regions that the ledger expects to deliver, by day of the month."""
    found = account.rows(
        "select day(sector_date), collect_set(region) from silver.int_platform__time_sectors"
        " where source_name = 'billable_usage' group by all"
    )
    return {day: set(names) for day, names in found}


def test_first_file_is_billed(rewritten: Account) -> None:
    assert billed(rewritten) == {1: Decimal(35), 2: Decimal(4), 3: Decimal(8)}
    assert regions(rewritten) == {1: {"r1", "r2"}, 2: {"r1", "r2"}, 3: {"r1", "r2"}}


def test_newest_file_takes_the_place_of_the_first(rewritten: Account) -> None:
    """A figure and a tag change, a row of a day and the only row of a day are gone."""
    newest = [row(1, "c1", "1.5"), row(3, "c4", "8", team="y"), row(4, "c5", "16")]
    write(rewritten, {1: newest, 2: [row(3, "d1", "64", workspace=2)]}, 4)
    assert billed(rewritten) == {1: Decimal("1.5"), 3: Decimal(72), 4: Decimal(16)}
    # A region that no longer shows in the first days is not waited for there.
    assert regions(rewritten) == {1: {"r1"}, 3: {"r1", "r2"}, 4: {"r1", "r2"}}
    # Each line is in silver, a duplicate, or withdrawn.
    outcome = rewritten.dbt(
        "test", "--select", "stg_platform__billable_usage,test_name:every_row_is_accounted_for"
    )
    assert outcome.statuses["pass"] == 1


def test_full_refresh_equals_the_increments(rewritten: Account) -> None:
    before = rewritten.contents(without=("as_of",))
    rewritten.dbt("run", "--full-refresh", "--select", *BILL)
    after = rewritten.contents(without=("as_of",))
    assert before == after
