"""What dbt's manifest says of the sources that can be replayed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.names import ambiguous, meant, shortest
from operations.replay.window import ReplayRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedSource:
    """A source, its bronze and silver tables as SQL names them, and its name for dbt's selection.

    ``name``: as ingestion calls it; ``full_name``: with its domain.

    ``day``: the column of silver with the day of the event; None where records are states.
    ``is_billing``: whether money is made of it.
    """

    name: str
    full_name: str
    bronze: str
    silver: str
    selector: str
    day: str | None
    is_billing: bool


def declared_sources(manifest: Path) -> tuple[ReplayedSource, ...]:
    """Reads dbt's manifest: every source with files to ingest and its staging model, by name.

    Raises:
        ReplayRefused: if nothing has been built there.
    """
    if not manifest.exists():
        home = manifest.parent.parent
        raise ReplayRefused(f"Nothing has been built in {home}: lakeledger run.")
    document = json.loads(manifest.read_text(encoding="utf-8"))
    found = [
        _source(source, node)
        for unique_id, source in document["sources"].items()
        if source["config"]["meta"].get("ingestion")
        for child in document["child_map"][unique_id]
        for node in [document["nodes"].get(child, {})]
        if node.get("resource_type") == "model" and node["name"].startswith("stg_")
    ]
    return tuple(sorted(found, key=lambda source: source.name))


def _source(source: Mapping[str, Any], node: Mapping[str, Any]) -> ReplayedSource:
    day = node["config"].get("partition_by")
    full_name = f"{source['source_name']}.{source['name']}"
    is_qualified = source["config"]["meta"].get("qualified_names")
    return ReplayedSource(
        name=full_name if is_qualified else source["name"],
        full_name=full_name,
        bronze=source["relation_name"],
        silver=node["relation_name"],
        selector=f"source:{full_name}",
        day=day if isinstance(day, str) else None,
        is_billing=source["config"]["meta"]["handling"]["grade"] == "billing",
    )


def find_sources(
    declared: Sequence[ReplayedSource], names: Sequence[str]
) -> tuple[ReplayedSource, ...]:
    """The sources of these names, each once.

    Raises:
        ReplayRefused: if there is no such source, naming those that there are, or more than one.
    """
    known = {source.full_name: source for source in declared}
    found = {name: meant(name, known) for name in names}
    if unknown := sorted(name for name, full in found.items() if not full):
        raise ReplayRefused(
            f"There is no source {', '.join(unknown)}; there are: {', '.join(shortest(known))}."
        )
    for name, full in found.items():
        if len(full) > 1:
            raise ReplayRefused(ambiguous(name, full))
    return tuple(dict.fromkeys(known[found[name][0]] for name in names))
