import hashlib
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from landing_reader import lines, verdict

SECTOR = ("source", "region", "sector_start")
MEMBERS = {
    "source",
    "region",
    "sector_start",
    "sector_end",
    "files",
    "record_count",
    "quantity_sum",
    "checksum",
    "complete_through",
    "emitted_at",
}


def manifests(landing: Path, ending: str = "") -> list[dict[str, Any]]:
    files = (landing / "platform" / "delivery_manifests").rglob(f"*{ending}.json")
    return [json.loads(line) for f in files for line in f.read_text().splitlines()]


@pytest.fixture(scope="module")
def latest(delivered: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    ordered = sorted(manifests(delivered.landing), key=lambda m: m["emitted_at"])
    return {tuple(m[name] for name in SECTOR): m for m in ordered}


def home_records(delivered: Any) -> dict[tuple[str, ...], dict[str, dict[str, Any]]]:
    """Distinct usage by sector, in the region of the workspace."""
    homes = {w["workspace_id"]: w["region"] for w in delivered.bill["workspaces"]}
    sectors: defaultdict[tuple[str, ...], dict[str, dict[str, Any]]] = defaultdict(dict)
    for line in lines(delivered.landing, "billing_usage"):
        row = verdict("billing_usage", line)
        if isinstance(row, dict):
            hour = row["usage_start_time"][:13].replace(" ", "T") + ":00:00.000Z"
            sector = ("billing_usage", homes[row["workspace_id"]], hour)
            sectors[sector][row["record_id"]] = row
    return sectors


def test_a_manifest_has_exactly_the_agreed_members(delivered):
    assert all(set(m) == MEMBERS for m in manifests(delivered.landing))


def test_every_sector_of_the_window_has_a_manifest(latest, small):
    assert len(latest) == 2 * len(small.regions) * small.hours


def test_usage_manifests_state_count_sum_and_checksum_of_what_lies_there(delivered, latest):
    sectors = home_records(delivered)
    for sector, manifest in latest.items():
        if sector[0] != "billing_usage":
            continue
        rows = sectors.pop(sector, {})
        total = sum(Decimal(str(row["usage_quantity"])) for row in rows.values())
        digest = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
        assert manifest["record_count"] == len(rows)
        assert Decimal(manifest["quantity_sum"]) == total
        assert manifest["checksum"] == digest
    assert not sectors


def test_named_files_exist_with_their_digest_and_rows(delivered, latest):
    for manifest in latest.values():
        for file in manifest["files"]:
            content = (delivered.landing / file["name"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            if file["name"].endswith(".json"):
                assert content.count(b"\n") == file["rows"]


def test_a_sector_with_held_back_files_is_incomplete_until_superseded(delivered):
    on_time = {tuple(m[n] for n in SECTOR): m for m in manifests(delivered.landing, "0001")}
    late = {tuple(m[n] for n in SECTOR): m for m in manifests(delivered.landing, "0002")}
    assert late
    for sector, first in on_time.items():
        is_complete = first["complete_through"] >= first["sector_end"]
        assert is_complete == (sector not in late)
    for sector, second in late.items():
        assert second["emitted_at"] > on_time[sector]["emitted_at"]
        assert second["record_count"] > on_time[sector]["record_count"]
        assert second["complete_through"] >= second["sector_end"]
        assert on_time[sector]["complete_through"] >= second["sector_start"]


def test_sector_counts_of_the_bill_are_those_of_the_manifests(delivered, latest):
    stated = {
        tuple(row[name] for name in SECTOR): row["record_count"]
        for row in delivered.bill["states"]["all"]["sectors"]
    }
    assert stated == {sector: m["record_count"] for sector, m in latest.items()}
    for source in ("billing_usage", "audit_logs"):
        total = sum(count for sector, count in stated.items() if sector[0] == source)
        assert total == delivered.source(source)["distinct_records"]
