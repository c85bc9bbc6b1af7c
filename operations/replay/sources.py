"""What dbt's manifest says of the sources that can be replayed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.replay.window import ReplayRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedSource:
    """A source, its bronze and silver tables as SQL names them, and its name for dbt's selection.

    ``day``: the column of silver with the day of the event; None where records are states.
    ``is_billing``: whether money is made of it.
    """

    name: str
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
    return ReplayedSource(
        name=source["name"],
        bronze=source["relation_name"],
        silver=node["relation_name"],
        selector=f"source:{source['source_name']}.{source['name']}",
        day=day if isinstance(day, str) else None,
        is_billing=source["config"]["meta"]["handling"]["grade"] == "billing",
    )


def find_sources(
    declared: Sequence[ReplayedSource], names: Sequence[str]
) -> tuple[ReplayedSource, ...]:
    """The sources of these names, each once.

    Raises:
        ReplayRefused: if there is no such source, naming those that there are.
    """
    known = {source.name: source for source in declared}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise ReplayRefused(
            f"There is no source {', '.join(unknown)}; there are: {', '.join(known)}."
        )
    return tuple(known[name] for name in dict.fromkeys(names))
