"""Two months of one account: blocked, closed, corrected after the close, closed again."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operations.close import writer
from tests.scenarios.account import Account
from tests.scenarios.clerk import Clerk, at_the_desk
from tests.scenarios.usage_feed import SILENT

# The account is two hours old when January ends, so that a month of it is four hours.
FIRST_HOUR = datetime(2026, 1, 31, 20, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
HOME = {"r1": "101", "r2": "202"}
# What usage, manifests and prices reach, without building what clusters and runs lead to.
INPUTS = [
    *("+fct_billing_adjustments", "+fct_usage_breaks", "+fct_sector_breaks", "+fct_price_breaks"),
    *("fct_usage_daily", "fct_run_breaks", "fct_derived_usage_daily"),
    # It waits for complete hours, and the close asks whether it has seen them all.
    "int_platform__cluster_node_seconds",
    *("fct_cost_allocation_hourly", "fct_charges", "fct_invoice_reconciliation"),
    *("fct_double_deliveries", "fct_standing_breaks"),
]


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def hour(number: int) -> datetime:
    """An hour of 31 January."""
    return FIRST_HOUR.replace(hour=number)


def usage(
    record: str, region: str, at: datetime, quantity: str, kind: str = "ORIGINAL", sku: str = "JOBS"
) -> dict[str, Any]:
    return {
        "record_id": record,
        "account_id": "a1",
        "workspace_id": HOME[region],
        "sku_name": sku,
        "cloud": "AWS",
        "usage_start_time": iso(at),
        "usage_end_time": iso(at + timedelta(hours=1)),
        "usage_date": at.date().isoformat(),
        "usage_unit": "DBU",
        "usage_quantity": quantity,
        "record_type": kind,
        "billing_origin_product": "JOBS",
    }


def manifest(
    region: str, at: datetime, records: int, quantity: str, emitted: int = 0
) -> dict[str, Any]:
    return {
        "source": "billing_usage",
        "region": region,
        "sector_start": iso(at),
        "sector_end": iso(at + timedelta(hours=1)),
        "files": [],
        "record_count": records,
        "quantity_sum": quantity,
        "complete_through": iso(at + timedelta(hours=1)),
        "emitted_at": iso(at + timedelta(hours=2 + emitted)),
    }


PRICE = {
    "price_start_time": "2025-01-01T00:00:00Z",
    "sku_name": "JOBS",
    "cloud": "AWS",
    "currency_code": "USD",
    "usage_unit": "DBU",
    "pricing": {"default": "0.2"},
}


@dataclass(frozen=True, slots=True)
class Books(Clerk):
    """An account and the people who close its months."""

    def deliver(self, name: str, **records: Sequence[dict[str, Any]]) -> None:
        """Lands records by source, each in the folder of its region, and takes them in."""
        for source, rows in records.items():
            for region in HOME:
                home = [row for row in rows if region_of(row) == region]
                if home:
                    text = "".join(f"{json.dumps(row)}\n" for row in home)
                    self.account.land(source, f"{name}.json", text.encode(), region)
        self.account.ingest()

    def ledger(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the ledger."""
        return self.rows_of("period_events", "period_seals", "sealed_usage")

    def adjustments(self) -> list[tuple[Any, ...]]:
        return self.account.rows(
            """select hour(usage_hour_at), region, usage_quantity, billed_cost, reason,
                array_join(source_record_ids, ' '), original_period, adjustment_period
            from gold_billing.fct_billing_adjustments order by usage_hour_at, region"""
        )

    def state(self, period: str) -> tuple[Any, ...]:
        return self.account.rows(
            f"""select period_state, billed_cost, correction_cost
            from gold_billing.fct_period_states where billing_period = '{period}'"""
        )[0]


def region_of(row: dict[str, Any]) -> str:
    homes = {workspace: region for region, workspace in HOME.items()}
    return str(row.get("region") or homes.get(row.get("workspace_id", ""), "r1"))


@pytest.fixture(scope="module")
def books(account: Account) -> Iterator[Books]:
    with at_the_desk(account):
        yield Books(account)


