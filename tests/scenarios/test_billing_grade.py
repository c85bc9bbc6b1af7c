"""Billing stays with what is whole, operations say what is missing, and the money is exact."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.scenarios.account import Account
from tests.scenarios.usage_feed import Usage, UsageFeed, at, hours

# The breaks that usage, manifests, workspaces and prices can lead to.
BREAKS = (
    *("fct_usage_breaks", "fct_sector_breaks", "fct_price_breaks"),
    *("fct_double_deliveries", "fct_rejected_usage"),
)
MODELS = (*(f"+{name}" for name in BREAKS), "+fct_usage_daily", "+ops_completeness_hourly")
MADE_AT = ("as_of",)


@pytest.fixture(scope="module")
def feed(account: Account, tmp_path_factory: pytest.TempPathFactory) -> UsageFeed:
    seeds = tmp_path_factory.mktemp("seeds")
    for name in ("node_type_dbu_rates", "invoice_lines"):
        (seeds / f"{name}.csv").write_text(Path(f"seeds/{name}.csv").read_text())
    (seeds / "negotiated_prices.csv").write_text(
        Path("seeds/negotiated_prices.csv").read_text()
        + "a1,JOBS,AWS,DBU,USD,2026-01-05T10:30:00Z,2026-01-05T12:00:00Z,0.1\n"
    )
    account.environment["LAKELEDGER_SEEDS"] = str(seeds)
    feed = UsageFeed(account)
    feed.workspaces()
    feed.prices(("01 00:00", "05 11:00", "0.2"), ("05 11:00", None, "0.3"))
    return feed


def costs(feed: UsageFeed) -> dict[str, tuple[Decimal, Decimal]]:
    """(list, billed) cost by hour."""
    found = feed.account.rows(
        """select date_format(usage_hour_at, 'HH:mm'), sum(list_cost), sum(billed_cost)
        from gold_billing.fct_usage_hourly group by all"""
    )
    return {hour: (list_cost, billed_cost) for hour, list_cost, billed_cost in found}


def partial(feed: UsageFeed) -> dict[str, list[str]]:
    """Regions missing by hour, of the hours that operations call partial."""
    found = feed.account.rows(
        """select date_format(sector_started_at, 'HH:mm'), first(regions_missing)
        from gold_operational.ops_completeness_hourly
        where source_name = 'billing_usage' group by all having bool_or(is_partial)"""
    )
    return {hour: list(regions) for hour, regions in found}


def breaks(feed: UsageFeed) -> list[tuple[str, str, Decimal]]:
    """(break, region, quantity) of all breaks."""
    kinds = " union all ".join(
        f"select break_type, region, usage_quantity from gold_billing.{name}" for name in BREAKS
    )
    found = feed.account.rows(f"select * from ({kinds}) order by break_type, region")
    return [(name, region, quantity) for name, region, quantity in found]


def test_price_that_changes_within_the_hour(feed: UsageFeed) -> None:
    ends = {"x": "05 10:29", "y": "05 10:30", "z": "05 11:00"}
    records = [
        Usage(record_id=name, start=at("05 10:00"), end=at(end), quantity="10")
        for name, end in ends.items()
    ]
    records.append(Usage(record_id="w", start=at("05 11:30"), end=at("05 12:00"), quantity="1"))
    feed.deliver(*records)
    feed.announce(*records, hours=hours("05 10:00", "05 12:00"))
    feed.take_in(*MODELS, tests=True)

    # x at list 0.2; y ends as the contract starts; z as the list changes, the contract still on.
    assert costs(feed) == {
        "10:00": (Decimal("7.0"), Decimal("4.0")),
        "11:00": (Decimal("0.3"), Decimal("0.3")),
    }
    assert partial(feed) == {}
    assert breaks(feed) == []


def test_region_cut_for_three_hours_and_back(feed: UsageFeed) -> None:
    cut = [
        Usage(record_id=f"cut-{n}", start=hour, quantity="2", workspace_id="w2")
        for n, hour in enumerate(hours("05 12:00", "05 15:00"))
    ]
    here = [
        Usage(record_id=f"here-{n}", start=hour, quantity="5")
        for n, hour in enumerate(hours("05 12:00", "05 15:00"))
    ]
    feed.deliver(*here)
    feed.announce(*here, hours=hours("05 12:00", "05 15:00"), regions=["r1"])
    feed.take_in(*MODELS)

    assert costs(feed).keys() == {"10:00", "11:00"}
    assert partial(feed) == {hour: ["r2"] for hour in ("12:00", "13:00", "14:00")}
    assert breaks(feed) == [
        ("held_back_sector", "r1", Decimal(15)),
        ("incomplete_sector", "r2", None),
    ]

    feed.deliver(*cut)
    feed.announce(*cut, hours=hours("05 12:00", "05 15:00"), regions=["r2"])
    feed.take_in(*MODELS)

    back = costs(feed)
    assert {hour: back[hour] for hour in ("12:00", "13:00", "14:00")} == {
        hour: (Decimal("2.1"), Decimal("2.1")) for hour in ("12:00", "13:00", "14:00")
    }
    assert partial(feed) == {}
    assert breaks(feed) == []


@pytest.mark.full
def test_late_usage_is_waited_for(feed: UsageFeed) -> None:
    first = Usage(record_id="first", start=at("05 15:00"), quantity="1")
    late = Usage(record_id="late", start=at("05 15:00"), quantity="2")
    feed.deliver(first)
    feed.announce(first, late, hours=hours("05 15:00", "05 16:00"))
    feed.take_in(*MODELS)

    assert "15:00" not in costs(feed)
    assert partial(feed) == {"15:00": ["r1"]}
    assert ("incomplete_sector", "r1", Decimal(1)) in breaks(feed)

    feed.deliver(late)
    feed.take_in(*MODELS)

    assert costs(feed)["15:00"] == (Decimal("0.9"), Decimal("0.9"))
    assert partial(feed) == {}


@pytest.mark.full
def test_correction_nobody_announced_holds_its_hour_back(feed: UsageFeed) -> None:
    taken_back = Usage(
        record_id="late-back", start=at("05 15:00"), quantity="-2", record_type="RETRACTION"
    )
    stated = Usage(
        record_id="late-anew", start=at("05 15:00"), quantity="4", record_type="RESTATEMENT"
    )
    feed.deliver(stated)
    feed.take_in(*MODELS)

    assert "15:00" not in costs(feed)
    assert breaks(feed) == [
        ("held_back_sector", "r2", None),
        ("incomplete_sector", "r1", Decimal(7)),
        ("restatement_before_original", "r1", Decimal(4)),
    ]

    # The retraction comes through the other region, and counts for the workspace's home.
    feed.deliver(taken_back, region="r2")
    feed.announce(taken_back, stated)
    feed.take_in(*MODELS)

    assert costs(feed)["15:00"] == (Decimal("1.5"), Decimal("1.5"))
    assert breaks(feed) == []


@pytest.mark.full
def test_broken_usage_is_quarantined_or_named(feed: UsageFeed) -> None:
    start = at("05 16:00")
    orphan = Usage(record_id="o", start=start, quantity="-3", record_type="RETRACTION")
    unknown = Usage(record_id="u", start=start, quantity="1", sku_name="NEW_SKU")
    other_unit = Usage(record_id="g", start=start, quantity="1", fields={"usage_unit": "GB"})
    bad = [
        Usage(record_id="b1", start=start, quantity="-1"),
        Usage(record_id="b2", start=start, end=at("05 15:00"), quantity="1"),
        Usage(record_id="b3", start=start, quantity="1", record_type="RETRACTION"),
    ]
    feed.deliver(orphan, unknown, other_unit, *bad)
    feed.announce(orphan, unknown, other_unit, hours=[start])
    feed.take_in(*MODELS)

    assert feed.account.reasons("billing_usage") == {
        "negative_quantity": 1,
        "end_before_start": 1,
        "positive_retraction": 1,
    }
    assert breaks(feed) == [
        ("negative_net_usage", "r1", Decimal(-3)),
        *3 * [("rejected_usage", "r1", None)],
        ("unknown_unit", "r1", Decimal(1)),
        ("unmatched_retraction", "r1", Decimal(-3)),
        ("unpriced_usage", "r1", Decimal(1)),
    ]

    # A later price in another unit prices nothing, but tells that the unit is what is wrong.
    feed.prices(("06 00:00", None, "1"), sku="NEW_SKU", unit="GB")
    feed.take_in(*MODELS)

    assert breaks(feed) == [
        ("negative_net_usage", "r1", Decimal(-3)),
        *3 * [("rejected_usage", "r1", None)],
        *2 * [("unknown_unit", "r1", Decimal(1))],
        ("unmatched_retraction", "r1", Decimal(-3)),
    ]


@pytest.mark.full
def test_workspace_claimed_twice_until_one_lets_go(feed: UsageFeed) -> None:
    claimed = ("workspace_in_two_regions", "r1", Decimal(6))
    before = costs(feed)
    feed.workspaces({"r1": ["w1", "w2"], "r2": ["w2"]}, snapshot="02 00:00")
    feed.take_in(*MODELS)
    assert claimed in breaks(feed)

    feed.workspaces({"r1": ["w1"]}, snapshot="04 00:00")
    feed.take_in(*MODELS)
    assert claimed[0] not in [name for name, _, _ in breaks(feed)]
    assert costs(feed) == before


@pytest.mark.full
def test_replay_of_everything_changes_nothing(feed: UsageFeed) -> None:
    """The whole month again under other names: only what says when and where it came may move."""
    came = ("source_file", "landed_at", "ingested_at", "last_landed_at", "last_ingested_at")
    before = feed.account.contents(without=(*MADE_AT, *came))
    landed = list((feed.account.landing / "platform").rglob("*.json"))
    for file in landed:
        file.with_name(f"again-{file.name}").write_bytes(file.read_bytes())
    results = feed.account.ingest()
    feed.account.dbt("run", "--select", *MODELS)

    assert sum(result.rows for result in results.values()) > len(landed) > 10
    after = feed.account.contents(without=(*MADE_AT, *came))
    # Rejected lines are kept once for each delivery.
    assert len(after.pop("silver.quarantine")) == 2 * len(before.pop("silver.quarantine"))
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table


@pytest.mark.full
def test_full_refresh_equals_the_increments(feed: UsageFeed) -> None:
    before = feed.account.contents(without=MADE_AT)
    feed.account.dbt("run", "--full-refresh", "--select", *MODELS)

    after = feed.account.contents(without=MADE_AT)
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
