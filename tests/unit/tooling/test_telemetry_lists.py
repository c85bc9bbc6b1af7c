"""Lists that dbt needs before it knows its own graph agree with the graph."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MACROS = Path(__file__).parents[3] / "macros"
# They speak of the pipeline itself: what they watch cannot wait for them.
WATCHERS = {
    "ops_freshness_hourly",
    "ops_layer_quality",
    "ops_quality_scores",
    "ops_table_quality",
    "ops_volume_anomalies",
}


def listed(macro: str, file: str) -> str:
    """The body of a macro that returns a literal."""
    found = re.search(rf"macro {macro}\(\).*?endmacro", (MACROS / file).read_text(), re.DOTALL)
    assert found is not None
    return found.group()


def models(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][-2] == "platform"
    ]


def test_every_staging_model_is_listed_with_its_source(manifest: dict[str, Any]) -> None:
    staged = {
        manifest["sources"][source]["name"]: node["name"]
        for node in models(manifest)
        if node["name"].startswith("stg_")
        for source in node["depends_on"]["nodes"]
        if source.startswith("source.")
    }
    pairs = re.findall(r"'(\w+)': '(stg_\w+)'", listed("telemetry_sources", "telemetry.sql"))
    assert staged
    assert dict(pairs) == staged


def test_every_mart_with_a_cursor_is_watched(manifest: dict[str, Any]) -> None:
    marts = {
        node["name"]
        for node in models(manifest)
        if node["fqn"][1] == "gold"
        and node["config"]["materialized"] == "incremental"
        and node["config"]["incremental_strategy"] == "replace_days"
    }
    watched = set(re.findall(r"'(\w+)'", listed("watched_marts", "telemetry.sql")))
    assert watched == marts - WATCHERS


def test_known_values_are_of_columns_that_exist(manifest: dict[str, Any]) -> None:
    columns = {node["name"]: set(node["columns"]) for node in models(manifest)}
    body = listed("known_values", "drift.sql")
    named = re.findall(r"'(stg_\w+)': \{(.*?)\}", body, re.DOTALL)
    assert len(named) == body.count("'stg_")
    for model, values in named:
        assert set(re.findall(r"'(\w+)': \[", values)) <= columns[model], model
