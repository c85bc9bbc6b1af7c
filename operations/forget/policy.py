"""What dbt's manifest says of tables: which are deleted from and made again, which are changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

QUARANTINE = "silver.quarantine"
# delete: its input is judged again. rebuild: dbt replaces what its input has changed. replace: put
# the pseudonym into the row.
Way = Literal["delete", "rebuild", "replace"]


@dataclass(frozen=True, slots=True)
class Project:
    """Tables of the project by `schema.table`: how dbt selects them, and which way they go."""

    selectors: Mapping[str, str]
    ways: Mapping[str, Way]

    def way(self, name: str) -> Way:
        """What to do with rows of a table that hold somebody."""
        return "delete" if name == QUARANTINE else self.ways.get(name, "replace")

    def selection(self, names: frozenset[str]) -> tuple[str, ...]:
        """Arguments of dbt that build these tables and all that reads them; none for no table."""
        chosen = sorted(f"{self.selectors[name]}+" for name in names if name in self.selectors)
        return ("--select", *chosen) if chosen else ()


def read_project(manifest: Path) -> Project:
    """Reads dbt's manifest; without one nothing has been built, and nothing is to be."""
    if not manifest.exists():
        return Project({}, {})
    document = json.loads(manifest.read_text(encoding="utf-8"))
    selectors: dict[str, str] = {}
    ways: dict[str, Way] = {}
    for source in document["sources"].values():
        if source["config"]["meta"].get("ingestion"):
            key = f"{source['schema']}.{source['identifier']}".lower()
            selectors[key] = f"source:{source['source_name']}.{source['name']}"
    for node in document["nodes"].values():
        if node["resource_type"] in ("model", "snapshot"):
            key = f"{node['schema']}.{node['alias']}".lower()
            selectors[key] = node["name"]
            ways[key] = _way(node, document["sources"])
    return Project(selectors, ways)


def _way(node: Mapping[str, Any], sources: Mapping[str, Any]) -> Way:
    if node["resource_type"] != "model":
        return "replace"
    if node["fqn"][1] != "silver":
        return "rebuild"
    if node["config"]["materialized"] != "incremental":
        return "rebuild"
    read = [sources[name] for name in node["depends_on"]["nodes"] if name in sources]
    return "replace" if any(map(_keeps_its_keys, read)) else "delete"


def _keeps_its_keys(source: Mapping[str, Any]) -> bool:
    """Whether records of money keep their identity when a person in them gets a pseudonym.

    They are never away, then, not even between two statements.
    """
    meta = source["config"]["meta"]
    handling, record = meta.get("handling", {}), meta.get("record", {})
    if handling.get("grade") != "billing":
        return False
    told = {*handling.get("person_fields", ()), "content", "line"}
    return not told & {str(part).split(".")[0] for part in record.get("natural_key", ())}
