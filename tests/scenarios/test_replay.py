"""Replay: what was lost comes back, what was mended is judged again, a closed month is named.

Files land on three days, from two regions. Each test leaves what the next one begins with.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ingestion.settings import Settings
from ingestion.sources import load_sources
from operations.dbt import PROJECT, DbtFailed
from operations.platform_log import recorded_session
from operations.replay import cli
from operations.replay.desk import Desk
from operations.replay.estimate import Scope
from operations.replay.sources import declared_sources, find_sources
from operations.replay.steps import Landing, judge_again, look_at_landing, read_landing_again
from operations.replay.window import Window
from tests.project_copy import copy_project
from tests.scenarios.account import Account
from tests.scenarios.usage_feed import HOMES, HOUR, SILENT, Usage, UsageFeed, at

pytestmark = pytest.mark.full

DAYS = (5, 6, 7)
MARTS = ("fct_usage_daily", "ops_audit_activity_hourly")
MODELS = (*(f"+{mart}" for mart in MARTS), "int_platform__landed_files")
SOURCES = ("audit_logs", "billing_usage")
# When a row came to bronze and was made, which a replay cannot have as before.
CAME = ("as_of", "ingested_at", "ingest_batch", "time_sector_last_updated_at", "last_ingested_at")
WINDOW = Window(at("05 00:00"), at("08 00:00"))
PRICE = Decimal("0.5")
WHO = "user-0001@example.com"
CLOSED = """insert into ledger.period_seals by name select 'seal' as seal_id, 'a1' as account_id,
    '2026-01' as billing_period, current_timestamp() as sealed_at, 'x' as sealed_by,
    array('x', 'y') as approved_by, 0L as row_count, 0L as record_count, 0 as usage_quantity,
    0 as list_cost, 0 as billed_cost, 'x' as rows_hash, 'x' as records_hash,
    map('x', 0L) as input_versions, 'x' as price_version, 'x' as git_revision,
    current_timestamp() as read_through_at"""
QUIET = Console(quiet=True)


@dataclass
class Failing:
    """dbt that ends before it has begun, the second time that it is asked."""

    account: Account
    asked: int = 0

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        self.asked += 1
        return 2 if self.asked == 2 else self.account.execute(arguments, environment, log)


def event(region: str, day: int, number: int) -> str:
    moment = at(f"{day:02d} 10:{number:02d}")
    said = {"timestamp": int(moment.timestamp() * 1000), "serviceName": "jobs"}
    said |= {"actionName": f"a{number}", "requestId": f"{region}-{day}"}
    return json.dumps(said)


def records(day: int) -> list[Usage]:
    """Of each region a good record, one that a rule rejects, and one that no rule rejects yet."""
    good, rejected, doubted = (at(f"{day:02d} {hour}:00") for hour in (10, 11, 12))
    return [
        usage
        for home in HOMES
        for usage in (
            Usage(record_id=f"{home}-{day}", start=good, quantity="2", workspace_id=home),
            Usage(
                record_id=f"{home}-{day}-back",
                start=rejected,
                end=rejected - HOUR,
                quantity="3",
                workspace_id=home,
            ),
            Usage(
                record_id=f"{home}-{day}-doubted",
                start=doubted,
                quantity="5",
                workspace_id=home,
                sku_name="JOBS_DOUBTED",
            ),
        )
    ]


def land_day(feed: UsageFeed, day: int) -> None:
    """A day's files, which landed at its end."""
    for region in HOMES.values():
        lines = [event(region, day, number) for number in range(3)] + ['{"timestamp":1}']
        text = "".join(f"{line}\n" for line in lines)
        feed.account.land("audit_logs", f"audit-{day}.json", text.encode(), region)
    feed.deliver(*records(day))
    feed.announce(*records(day))
    landed = at(f"{day:02d} 23:00").timestamp()
    for path in feed.account.landing.rglob("*.json"):
        if path.stat().st_mtime > at("08 00:00").timestamp():
            os.utime(path, (landed, landed))


@pytest.fixture(scope="module")
def built(account: Account) -> Account:
    feed = UsageFeed(account)
    feed.workspaces()
    for sku in ("JOBS", "JOBS_DOUBTED"):
        feed.prices(("01 00:00", None, str(PRICE)), sku=sku)
    for day in DAYS:
        land_day(feed, day)
    feed.take_in(*MODELS)
    return account


def scope_of(desk: Desk, *names: str, regions: tuple[str, ...] = ()) -> Scope:
    sources = find_sources(desk.sources, names or SOURCES)
    return Scope(sources=sources, regions=regions, window=WINDOW, down_to=MARTS)


