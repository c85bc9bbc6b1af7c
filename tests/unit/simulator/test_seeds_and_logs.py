"""What the owner of the account supplies, and the event logs of drivers."""

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from landing_reader import good_records, lines_with_folders, verdict

from operations.simulator.commands import Targets, prepare
from operations.simulator.errors import LandingInUseError

ContractKey = tuple[str, ...]


def seed(delivered: Any, name: str) -> list[dict[str, str]]:
    with (delivered.landing.parent / "seeds" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def contract(delivered: Any) -> dict[ContractKey, list[dict[str, str]]]:
    found: defaultdict[ContractKey, list[dict[str, str]]] = defaultdict(list)
    for row in seed(delivered, "negotiated_prices"):
        key = (row["account_id"], row["sku_name"], row["cloud"], row["usage_unit"])
        found[key].append(row)
    return {key: sorted(rows, key=lambda r: r["price_started_at"]) for key, rows in found.items()}


def test_negotiated_prices_have_neither_gaps_nor_overlaps(contract):
    assert any(len(rows) == 2 for rows in contract.values())
    for rows in contract.values():
        assert all(a["price_ended_at"] == b["price_started_at"] for a, b in pairwise(rows))
        assert rows[-1]["price_ended_at"] == ""
        assert all(Decimal(row["negotiated_price"]) > 0 for row in rows)


def test_a_negotiated_price_changes_in_the_middle_of_an_hour_of_the_window(delivered, contract):
    start, end = (datetime.fromisoformat(delivered.bill["run"][n]) for n in ("start", "end"))
    changes = {r["price_ended_at"] for rows in contract.values() for r in rows} - {""}
    (changed_at,) = (datetime.fromisoformat(text) for text in changes)
    assert changed_at.minute == 30
    assert start < changed_at < end
    ends = {
        datetime.fromisoformat(r["usage_end_time"]) - changed_at
        for r in good_records(delivered.landing, "billing_usage")
        if "SERVERLESS_SQL" in r["sku_name"]
    }
    assert {delta.total_seconds() for delta in ends} >= {-0.001, 0.0, 0.001}


def billed_by_key(delivered: Any, contract: Any) -> dict[tuple[str, ...], Decimal]:
    """What each day, account, cloud, SKU and unit costs, from files and seeds."""
    prices: defaultdict[tuple[str, ...], dict[str, Any]] = defaultdict(dict)
    rows = [
        verdict("list_prices", line)
        for _, line in lines_with_folders(delivered.landing, "list_prices")
    ]
    for row in rows:
        if isinstance(row, dict):
            known = prices[row["sku_name"], row["cloud"], row["usage_unit"]]
            start = row["price_start_time"]
            if start not in known or row["price_end_time"]:
                known[start] = row
    cost: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in good_records(delivered.landing, "billing_usage"):
        of = (row["sku_name"], row["cloud"], row["usage_unit"])
        at = datetime.fromisoformat(row["usage_end_time"])
        negotiated = [
            Decimal(p["negotiated_price"])
            for p in contract.get((row["account_id"], *of), ())
            if holds(p["price_started_at"], p["price_ended_at"], at)
        ]
        listed = [
            Decimal(p["pricing"]["effective_list"]["default"])
            for p in prices[of].values()
            if holds(p["price_start_time"], p["price_end_time"], at)
        ]
        for price in (negotiated or listed)[:1]:
            key = (row["usage_date"], row["account_id"], *of)
            cost[key] += Decimal(str(row["usage_quantity"])) * price
    return cost


def holds(start: str, end: str | None, at: datetime) -> bool:
    begun = datetime.fromisoformat(start) <= at
    return begun and (not end or at < datetime.fromisoformat(end))


def test_billed_cost_is_at_the_negotiated_price_where_there_is_one(delivered, contract):
    state = delivered.bill["states"]["all"]
    names = ("usage_date", "account_id", "sku_name", "cloud", "usage_unit")
    stated: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for line in state["bill"]:
        if line["billed_cost"] is not None:
            stated[tuple(line[n] for n in names)] += Decimal(line["billed_cost"])
    worked_out = billed_by_key(delivered, contract)
    assert stated == worked_out
    assert Decimal(state["total"]["billed_cost"]) == sum(worked_out.values())
    assert Decimal(state["total"]["billed_cost"]) < Decimal(state["total"]["list_cost"])
    by_day = sum(Decimal(day["billed_cost"]) for day in state["days"])
    assert by_day == Decimal(state["total"]["billed_cost"])


def test_the_invoice_is_the_whole_bill(delivered, contract):
    invoiced = {
        (r["billing_period"], r["account_id"], r["sku_name"], r["cloud"], r["usage_unit"]): r
        for r in seed(delivered, "invoice_lines")
    }
    monthly: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for (day, *rest), cost in billed_by_key(delivered, contract).items():
        monthly[(day[:7], *rest)] += cost
    assert {key: Decimal(r["billed_amount"]) for key, r in invoiced.items()} == monthly
    quantities: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for r in good_records(delivered.landing, "billing_usage"):
        of = (r["sku_name"], r["cloud"], r["usage_unit"])
        key = (r["usage_date"][:7], r["account_id"], *of)
        quantities[key] += Decimal(str(r["usage_quantity"]))
    for key, row in invoiced.items():
        assert Decimal(row["usage_quantity"]) == quantities[key]
        assert row["invoice_id"] == f"INV-{key[0]}-0001"


def test_every_node_type_of_a_cluster_has_one_rate(delivered):
    rates = [(r["cloud"], r["node_type"]) for r in seed(delivered, "node_type_dbu_rates")]
    assert len(set(rates)) == len(rates)
    clouds = {w["workspace_id"]: w["cloud"] for w in delivered.bill["workspaces"]}
    for row in good_records(delivered.landing, "clusters"):
        for field in ("driver_node_type", "worker_node_type"):
            assert (clouds[row["workspace_id"]], row[field]) in rates


def test_seeds_are_the_same_after_each_delivery(tmp_path, small, deliver_to):
    options = replace(small, hours=3)
    seeds = [
        {p.name: p.read_text() for p in (tmp_path / "seeds").iterdir()}
        for phases in ("on-time", "late")
        if deliver_to(tmp_path, options, phases)
    ]
    assert seeds[0] == seeds[1]


def test_seeds_of_somebody_else_are_left_alone(tmp_path):
    own: Path = tmp_path / "seeds" / "invoice_lines.csv"
    own.parent.mkdir()
    own.write_text("account_id\n")
    targets = Targets(landing=tmp_path / "landing", expected=tmp_path / "bill.json")
    with pytest.raises(LandingInUseError, match=r"invoice_lines\.csv was not simulated"):
        prepare(targets)
    assert own.read_text() == "account_id\n"


@pytest.fixture(scope="module")
def logs(delivered: Any) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, dict[bytes, dict[str, Any]]] = defaultdict(dict)
    for folder, line in lines_with_folders(delivered.landing, "spark_events"):
        event = verdict("spark_events", line)
        if isinstance(event, dict):
            found[folder][line] = event
    return {folder: list(events.values()) for folder, events in found.items()}