def test_a_blocked_close_says_what_blocks(books: Books) -> None:
    books.deliver(
        "january",
        list_prices=[PRICE],
        billing_usage=[
            usage("o1", "r1", hour(20), "10"),
            usage("t1", "r1", hour(20), "-4", "RETRACTION"),
            usage("f1", "r1", hour(23), "3", sku="TRIAL"),
            usage("o2", "r2", hour(23), "5"),
        ],
        delivery_manifests=[
            manifest("r1", hour(20), 2, "6"),
            manifest("r1", hour(22), 0, "0"),
            manifest("r1", hour(23), 1, "3"),
            manifest("r2", hour(20), 0, "0"),
            manifest("r2", hour(22), 1, "2.5"),
            manifest("r2", hour(23), 1, "5"),
        ],
    )
    books.account.dbt(
        "build",
        "--select",
        "+fct_period_states",
        "fct_held_back_usage",
        "--exclude-resource-type",
        "test",
        "unit_test",
    )

    said = books.refused("seal", "--period", "2026-01", "--by", "carol")
    told = " ".join(said.split())
    assert "2026-01 of a1: 7 lines block its close" in told, told
    for line in (
        "incomplete_sector billing_usage in r2, on 2026-01-31",
        "held_back_sector billing_usage in r1, on 2026-01-31",
        "silent_hours billing_usage in r1, on 2026-01-31",
        "silent_hours billing_usage in r2, on 2026-01-31",
        "unmatched_retraction JOBS per DBU in r1, on 2026-01-31",
        "unpriced_usage TRIAL AWS per DBU in r1, on 2026-01-31",
        "Not soft closed: lakeledger close soft --period 2026-01 --by WHO.",
    ):
        assert line in told
    assert "(hours from 21:00)" in told
    assert all(len(line) <= 80 for line in said.splitlines())
    assert books.ledger()["sealed_usage"] == []


def test_what_is_mended_blocks_no_longer(books: Books) -> None:
    books.deliver(
        "mended",
        billing_usage=[usage("o3", "r2", hour(22), "2.5"), usage("o4", "r1", hour(20), "4")],
        delivery_manifests=[
            manifest("r1", hour(20), 3, "10", emitted=1),
            manifest("r1", hour(21), 0, "0"),
            manifest("r2", hour(21), 0, "0"),
        ],
    )
    books.account.dbt("run", "--select", "stg_platform__billing_usage")
    told = " ".join(books.done("status", "--period", "2026-01").split())
    assert "gold_billing.fct_usage_hourly behind silver.stg_platform__billing_usage" in told

    books.account.dbt("run", "--select", *INPUTS, "--exclude", *SILENT)
    told = " ".join(books.done("status", "--period", "2026-01").split())
    assert "2026-01 of a1: 2 lines block its close" in told, told
    assert "unpriced_usage TRIAL AWS per DBU" in told


def test_mistakes_are_told_in_a_sentence(books: Books) -> None:
    assert "no billing period" in books.refused("status", "--period", "January")
    assert "2031-01" in books.refused("soft", "--period", "2031-01", "--by", "carol")
    assert "a9" in books.refused("soft", "--period", "2026-01", "--account", "a9", "--by", "carol")
    assert "soft closed" in books.refused("approve", "--period", "2026-01", "--by", "ann")
    assert "--by" in books.refused("soft", "--period", "2026-01", "--by", " ")
    waived = ("waive", "--period", "2026-01", "--by", "ann", "--reason", "free")
    assert "unpriced_usage" in books.refused(*waived, "--break", "price_gap")
    assert "not closed" in books.refused("replay", "--period", "2026-01")


def test_waived_and_approved_by_two(books: Books) -> None:
    books.done(
        *("waive", "--period", "2026-01", "--by", "ann", "--break", "unpriced_usage"),
        *("--subject", "TRIAL AWS per DBU", "--reason", "free during the trial"),
    )
    books.done("soft", "--period", "2026-01", "--by", "carol")
    assert books.state("2026-01") == ("SOFT_CLOSED", Decimal("4.3") - Decimal("0.8"), 0)
    assert "somebody else" in books.refused("approve", "--period", "2026-01", "--by", "Carol")
    books.done("approve", "--period", "2026-01", "--by", "ann")
    assert "already" in books.refused("approve", "--period", "2026-01", "--by", "ANN ")
    assert "1 of 2" in books.refused("seal", "--period", "2026-01", "--by", "carol")
    books.done("approve", "--period", "2026-01", "--by", "ben")
    refused = " ".join(books.refused("seal", "--period", "2026-01", "--by", "ben").split())
    assert "ben approved, so somebody else has to close" in refused