@contextmanager
def desk_of(account: Account) -> Iterator[Desk]:
    with recorded_session(account.lakehouse.connection, "replay") as log:
        yield Desk(
            log=log,
            sources=declared_sources(account.target / "manifest.json"),
            home=account.home,
            target=account.target,
            warehouse=account.lakehouse.connection.dbt_environment(),
            execute=account.execute,
        )


def landing_of(account: Account) -> Landing:
    settings = Settings(
        landing=str(account.landing),
        checkpoints=str(account.home / "checkpoints"),
        tables=account.lakehouse.root / "external",
        settle_seconds=0,
        max_files=1,
    )
    sources = tuple(s for s in load_sources(PROJECT / "models") if s.name in SOURCES)
    spark = account.lakehouse.spark
    return Landing(sources=sources, settings=settings, open_spark=lambda: nullcontext(spark))


# The tables that the marts are made of, but for those of sources that deliver nothing here.
TABLES = (
    *(f"silver.stg_platform__{name}" for name in (*SOURCES, "delivery_manifests", "workspaces")),
    "silver.quarantine",
    *(f"silver.int_platform__{name}" for name in ("landed_files", "source_watermarks")),
    *(f"silver.int_platform__{name}" for name in ("time_sectors", "workspace_regions")),
    *("gold_billing.fct_usage_hourly", "gold_billing.fct_usage_daily"),
    "gold_operational.ops_audit_activity_hourly",
)


def contents(account: Account, *without: str) -> dict[str, list[str]]:
    return account.contents(without, among=TABLES)


def billed(account: Account) -> Decimal:
    ((cost,),) = account.rows("select sum(billed_cost) from gold_billing.fct_usage_daily")
    return Decimal(cost)


def test_lines_that_were_lost_come_back_from_landing(built: Account) -> None:
    before = contents(built, *CAME)
    lost = "region = 'r1' and {} >= '2026-01-06' and {} < '2026-01-07'"
    for source in SOURCES:
        of_day = lost.format("file_modified_at", "file_modified_at")
        built.rows(f"delete from bronze_platform.{source} where {of_day}")
        of_day = lost.format("landed_at", "landed_at")
        built.rows(f"delete from silver.stg_platform__{source} where {of_day}")
    with desk_of(built) as desk:
        scope = scope_of(desk, regions=("r1",))
        folder = landing_of(built)
        files = look_at_landing(desk, scope, folder, QUIET)
        assert {name: len(landed) for name, landed in files.items()} == dict.fromkeys(SOURCES, 3)

        with pytest.raises(KeyboardInterrupt):
            read_landing_again(folder, files, Interrupting())
        # The killed one had done the first chunk of the first source, which lacked nothing.
        assert read_landing_again(folder, files, QUIET) == 4 + 3
        assert read_landing_again(folder, files, QUIET) == 0
        judge_again(desk, scope, 7, WHO, QUIET)
    after = contents(built, *CAME)
    for table in before:
        assert after[table] == before[table], table


class Interrupting(Console):
    """A terminal whose user gives up at the first line."""

    def print(self, *objects: object, **options: object) -> None:
        raise KeyboardInterrupt


def mended_project(folder: Path) -> Path:
    """The project with two rules of usage changed, and how audit events are written."""
    copy_project(folder)
    staging = folder / "models" / "silver" / "platform"
    changes = {
        "stg_platform__billing_usage.sql": (
            "['record.usage_end_time < record.usage_start_time', 'end_before_start']",
            """["record.sku_name = 'JOBS_DOUBTED'", 'doubted']""",
        ),
        "stg_platform__audit_logs.sql": ("record.servicename as", "upper(record.servicename) as"),
    }
    for name, (rule, mended) in changes.items():
        text = (staging / name).read_text()
        assert text.count(rule) == 1
        (staging / name).write_text(text.replace(rule, mended))
    return folder


