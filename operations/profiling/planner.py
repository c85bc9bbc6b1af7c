"""From dbt's manifest to the tables that can be measured. Nothing is asked of the warehouse."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from operations.profiling.checks import check_of
from operations.profiling.errors import ProfileRefused
from operations.profiling.model import Check, Table

Node = Mapping[str, Any]

METRICS = "source.lakeledger.quality.table_metrics"
_CLOCKS = ("landed_at", "ingested_at", "as_of")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_UNIQUE = ("unique", "expect_column_values_to_be_unique")
_UNIQUE_TOGETHER = "expect_compound_columns_to_be_unique"


@dataclass(frozen=True, slots=True)
class Plan:
    """The tables by name, and the one that their figures are kept in, as SQL names it."""

    tables: tuple[Table, ...]
    history: str


def read_plan(manifest: Path) -> Plan:
    """Every model that is a table, every snapshot and every bronze source of a manifest.

    Raises:
        ProfileRefused: if there is no manifest, or one of before there was a history of figures.
    """
    if not manifest.exists():
        raise ProfileRefused(f"Nothing has been built in {manifest.parent.parent}: lakeledger run.")
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ProfileRefused(f"{manifest} is being written: try again after the build.") from error
    if METRICS not in document["sources"]:
        raise ProfileRefused(f"{manifest} declares no table of figures: build once more.")
    return Plan(plan(document), str(document["sources"][METRICS]["relation_name"]))


def plan(document: Mapping[str, Any]) -> tuple[Table, ...]:
    """The tables that a manifest declares, by name."""
    tests = _tests_by_node(document)
    nodes = chain(document["nodes"].items(), document["sources"].items())
    found = (
        _table(node, layer, tests.get(unique_id, []), _allowed(document, unique_id))
        for unique_id, node in nodes
        if (layer := _layer(node)) is not None
    )
    return tuple(sorted(found, key=lambda table: table.name))


def _layer(node: Node) -> str | None:
    """The layer of what is measured; None of views, seeds, tests and tables of our own."""
    kind, materialized = node["resource_type"], node["config"].get("materialized")
    if kind == "source":
        return "bronze" if node["config"].get("meta", {}).get("ingestion") else None
    if kind == "snapshot":
        return "snapshots"
    if kind == "model" and materialized not in ("view", "ephemeral"):
        return str(node["fqn"][1])
    return None


def _domain(node: Node) -> str:
    """`commerce` of gold/billing/commerce/fct_orders, of snap_commerce__products, of a source."""
    if node["resource_type"] == "source":
        return str(node["source_name"])
    if node["resource_type"] == "snapshot":
        return str(node["name"]).removeprefix("snap_").split("__")[0]
    return str(node["fqn"][-2])


def _table(node: Node, layer: str, tests: list[Node], ages: tuple[int, int] | None) -> Table:
    columns = node["columns"]
    name = node.get("identifier") or node.get("alias") or node["name"]
    return Table(
        name=f"{node['schema']}.{name}",
        relation=node["relation_name"],
        layer=layer,
        domain=_domain(node),
        columns=tuple(columns),
        nullable=tuple(c["name"] for c in columns.values() if not _is_not_null(c)),
        key=_key(node, tests),
        checks=(*_rescued(columns), *_checks(tests)),
        clock=next((clock for clock in _CLOCKS if clock in columns), None),
        day=node["config"].get("meta", {}).get("day"),
        allowed_seconds=ages[0] if ages else None,
        refused_seconds=ages[1] if ages else None,
    )


def _is_not_null(column: Node) -> bool:
    return any(constraint["type"] == "not_null" for constraint in column.get("constraints") or ())


def _key(node: Node, tests: list[Node]) -> tuple[str, ...]:
    """As its tests say; else the key that a model is merged on. A snapshot repeats that one."""
    for test in tests:
        if test["name"] == _UNIQUE_TOGETHER and not test["kwargs"].get("row_condition"):
            return tuple(test["kwargs"]["column_list"])
        if test["name"] in _UNIQUE:
            return (test["kwargs"]["column_name"],)
    declared = node["config"].get("unique_key") if node["resource_type"] == "model" else None
    return (declared,) if isinstance(declared, str) else tuple(declared or ())


def _rescued(columns: Mapping[str, Node]) -> Iterator[Check]:
    """Bronze says of each row whether it is a record as declared."""
    if "rescue_reason" in columns and "raw" in columns:
        yield Check("rescued", "raw", "rescue_reason is null")


def _checks(tests: list[Node]) -> Iterator[Check]:
    for test in tests:
        arguments = {k: v for k, v in test["kwargs"].items() if k != "model"}
        if check := check_of(test["name"], arguments):
            yield check


def _tests_by_node(document: Mapping[str, Any]) -> dict[str, list[Node]]:
    """Tests by what they are about; one that looks at some rows only (`where`) is left out."""
    found: dict[str, list[Node]] = {}
    for node in document["nodes"].values():
        test = node.get("test_metadata") if node["resource_type"] == "test" else None
        if test and not node["config"].get("where"):
            sources = [n for n in node["depends_on"]["nodes"] if n.startswith("source.")]
            about = node.get("attached_node") or next(iter(sources), None)
            found.setdefault(str(about), []).append(test)
    return found


def _allowed(document: Mapping[str, Any], unique_id: str) -> tuple[int, int] | None:
    """Seconds allowed and refused by the slowest source behind a table; None where none says."""
    found = [
        ages
        for ancestor in _ancestors(document["parent_map"], unique_id)
        if (ages := _ages(document["sources"].get(ancestor, {}).get("freshness") or {}))
    ]
    return max(found) if found else None


def _ages(freshness: Node) -> tuple[int, int] | None:
    warn, error = (freshness.get(key) or {} for key in ("warn_after", "error_after"))
    allowed, refused = (_seconds(age) for age in (warn or error, error or warn))
    return None if allowed is None or refused is None else (allowed, refused)


def _seconds(age: Node) -> int | None:
    return int(age["count"]) * _SECONDS[age["period"]] if age.get("count") else None


def _ancestors(parents: Mapping[str, list[str]], unique_id: str) -> set[str]:
    found: set[str] = set()
    open_ends = {unique_id}
    while open_ends:
        found |= open_ends
        open_ends = {p for end in open_ends for p in parents.get(end, ())} - found
    return found
