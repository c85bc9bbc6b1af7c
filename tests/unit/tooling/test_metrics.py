"""Metrics: one definition each, described; money knows its currency; the SQL is of today."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.metrics import FOLDER, files, fingerprint, saved_queries

GUARD = "case when currencies = 1 then "
# What is in the currency of a shop.
MONEY = {"sales_revenue", "sales_gross_revenue"}
Document = dict[str, Any]


@pytest.fixture(scope="module")
def meant(parsed: Path) -> str:
    return (parsed / "semantic_manifest.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def metrics(meant: str) -> dict[str, Document]:
    return {metric["name"]: metric for metric in json.loads(meant)["metrics"]}


def is_part(metric: Document) -> bool:
    return bool(metric["config"]["meta"].get("part"))


def measures(metric: Document) -> set[str]:
    return {one["name"] for one in metric["type_params"]["input_measures"]}


def test_the_sql_is_of_the_definitions_as_they_are(meant: str) -> None:
    """If this fails: make metrics."""
    of = fingerprint(meant)
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.sql")}
    assert written.keys() == files(dict.fromkeys(saved_queries(meant), ""), of).keys()
    assert [name for name, text in written.items() if of not in text.splitlines()[0]] == []


def test_a_change_of_meaning_changes_the_fingerprint(meant: str) -> None:
    document = json.loads(meant)
    document["metrics"].reverse()
    document["metrics"][0]["description"] = "In other words."
    assert fingerprint(json.dumps(document)) == fingerprint(meant)
    document["semantic_models"][0]["measures"][0]["expr"] = "2 * revenue"
    assert fingerprint(json.dumps(document)) != fingerprint(meant)


def test_every_metric_is_described_and_asked_somewhere(
    meant: str, metrics: dict[str, Document]
) -> None:
    asked = {
        name
        for query in json.loads(meant)["saved_queries"]
        for name in query["query_params"]["metrics"]
    }
    assert len(metrics) > 15
    assert [name for name, metric in metrics.items() if not metric["description"]] == []
    assert {name for name, metric in metrics.items() if not is_part(metric)} == asked


def test_a_measure_is_read_by_one_simple_metric(meant: str, metrics: dict[str, Document]) -> None:
    """Two simple metrics of one measure would be two definitions of one figure."""
    read = [
        metric["type_params"]["measure"]["name"]
        for metric in metrics.values()
        if metric["type"] == "simple"
    ]
    declared = {
        measure["name"]
        for model in json.loads(meant)["semantic_models"]
        for measure in model["measures"]
    }
    assert len(read) == len(set(read))
    assert set(read) == declared


def test_money_of_two_currencies_is_never_added(metrics: dict[str, Document]) -> None:
    money = {
        name: metric
        for name, metric in metrics.items()
        if measures(metric) & MONEY and not is_part(metric)
    }
    assert money.keys() == {"shop_revenue", "shop_basket"}
    for name, metric in money.items():
        assert metric["type_params"]["expr"].startswith(GUARD), name
        assert "sales_currencies" in measures(metric), name


def test_metrics_measure_columns_that_exist(meant: str, manifest: Document) -> None:
    columns = {node["alias"]: node["columns"].keys() for node in manifest["nodes"].values()
               if node["resource_type"] == "model"}  # fmt: skip
    for model in json.loads(meant)["semantic_models"]:
        known = columns[model["node_relation"]["alias"]]
        parts = (*model["measures"], *model["dimensions"], *model["entities"])
        named = {part["expr"] or part["name"] for part in parts}
        plain = {name for name in named if name.isidentifier()}
        assert len(plain) > 2
        assert plain <= known, model["name"]