@pytest.fixture(scope="module")
def mended(built: Account, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """The account, built from now on by mended models."""
    folder = tmp_path_factory.mktemp("mended")
    project = mended_project(folder / "project")

    def execute(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        return built.execute([*arguments, "--project-dir", str(project)], environment, log)

    shutil.copytree(built.target, folder / "target")
    return replace(built, target=folder / "target", execute=execute)


def test_a_replay_that_was_killed_goes_on_and_equals_a_full_refresh(mended: Account) -> None:
    before = billed(mended)
    with desk_of(mended) as desk:
        scope, failing = scope_of(desk), Failing(mended)
        with pytest.raises(DbtFailed):
            judge_again(replace(desk, execute=failing), scope, 2, WHO, QUIET)
        # Its second part alone is left.
        judge_again(replace(desk, execute=failing), scope, 2, WHO, QUIET)
        assert failing.asked == 3
    judged = contents(mended, "as_of")
    assert mended.reasons("billing_usage") == {"doubted": 6}
    assert (before, billed(mended)) == (3 * 2 * (2 + 5) * PRICE, 3 * 2 * (2 + 3) * PRICE)
    names = mended.rows("select distinct service_name from silver.stg_platform__audit_logs")
    assert names == [("JOBS",)]

    # Not the table of landed files: it alone knows when those came first whose rows were lost.
    made = [f"+{mart}" for mart in MARTS]
    mended.dbt("run", "--full-refresh", "--select", *made, "--exclude", *SILENT)
    anew = contents(mended, "as_of")
    for table in judged:
        assert judged[table] == anew[table], table


def test_gold_alone_is_made_again_and_silver_is_left_as_it_is(mended: Account) -> None:
    before, versions = contents(mended, "as_of"), mended.versions()
    mended.rows("update gold_billing.fct_usage_hourly set billed_cost = 0")
    mended.rows("delete from gold_operational.ops_audit_activity_hourly")
    with desk_of(mended) as desk:
        judge_again(desk, scope_of(desk), 7, WHO, QUIET)
    after = contents(mended, "as_of")
    for table in before:
        assert after[table] == before[table], table
    staged = {t: v for t, v in versions.items() if "stg_" in t or t == "silver.quarantine"}
    assert {table: mended.versions()[table] for table in staged} == staged


def test_a_lost_checkpoint_doubles_bronze_and_nothing_else(mended: Account) -> None:
    before = contents(mended, "as_of", "last_ingested_at")
    lines = [mended.layers(f"platform.{name}")[f"platform.{name}"].bronze for name in SOURCES]
    for name in SOURCES:
        shutil.rmtree(mended.home / "checkpoints" / name)
    taken = mended.ingest()
    assert [taken[name].rows for name in SOURCES] == [24, 18]
    mended.dbt("run", "--select", *MODELS, "--exclude", *SILENT)
    again = [mended.layers(f"platform.{name}")[f"platform.{name}"].bronze for name in SOURCES]
    assert again == [lines[0] + 24, lines[1] + 18]
    after = contents(mended, "as_of", "last_ingested_at")
    for table in before.keys() - {"silver.quarantine"}:
        assert after[table] == before[table], table
    assert mended.reasons("billing_usage") == {"doubted": 12}


@pytest.fixture
def commands(
    built: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[int, str]]]:
    """A command of `lakeledger replay`: its exit code and all that it says."""

    @contextmanager
    def opened(home: Path) -> Iterator[Desk]:
        with desk_of(built) as desk:
            yield desk

    monkeypatch.setattr(cli, "opened", opened)
    monkeypatch.setenv("LAKELEDGER_HOME", str(built.home))
    monkeypatch.setattr("sys.argv", ["lakeledger", "replay", "as it was given"])

    def run(*arguments: str) -> tuple[int, str]:
        ended = CliRunner().invoke(cli.app, list(arguments), env={"COLUMNS": "200"})
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return ended.exit_code, ended.output

    yield run
    built.rows("delete from ledger.period_seals where seal_id = 'seal'")


def test_a_dry_run_names_closed_months_and_writes_nothing(
    built: Account, commands: Callable[..., tuple[int, str]]
) -> None:
    built.rows(CLOSED)
    before = built.versions()
    window = ("--source", "billing_usage", "--from", "2026-01-05", "--to", "2026-01-08")
    for kind in ("landing", "bronze"):
        code, said = commands(kind, *window)
        assert code == 0, said
        assert {" ".join(line.split()) for line in said.splitlines()} >= {
            "billing_usage: 3 days of events: 2026-01-05 to 2026-01-07.",
            "Billing periods: 2026-01.",
            "lakeledger replay 'as it was given' --apply",
        }, said
        assert "CLOSED of these: 2026-01 of a1." in said
        assert "adjustment" in said
    assert built.versions() == before


@pytest.mark.parametrize("kind", ["landing", "bronze"])
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--source", "usage"), "There is no source usage; there are: audit_logs,"),
        (("--source", "cloudtrail"), "of cloudtrail landed from"),
        (("--source", "audit_logs", "--region", "r3"), "from region r3 landed from"),
    ],
)
def test_what_can_do_nothing_is_refused(
    commands: Callable[..., tuple[int, str]], kind: str, arguments: tuple[str, ...], sentence: str
) -> None:
    code, said = commands(kind, *arguments, "--from", "2026-01-05", "--to", "2026-01-08")
    assert (code, sentence in said) == (1, True), said


def test_a_var_that_cannot_be_right_is_refused(built: Account) -> None:
    asked = json.dumps({"replay": {"sources": ["audit_logs"], "from": "today", "to": "2026-01-08"}})
    with pytest.raises(DbtFailed):
        built.dbt("run", "--select", "stg_platform__audit_logs", "--vars", asked)
    assert "The var replay needs `from`, a time in UTC" in (built.home / "dbt.log").read_text()
