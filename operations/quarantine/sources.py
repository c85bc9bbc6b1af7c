"""What the project declares of a source, as far as its rejected rows are concerned."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.bounded_yaml import read_yaml


class QuarantineRefused(Exception):
    """A command that would do nothing good; the message says why and what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedSource:
    """A source as dbt names it, its bronze table, and how its rows are handled.

    ``is_whole``: each delivery of a file takes the place of the one before. ``retention_days``:
    how long its rows are kept.
    """

    name: str
    bronze: str
    is_billing: bool
    is_whole: bool
    retention_days: int


def declared_sources(manifest: Path) -> tuple[QuarantinedSource, ...]:
    """Reads dbt's manifest: every source with files to ingest.

    Raises:
        QuarantineRefused: if nothing has been built there.
    """
    if not manifest.exists():
        home = manifest.parent.parent
        raise QuarantineRefused(f"Nothing has been built in {home}: lakeledger run.")
    document = json.loads(manifest.read_text(encoding="utf-8"))
    found = []
    for source in document["sources"].values():
        meta = source["config"]["meta"]
        if ingestion := meta.get("ingestion"):
            found.append(
                QuarantinedSource(
                    name=f"{source['source_name']}.{source['name']}",
                    bronze=source["relation_name"],
                    is_billing=meta["handling"]["grade"] == "billing",
                    is_whole=bool(ingestion.get("allow_overwrites")),
                    retention_days=int(meta["handling"]["retention_days"]),
                )
            )
    return tuple(sorted(found, key=lambda source: source.name))


def sources_as_written(models: Path) -> tuple[QuarantinedSource, ...]:
    """The same from the declarations themselves, for where no build has left a manifest."""
    found = []
    for file in sorted((models / "bronze").rglob("_*__sources.yml")):
        for entry in read_yaml(file.read_text(encoding="utf-8"))["sources"]:
            for table in entry["tables"]:
                meta = table.get("config", {}).get("meta", {})
                if ingestion := meta.get("ingestion"):
                    schema = entry.get("schema", entry["name"])
                    found.append(
                        QuarantinedSource(
                            name=f"{entry['name']}.{table['name']}",
                            bronze=f"{schema}.{table.get('identifier', table['name'])}",
                            is_billing=meta["handling"]["grade"] == "billing",
                            is_whole=bool(ingestion.get("allow_overwrites")),
                            retention_days=int(meta["handling"]["retention_days"]),
                        )
                    )
    return tuple(sorted(found, key=lambda source: source.name))


def find_source(sources: Sequence[QuarantinedSource], name: str) -> QuarantinedSource:
    """The source of this name, with or without its domain.

    Raises:
        QuarantineRefused: if there is none, naming those that there are.
    """
    for source in sources:
        if name in (source.name, source.name.split(".")[-1]):
            return source
    known = ", ".join(source.name.split(".")[-1] for source in sources)
    raise QuarantineRefused(f"There is no source {name}; there are: {known}.")
