"""Every amount of a small account is followed to the lines that it comes from, and adds up."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from operations.cli import app
from operations.close import cli as close_cli
from operations.close.desk import Desk
from operations.close.graph import Graph
from operations.platform_log import recorded_session
from operations.trace import cli as trace_cli
from operations.trace.following import Trace, follow
from operations.trace.marts import find_mart
from operations.trace.selection import parse_keys, select_rows
from tests.scenarios.account import Account
from tests.scenarios.usage_feed import Usage, UsageFeed, at, hours

pytestmark = pytest.mark.full

# The account is four hours old when January ends, so that a month of it is four hours.
FIRST, AFTER = "31 20:00", "02-01 00:00"
MODELS = ("+fct_cost_allocation_daily", "+fct_focus_cost_and_usage", "+fct_period_states")
# What a close asks for, beyond what a trace does.
CLOSE = "fct_held_back_usage"
SEEDS = ("node_type_dbu_rates", "invoice_lines", "negotiated_prices")


def tagged(cluster: str, team: str | None) -> dict[str, Any]:
    tags = {} if team is None else {"team": team}
    return {"usage_metadata": {"cluster_id": cluster}, "custom_tags": tags}


ORIGINAL = Usage(record_id="o1", start=at(FIRST), quantity="10.5")
CORRECTED = [
    ORIGINAL,
    Usage(record_id="t1", start=at(FIRST), quantity="-10.5", record_type="RETRACTION"),
    Usage(record_id="n1", start=at(FIRST), quantity="7.25", record_type="RESTATEMENT"),
]
# Three share a line; each loses 0.4 of the last decimal, and the line has one of those to give.
THIRDS = [
    Usage(
        record_id=f"s{n}",
        start=at("31 22:00"),
        quantity="1.00000000000000000324",
        workspace_id="w2",
        fields=tagged(f"c{n}", None if n == 3 else f"team {n}"),
    )
    for n in (1, 2, 3)
]
USED = [
    *CORRECTED,
    Usage(record_id="p1", start=at("31 21:00"), end=at("31 21:15"), quantity="4"),
    Usage(record_id="p2", start=at("31 21:15"), quantity="4", end=at("31 22:00")),
    *THIRDS,
    Usage(record_id="f1", start=at("31 23:00"), quantity="2", sku_name="FREE"),
]


@pytest.fixture(scope="module")
def feed(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UsageFeed]:
    seeds = tmp_path_factory.mktemp("seeds")
    for name in SEEDS:
        (seeds / f"{name}.csv").write_text(Path(f"seeds/{name}.csv").read_text())
    with (seeds / "negotiated_prices.csv").open("a") as file:
        file.write("a1,JOBS,AWS,DBU,USD,2026-01-31T21:30:00Z,,0.123456789\n")
    with (seeds / "invoice_lines.csv").open("a") as file:
        file.write("a1,2026-01,INV-1,JOBS,AWS,DBU,,3.11,USD\n")
    account.environment["LAKELEDGER_SEEDS"] = str(seeds)

    @contextmanager
    def desk() -> Iterator[Desk]:
        with recorded_session(account.lakehouse.connection, "close") as log:
            yield Desk(
                log=log,
                graph=Graph.load(account.target / "manifest.json"),
                connection=account.lakehouse.connection,
                home=account.home,
                console=Console(highlight=False, width=80),
            )

    @contextmanager
    def warehouse() -> Iterator[Any]:
        yield account.lakehouse.connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(close_cli, "open_desk", desk)
        patch.setattr(trace_cli, "running_warehouse", warehouse)
        patch.setattr(trace_cli, "built_manifest", lambda: account.target / "manifest.json")
        feed = UsageFeed(account)
        feed.workspaces()
        feed.prices(("01 00:00", None, "0.2"))
        feed.deliver(*USED)
        feed.announce(*USED, hours=hours(FIRST, AFTER))
        feed.take_in(*MODELS)
        yield feed


def trace(feed: UsageFeed, mart: str, *keys: str) -> Trace:
    with feed.account.cursor() as cursor:
        selection = select_rows(cursor, find_mart(mart), parse_keys(keys))
        found = follow(cursor, selection, feed.account.target / "manifest.json")
    assert found.is_equal, (mart, keys, found.amount, selection.amount, found.quantities)
    assert found.lost_records == 0
    return found


def ids(found: Trace) -> list[str]:
    return sorted(record.name for record in found.records)


def said(*arguments: str) -> tuple[int, str]:
    """Exit code and all that the command says, on one line."""
    ended = CliRunner().invoke(app, ["trace", *arguments])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, " ".join(ended.output.split())


def test_correction_is_followed_to_its_lines(feed: UsageFeed) -> None:
    found = trace(feed, "fct_usage_hourly", "usage_hour_at=2026-01-31 20:00")
    assert (found.amount, found.quantities) == (Decimal("1.45"), {"DBU": Decimal("7.25")})
    (line,) = found.lines
    (entry,) = line.entries
    assert entry.record.name == "o1"
    assert [child.record.name for child in entry.corrections] == ["t1", "n1"]
    landed = found.line_of(entry.record)
    assert landed is not None
    assert landed.line_hash == hashlib.sha256(ORIGINAL.line().encode()).hexdigest()[:32]
    assert ORIGINAL.line() in Path(landed.source_file.removeprefix("file:")).read_text()
    (price,) = line.prices
    assert (price.kind, price.price, price.ended_at) == ("list", Decimal("0.2"), None)
    assert found.line_of(price) is not None


def test_price_change_inside_an_hour_shows_both_prices(feed: UsageFeed) -> None:
    found = trace(feed, "fct_usage_hourly", "usage_hour_at=2026-01-31 21:00")
    assert [(line.prices[0].kind, line.line.amount) for line in found.lines] == [
        ("negotiated", Decimal("0.493827156")),
        ("list", Decimal("0.8")),
    ]


def test_daily_amount_is_the_sum_of_its_hours(feed: UsageFeed) -> None:
    found = trace(feed, "fct_usage_daily", "usage_date=2026-01-31")
    assert ids(found) == sorted(record.record_id for record in USED)
    hourly = [trace(feed, "fct_usage_hourly", f"sku_name={sku}") for sku in ("JOBS", "FREE")]
    assert found.amount == hourly[0].amount
    assert (hourly[1].selection.amount, hourly[1].quantities) == (None, {"DBU": Decimal(2)})


@pytest.mark.parametrize(
    ("kind", "bearer", "expected"),
    [
        ("cluster", "c2", ["s2"]),
        ("team", "team 1", ["s1"]),
        ("team", "untagged", ["f1", "n1", "o1", "p1", "p2", "s3", "t1"]),
        ("job_run", "unallocated", sorted(record.record_id for record in USED)),
        ("task", "unallocated", sorted(record.record_id for record in USED)),
    ],
)
def test_share_is_made_again_to_the_last_decimal(
    feed: UsageFeed, kind: str, bearer: str, expected: Sequence[str]
) -> None:
    keys = (f"allocation_kind={kind}", f"allocated_to={bearer}")
    found = trace(feed, "fct_cost_allocation_daily", *keys)
    assert ids(found) == expected
    for line in (traced.line for traced in found.lines):
        assert line.part is not None
        shares = line.part.shares.values()
        assert sum(shares, Decimal(0)) == (line.amount or 0)


def test_shares_of_thirds_add_up_to_their_line(feed: UsageFeed) -> None:
    keys = ("allocation_kind=cluster", "usage_hour_at=2026-01-31 22:00")
    found = trace(feed, "fct_cost_allocation_hourly", *keys)
    assert len(found.lines) == 3
    assert len({traced.line.amount for traced in found.lines}) == 2
    wholes = {traced.line.part.whole for traced in found.lines if traced.line.part}
    assert wholes == {found.amount}


def test_focus_row_is_followed_as_well(feed: UsageFeed) -> None:
    found = trace(feed, "fct_focus_cost_and_usage", "skuid=JOBS", "SubAccountId=w1")
    assert ids(found) == ["n1", "o1", "p1", "p2", "t1"]
    assert found.selection.chosen == {"SkuId": "JOBS", "SubAccountId": "w1"}


def test_command_shows_a_trace_for_people_and_for_machines(feed: UsageFeed) -> None:
    code, text = said("fct_usage_hourly", "usage_hour_at=2026-01-31 20:00", "--limit", "1")
    assert code == 0
    assert "ORIGINAL o1 10.5" in text
    assert "2 more records" in text
    assert "adds up to 1.45: equal to the last decimal" in text
    code, text = said("fct_usage_daily", "sku_name=JOBS", "--json")
    document = json.loads(text)
    assert (code, document["is_equal"]) == (0, True)
    assert sum(len(line["records"]) for line in document["lines"]) == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fct_costs"], "There is no mart fct_costs that can be traced; there are fct_usage_ho"),
        (["fct_usage_daily", "hour=1"], "no key column hour; its keys are usage_date, account_id"),
        (["fct_usage_daily", "usage_date=soon"], "usage_date is a date, which 'soon' is not."),
        (["fct_usage_daily", "2026-01-31"], "'2026-01-31' is no key: write column=value"),
        (["fct_usage_daily", "cloud=GCP"], "No row of fct_usage_daily has cloud=GCP"),
        (["fct_usage_daily", "--amount", "net"], "no amount net; it has billed_cost, list_cost"),
        (["fct_cost_allocation_daily"], "add allocation_kind=, one of cluster, job_run, tag:"),
        (["fct_usage_daily", "cloud=a", "cloud=b"], "cloud is given twice"),
    ],
)
def test_mistake_is_one_sentence(feed: UsageFeed, arguments: list[str], sentence: str) -> None:
    code, text = said(*arguments)
    assert code == 1
    assert text.startswith("Error: ")
    assert sentence in text


def test_smallest_difference_is_told(feed: UsageFeed) -> None:
    table = "gold_billing.fct_usage_daily"
    before = feed.account.rows(f"describe history {table} limit 1")[0][0]
    feed.account.rows(
        f"update {table} set billed_cost = 2.743827156000000001"
        " where sku_name = 'JOBS' and workspace_id = 'w1'"
    )
    code, text = said("fct_usage_daily", "sku_name=JOBS", "workspace_id=w1")
    feed.account.rows(f"restore table {table} to version as of {before}")
    assert code == 1
    assert "adds up to 2.743827156, the mart says 2.743827156000000001" in text


def test_a_close_before_its_tables_are_built_is_one_sentence(feed: UsageFeed) -> None:
    ended = CliRunner().invoke(app, ["close", "status", "--period", "2026-01"])
    assert (ended.exit_code, ended.exception.__class__) == (1, SystemExit)
    assert "gold_billing.fct_held_back_usage has not been built: lakeledger run." in ended.output


def test_what_was_sealed_and_what_came_after(feed: UsageFeed) -> None:
    feed.account.dbt("run", "--select", CLOSE)
    close(feed)
    late = Usage(record_id="late", start=at(FIRST), quantity="1.5")
    feed.deliver(late)
    feed.announce(late)
    # A new price does not move what was sealed; it makes a difference to it.
    feed.prices(("31 21:01", None, "0.25"))
    feed.take_in("+fct_invoice_reconciliation", "+fct_focus_cost_and_usage")

    sealed = trace(feed, "fct_billed_usage", "usage_hour_at=2026-01-31 20:00")
    assert (sealed.amount, ids(sealed)) == (Decimal("1.45"), ["n1", "o1", "t1"])
    assert [str(seal.key.period) for seal in sealed.seals] == ["2026-01"]
    (total,) = feed.account.rows("select sum(billed_cost) from gold_billing.fct_billed_usage")
    assert trace(feed, "fct_billed_usage", "billing_period=2026-01").amount == total[0]

    found = trace(feed, "fct_billing_adjustments", "usage_hour_at=2026-01-31 20:00")
    assert (found.amount, ids(found)) == (Decimal("0.3"), ["late", "n1", "o1", "t1"])
    assert [billed.amount for billed in found.billed_before] == [Decimal("1.45")]
    repriced = trace(feed, "fct_billing_adjustments", "reason=repriced")
    assert repriced.amount == Decimal("0.2")
    assert repriced.quantities == {"DBU": Decimal(0)}

    # The invoice of January is held against what was sealed, not against what it would be now.
    invoiced = feed.account.rows(
        """select line_status, difference_amount from gold_billing.fct_invoice_reconciliation
        where billing_period = '2026-01' and sku_name = 'JOBS'"""
    )
    assert invoiced == [("equal", 0)]

    whole = trace(feed, "fct_focus_cost_and_usage")
    assert whole.amount == total[0] + Decimal("0.5")


def close(feed: UsageFeed) -> None:
    """January, with its unpriced usage waived."""
    for arguments in (
        ["waive", "--by", "ann", "--break", "unpriced_usage", "--reason", "a trial"],
        ["soft", "--by", "carol"],
        ["approve", "--by", "ann"],
        ["approve", "--by", "ben"],
        ["seal", "--by", "carol"],
    ):
        ended = CliRunner().invoke(
            app, ["close", arguments[0], "--period", "2026-01", *arguments[1:]]
        )
        assert ended.exit_code == 0, ended.output