def test_a_crash_before_the_seal_closes_nothing(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ConnectionError("the line is cut")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "commit_seal", crash)
        with pytest.raises(ConnectionError):
            books.close("seal", "--period", "2026-01", "--by", "carol")
    assert len(books.ledger()["sealed_usage"]) == 4
    assert books.account.rows("select count(*) from gold_billing.fct_billed_usage") == [(0,)]
    assert books.state("2026-01")[0] == "SOFT_CLOSED"

    # The commit came through, what follows it did not.
    with monkeypatch.context() as patch:
        patch.setattr(writer, "write_event", crash)
        with pytest.raises(ConnectionError):
            books.close("seal", "--period", "2026-01", "--by", "carol")
    assert books.state("2026-01") == ("CLOSED", Decimal("3.5"), 0)


def test_closing_again_gives_the_same_hash(books: Books) -> None:
    sealed = books.account.rows("select rows_hash, row_count from ledger.period_seals")
    assert sealed[0][1] == 4
    books.done("seal", "--period", "2026-01", "--by", "dora")
    versions = books.account.versions()
    for _ in range(2):
        assert sealed[0][0] in books.done("seal", "--period", "2026-01", "--by", "dora")
        kinds = books.account.rows(
            "select event, count(*) from ledger.period_events group by event order by event"
        )
        assert kinds == [("approved", 2), ("closed", 1), ("soft_closed", 1), ("waived", 1)]
    assert books.account.versions() == versions
    assert sealed[0][0] in books.done("verify")
    seal = books.account.rows(
        """select sealed_by, array_join(approved_by, ' '), billed_cost, record_count,
            input_versions['silver.stg_platform__billing_usage'] > 0,
            input_versions['gold_billing.fct_usage_hourly'] > 0, length(price_version)
        from ledger.period_seals"""
    )
    assert seal == [("carol", "ann ben", Decimal("3.5"), 6, True, True, 64)]


