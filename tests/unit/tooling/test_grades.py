"""The grade of a mart is in its folder, its name and its meta, and what it reads keeps to it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

Manifest = Mapping[str, Any]

# Usage as it is here now, whole or not; and the one way from it into a bill.
UNGATED = {
    "int_platform__usage_records",
    "stg_platform__billing_usage",
    "stg_platform__billable_usage",
}
GATE = "int_platform__complete_usage_records"
PREFIXES = {"billing": ("fct_", "dim_"), "operational": ("ops_",)}
SAYS_OF_ITSELF = {"is_partial", "regions_missing", "completeness_pct", "as_of"}
MONEY = re.compile(r"cost|amount|price", re.IGNORECASE)


def models(manifest: Manifest, *folder: str) -> dict[str, dict[str, Any]]:
    """The models of a folder by name."""
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and tuple(node["fqn"][1 : 1 + len(folder)]) == folder
        and node["package_name"] == "lakeledger"
    }


def reads(raw_code: str) -> set[str]:
    """Models that the rows come from: references in the SQL, not those that find changed days."""
    body = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", raw_code, flags=re.DOTALL)
    return set(re.findall(r"ref\('(\w+)'\)", body))


def reaches(name: str, graph: Mapping[str, set[str]], stop: str) -> set[str]:
    """Every model that the rows of one come from, not looking beyond `stop`."""
    found: set[str] = set()
    open_ends = {name}
    while open_ends:
        new = {parent for end in open_ends - {stop} for parent in graph.get(end, set())}
        open_ends = new - found
        found |= new
    return found


def faults(
    name: str, columns: set[str], meta: Mapping[str, Any], graph: Mapping[str, set[str]]
) -> list[str]:
    """What a billing model reads that it must not."""
    read = reaches(name, graph, GATE)
    wrong = [f"{name} reads {parent}, an operational mart" for parent in sorted(read)
             if parent.startswith("ops_")]  # fmt: skip
    incomplete = sorted(read & UNGATED)
    if incomplete and not meta.get("reads_incomplete"):
        wrong.append(f"{name} reads {incomplete} and so incomplete sectors; read {GATE}")
    if meta.get("reads_incomplete") and any(MONEY.search(column) for column in columns):
        wrong.append(f"{name} reads incomplete sectors and has money")
    return wrong


def test_name_folder_and_meta_agree(manifest: Manifest) -> None:
    for grade, prefixes in PREFIXES.items():
        found = models(manifest, "gold", grade)
        assert len(found) > 5
        assert [name for name in found if not name.startswith(prefixes)] == []
        assert {node["config"]["meta"].get("grade") for node in found.values()} == {grade}
    silver = models(manifest, "silver")
    assert [name for name in silver if not name.startswith(("stg_", "int_"))] == []
    gold = {name for grade in PREFIXES for name in models(manifest, "gold", grade)}
    assert models(manifest).keys() == silver.keys() | gold


def test_every_gold_column_has_a_contract_and_a_description(manifest: Manifest) -> None:
    for name, node in models(manifest, "gold").items():
        assert node["config"]["contract"]["enforced"], name
        assert "**Grain**" in node["description"], name
        assert node["columns"], name
        for column in node["columns"].values():
            assert column["data_type"], (name, column["name"])
            assert column["description"], (name, column["name"])


def test_operational_marts_say_what_they_lack(manifest: Manifest) -> None:
    lacking = {
        name: SAYS_OF_ITSELF - node["columns"].keys()
        for name, node in models(manifest, "gold", "operational").items()
        if not node["columns"].keys() >= SAYS_OF_ITSELF
    }
    assert lacking == {}


def test_billing_reads_complete_sectors_only(manifest: Manifest) -> None:
    everything = models(manifest)
    graph = {name: reads(node["raw_code"]) for name, node in everything.items()}
    assert GATE in reaches("fct_usage_hourly", graph, GATE)
    assert UNGATED & graph[GATE]
    found = [
        fault
        for name, node in models(manifest, "gold", "billing").items()
        for fault in faults(name, set(node["columns"]), node["config"]["meta"], graph)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("graph", "meta", "columns", "expected"),
    [
        ({"fct_x": {GATE}, GATE: {"int_platform__usage_records"}}, {}, {"billed_cost"}, 0),
        ({"fct_x": {"int_y"}, "int_y": {"stg_platform__billing_usage"}}, {}, set(), 1),
        ({"fct_x": {GATE, "ops_y"}}, {}, set(), 1),
        ({"fct_x": {"int_platform__usage_records"}}, {"reads_incomplete": "why"}, {"detail"}, 0),
        ({"fct_x": {"int_platform__usage_records"}}, {"reads_incomplete": "why"}, {"list_cost"}, 1),
    ],
)
def test_rule_catches_what_it_is_for(
    graph: dict[str, set[str]], meta: dict[str, str], columns: set[str], expected: int
) -> None:
    assert len(faults("fct_x", columns, meta, graph)) == expected