def test_a_log_names_its_cluster_once(delivered, logs):
    clusters = {row["cluster_id"]: row for row in good_records(delivered.landing, "clusters")}
    assert len(logs) >= 3
    tag = "spark.databricks.clusterUsageTags."
    for events in logs.values():
        (facts,) = (
            e["Spark Properties"] for e in events if e["Event"] == "SparkListenerEnvironmentUpdate"
        )
        cluster = clusters[facts[f"{tag}clusterId"]]
        assert facts[f"{tag}orgId"] == cluster["workspace_id"]
        assert facts[f"{tag}clusterNodeType"] == cluster["worker_node_type"]


def test_stages_hold_their_tasks(logs):
    skews, spilled = [], 0
    for events in logs.values():
        stages = {
            e["Stage Info"]["Stage ID"]: e["Stage Info"]
            for e in events
            if e["Event"] == "SparkListenerStageCompleted"
        }
        tasks = defaultdict(list)
        for event in events:
            if event["Event"] == "SparkListenerTaskEnd":
                tasks[event["Stage ID"]].append(event)
        for stage_id, info in stages.items():
            times = [e["Task Info"] for e in tasks[stage_id]]
            assert len(times) == info["Number of Tasks"]
            assert min(t["Launch Time"] for t in times) >= info["Submission Time"]
            assert max(t["Finish Time"] for t in times) <= info["Completion Time"]
            lengths = sorted(t["Finish Time"] - t["Launch Time"] for t in times)
            skews.append(lengths[-1] / lengths[len(lengths) // 2])
            spilled += sum(e["Task Metrics"]["Disk Bytes Spilled"] for e in tasks[stage_id])
    assert min(skews) < 2
    assert max(skews) > 5
    assert spilled > 0


def test_jobs_in_a_log_start_and_end(logs):
    for events in logs.values():
        started = {e["Job ID"] for e in events if e["Event"] == "SparkListenerJobStart"}
        ended = {e["Job ID"] for e in events if e["Event"] == "SparkListenerJobEnd"}
        assert ended <= started
        is_over = any(e["Event"] == "SparkListenerApplicationEnd" for e in events)
        assert not is_over or ended == started
    assert any(e["Event"] == "SparkListenerApplicationEnd" for es in logs.values() for e in es)


def test_long_logs_roll_over_at_the_hour(delivered):
    root = delivered.landing / "platform" / "spark_events"
    names = {path.name for path in root.rglob("eventlog*")}
    assert "eventlog" in names
    assert any(name.endswith("-00.gz") for name in names)
    environments = [
        path for path in root.rglob("eventlog") if b"EnvironmentUpdate" in path.read_bytes()
    ]
    assert environments