def test_what_comes_after_the_close_is_an_adjustment(books: Books) -> None:
    before = books.ledger()
    february = [
        manifest(region, FIRST_HOUR + timedelta(hours=passed), 0, "0")
        for region in HOME
        for passed in range(4, int((MARCH - FIRST_HOUR).total_seconds()) // 3600)
    ]
    tenth = datetime(2026, 2, 10, 9, tzinfo=UTC)
    books.deliver(
        "february",
        billing_usage=[
            usage("late1", "r1", hour(20), "1.25"),
            usage("t2", "r2", hour(23), "-5", "RETRACTION"),
            usage("n2", "r2", hour(23), "3.5", "RESTATEMENT"),
            # Nobody announced it, so its hour is incomplete until somebody does.
            usage("extra", "r2", hour(22), "0.5"),
            usage("feb", "r1", tenth, "8"),
        ],
        delivery_manifests=[
            *february,
            manifest("r1", hour(20), 4, "11.25", emitted=2),
            manifest("r2", hour(23), 3, "3.5", emitted=1),
            manifest("r1", tenth, 1, "8", emitted=1),
        ],
    )
    books.account.dbt("run", "--select", *INPUTS, "--exclude", *SILENT)

    months = ("2026-01", "2026-02")
    assert books.adjustments() == [
        (20, "r1", Decimal("1.25"), Decimal("0.25"), "late_records", "late1", *months),
        (23, "r2", Decimal("-1.5"), Decimal("-0.3"), "late_records", "n2 t2", *months),
    ]
    assert books.ledger() == before
    assert "the same hash" in books.done("verify", "--period", "2026-01")


@pytest.mark.full
def test_the_next_close_takes_the_adjustments_in(books: Books) -> None:
    assert books.state("2026-02") == ("OPEN", Decimal("1.55"), Decimal("-0.05"))
    books.approved("2026-02")
    said = books.done("seal", "--period", "2026-02", "--by", "carol")
    assert "is closed: 1.55 in 3 rows" in said
    taken = books.account.rows(
        """select original_period, charge_class, adjustment_reason, billed_cost
        from gold_billing.fct_billed_usage where billing_period = '2026-02'
        order by billed_cost"""
    )
    assert taken == [
        ("2026-01", "Correction", "late_records", Decimal("-0.3")),
        ("2026-01", "Correction", "late_records", Decimal("0.25")),
        ("2026-02", None, None, Decimal("1.6")),
    ]


@pytest.mark.full
def test_what_was_taken_in_is_no_difference_any_more(books: Books) -> None:
    books.deliver("announced", delivery_manifests=[manifest("r2", hour(22), 2, "3", emitted=1)])
    books.account.dbt("run", "--select", *INPUTS, "--exclude", *SILENT)

    assert books.adjustments() == [
        (22, "r2", Decimal("0.5"), Decimal("0.1"), "late_records", "extra", "2026-01", "2026-03")
    ]


@pytest.mark.full
def test_full_refresh_leaves_what_was_sealed(books: Books) -> None:
    ledger, adjustments = books.ledger(), books.adjustments()
    books.account.dbt("run", "--full-refresh", "--select", *INPUTS)

    assert books.ledger() == ledger
    assert books.adjustments() == adjustments
    books.done("verify")


@pytest.mark.full
def test_the_ledgers_models_keep_their_promises(books: Books) -> None:
    models = [
        *("fct_billed_usage", "fct_unbilled_usage", "fct_held_back_usage", "fct_silent_hours"),
        "fct_standing_breaks",
        *("fct_billing_differences", "fct_billing_adjustments"),
        *("fct_period_breaks", "fct_period_states", "fct_unsealed_days"),
    ]
    outcome = books.account.dbt(
        "test", "--select", *models, "source:ledger", "assert_sealed_rows_equal_their_seals"
    )
    assert outcome.statuses["pass"] > 20


@pytest.mark.full
def test_replay_from_the_sealed_versions_gives_the_same_hashes(books: Books) -> None:
    for period in ("2026-01", "2026-02"):
        assert f"{period} of a1: the same" in books.done("replay", "--period", period)


@pytest.mark.full
def test_a_tampered_row_is_found(books: Books) -> None:
    newest = books.account.rows("describe history ledger.sealed_usage limit 1")[0][0]
    books.account.rows(
        """update ledger.sealed_usage set billed_cost = billed_cost + 1
        where billing_period = '2026-01' and region = 'r1' and sku_name = 'JOBS'"""
    )
    said = " ".join(books.refused("verify").split())
    assert "2026-01 of a1 (1 row differs" in said
    assert "2026-02 of a1 is closed" in said
    refused = books.refused("seal", "--period", "2026-01", "--by", "carol")
    assert "not what was sealed" in " ".join(refused.split())
    books.account.rows(f"restore table ledger.sealed_usage to version as of {newest}")
    books.done("verify")


@pytest.mark.full
def test_versions_that_are_gone_are_told(books: Books) -> None:
    spark = books.account.lakehouse.spark
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    spark.sql("delete from silver.stg_platform__billing_usage where record_id = 'feb'")
    spark.sql("vacuum silver.stg_platform__billing_usage retain 0 hours")
    said = " ".join(books.refused("replay", "--period", "2026-02").split())
    assert "cannot be replayed: VACUUM has removed files" in said


@pytest.mark.full
def test_each_step_left_a_row_in_the_log(books: Books) -> None:
    found = books.account.rows(
        """select split(subject, ' ')[0], status from operations.platform_logs
        where component = 'close' and subject like '%2026-01%' group by all"""
    )
    steps = {(name, status) for name, status in found}
    done = {(name, "ok") for name in ("soft", "approve", "waive", "seal")}
    assert done | {("approve", "refused"), ("seal", "refused")} <= steps
