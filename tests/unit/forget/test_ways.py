import json
from pathlib import Path
from typing import Any

from operations.forget.policy import read_project


def source(name: str, grade: str, key: list[str], persons: list[str]) -> dict[str, Any]:
    return {
        "schema": "bronze_platform",
        "identifier": name,
        "source_name": "platform",
        "name": name,
        "config": {
            "meta": {
                "ingestion": {"path": name},
                "handling": {"grade": grade, "person_fields": persons},
                "record": {"natural_key": key},
            }
        },
    }


def node(schema: str, name: str, *reads: str, kind: str = "incremental") -> dict[str, Any]:
    return {
        "resource_type": "snapshot" if schema == "snapshots" else "model",
        "schema": schema,
        "alias": name,
        "name": name,
        "fqn": ["lakeledger", "gold" if schema.startswith("gold") else schema],
        "config": {"materialized": kind},
        "depends_on": {"nodes": list(reads)},
    }


def test_only_records_of_money_with_a_lasting_key_stay_where_they_are(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    document = {
        "sources": {
            "usage": source("usage", "billing", ["record_id"], ["identity"]),
            "file": source("file", "billing", ["id", "tags"], ["tags"]),
            "events": source("events", "operational", ["content"], []),
        },
        "nodes": {
            "a": node("silver", "stg_usage", "usage"),
            "b": node("silver", "stg_file", "file"),
            "c": node("silver", "stg_events", "events"),
            "d": node("silver", "int_actors", "c"),
            "e": node("silver", "int_view", "c", kind="view"),
            "f": node("gold_billing", "fct", "a"),
            "g": node("snapshots", "snap", "c"),
        },
    }
    manifest.write_text(json.dumps(document))
    project = read_project(manifest)
    ways = {name: project.way(f"silver.{name}") for name in ("stg_usage", "stg_file", "stg_events")}
    assert ways == {"stg_usage": "replace", "stg_file": "delete", "stg_events": "delete"}
    assert project.way("silver.int_actors") == project.way("silver.quarantine") == "delete"
    assert project.way("gold_billing.fct") == "rebuild"
    assert project.way("snapshots.snap") == project.way("ledger.period_events") == "replace"
    touched = frozenset({"bronze_platform.usage", "snapshots.snap", "ledger.period_events"})
    assert project.selection(touched) == ("--select", "snap+", "source:platform.usage+")
    assert project.selection(frozenset({"ledger.period_events"})) == ()


def test_where_nothing_was_built_nothing_is_to_be(tmp_path: Path) -> None:
    project = read_project(tmp_path / "manifest.json")
    assert project.way("silver.anything") == "replace"
    assert project.selection(frozenset({"bronze_platform.usage"})) == ()
