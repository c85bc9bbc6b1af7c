"""What the benchmark takes from dbt: the panels' SQL, and the tables that they read in the end."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.dbt import run_dbt

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of a dashboard and its compiled SQL."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as dbt knows it: ``columns`` maps names to types."""

    name: str
    relation: str
    columns: Mapping[str, str]
    partition_by: str | None


def compiled(target: Path) -> Manifest:
    """Compiles the panels; needs no connection. The manifest then holds their SQL."""
    arguments = ["compile", "--no-introspect", "--no-populate-cache"]
    run_dbt(
        [*arguments, "--select", "resource_type:analysis"],
        warehouse={},
        target=target,
        log=target.parent / "compile.log",
    )
    document: Manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return document


def panels(manifest: Manifest) -> list[Panel]:
    """Every panel of a dashboard, by name."""
    found = (Panel(node["name"], node["compiled_code"]) for node in _of_dashboards(manifest))
    return sorted(found, key=by_name)


def by_name(thing: Panel | Table) -> str:
    """The name, to sort by."""
    return thing.name


def tables_read(manifest: Manifest, analyses: Collection[str] | None = None) -> list[Table]:
    """The tables below analyses, views looked through, by name; below all panels by default."""
    if analyses is None:
        analyses = {node["name"] for node in _of_dashboards(manifest)}
    return sorted(map(_table, nodes_below(manifest, analyses).values()), key=by_name)


def nodes_below(manifest: Manifest, names: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Nodes of the tables below analyses or models, views looked through, by name."""
    nodes = {**manifest["nodes"], **manifest.get("sources", {})}
    asked = [node for node in manifest["nodes"].values() if node["name"] in names]
    open_ends = {parent for node in asked for parent in node["depends_on"]["nodes"]}
    found: dict[str, Mapping[str, Any]] = {}
    while open_ends:
        node = nodes[open_ends.pop()]
        if node["config"].get("materialized") == "view":
            open_ends |= set(node["depends_on"]["nodes"])
        else:
            found[node["name"]] = node
    return found


def shapes(manifest: Manifest, tables: Iterable[Table]) -> str:
    """Text that changes with the columns of the tables and the SQL of the views between."""
    views = {
        name: node["raw_code"]
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "view"
    }
    return json.dumps([views, [[table.name, dict(table.columns)] for table in tables]])


def _of_dashboards(manifest: Manifest) -> list[Mapping[str, Any]]:
    """Analyses of dashboards; queries that a person runs now and then are nobody's panel."""
    queries = {
        exposure["name"]
        for exposure in manifest.get("exposures", {}).values()
        if exposure["type"] == "analysis"
    }
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "analysis" and node["name"].partition("__")[0] not in queries
    ]


def _table(node: Mapping[str, Any]) -> Table:
    types: Mapping[str, str] = node["config"].get("column_types") or {}
    columns = {
        column["name"]: column["data_type"] or types[column["name"]]
        for column in node["columns"].values()
    }
    return Table(
        node["name"], node["relation_name"], columns, node["config"].get("partition_by") or None
    )
