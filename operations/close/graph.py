"""Which tables a bill is made of, read from dbt's manifest.

A bill is made again from what is below gold: views and gold models are replaced by their queries,
everything else (silver tables, the ledger) is read as it was, by its Delta version.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.close.books import USAGE, Book
from operations.close.periods import CloseRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A relation of the project: its name in SQL and what it is made of."""

    relation: str
    name: str
    is_view: bool
    is_gold: bool
    is_source: bool
    code: str | None
    depends_on: tuple[str, ...]

    @property
    def key(self) -> str:
        """`schema.table`, as the models' cursors name it."""
        return ".".join(self.relation.replace("`", "").split(".")[-2:]).lower()

    @property
    def is_made_again(self) -> bool:
        """Whether a replay takes its query in its place."""
        return self.is_view or self.is_gold


@dataclass(frozen=True, slots=True)
class Graph:
    """The project's relations by dbt's unique id."""

    nodes: Mapping[str, Node]

    @classmethod
    def load(cls, manifest: Path) -> "Graph":
        """Reads dbt's manifest; seeds, tests and exposures are no part of it."""
        document = json.loads(manifest.read_text(encoding="utf-8"))
        nodes = {
            unique_id: _node(entry)
            for unique_id, entry in {**document["nodes"], **document["sources"]}.items()
            if entry["resource_type"] in ("model", "source", "seed")
        }
        return cls(nodes)

    def model(self, name: str) -> str:
        """The unique id of a model.

        Raises:
            CloseRefused: if the manifest has no such model.
        """
        for unique_id, node in self.nodes.items():
            if node.name == name and not node.is_source:
                return unique_id
        raise CloseRefused(f"The project as last built has no model {name}: lakeledger run.")

    def inputs(self, book: Book = USAGE) -> dict[str, Node]:
        """Every table that a bill reads, by `schema.table`."""
        found = {
            node.key: node
            for start in (book.unsealed, book.records)
            for node in map(self.nodes.__getitem__, self._upstream(self.model(start)))
            if not node.is_made_again
        }
        for name in book.witnesses:
            witness = self.nodes[self.model(name)]
            found[witness.key] = witness
        return dict(sorted(found.items()))

    def made_again(self, book: Book = USAGE) -> list[str]:
        """Names of the models whose queries a replay takes."""
        upstream = {
            unique_id: None
            for start in (book.unsealed, book.records)
            for unique_id in self._upstream(self.model(start))
        }
        return [self.nodes[found].name for found in upstream if self.nodes[found].is_made_again]

    def readers(self, book: Book = USAGE) -> Iterator[tuple[Node, Node]]:
        """(table, input): tables that the bill and its breaks are made of, with those they read.

        Bronze is left out: it moves on while files land, and whether a month has all of its lines
        is what its sectors say.
        """
        pending, seen = [self.model(book.unsealed), self.model(book.breaks)], set[str]()
        while pending:
            unique_id = pending.pop()
            reader = self.nodes.get(unique_id)
            if reader is None or reader.is_source or unique_id in seen:
                continue
            seen.add(unique_id)
            pending += reader.depends_on
            for below in map(self.nodes.get, reader.depends_on):
                if below and not (below.is_source or below.is_view or reader.is_view):
                    yield reader, below

    def _upstream(self, start: str) -> list[str]:
        """`start` and what it is made of, down to what is not made again."""
        found: dict[str, None] = {}
        pending = [start]
        while pending:
            unique_id = pending.pop()
            node = self.nodes.get(unique_id)
            if node is None or unique_id in found:
                continue
            found[unique_id] = None
            if node.is_made_again:
                pending += node.depends_on
        return list(found)


def _node(entry: Mapping[str, object]) -> Node:
    config = entry["config"]
    depends_on = entry.get("depends_on") or {}
    assert isinstance(config, dict)
    assert isinstance(depends_on, dict)
    fqn = entry["fqn"]
    assert isinstance(fqn, list)
    code = entry.get("compiled_code")
    return Node(
        relation=str(entry["relation_name"]),
        name=str(entry["name"]),
        is_view=config.get("materialized") == "view",
        is_gold="gold" in fqn and entry["resource_type"] == "model",
        is_source=entry["resource_type"] == "source",
        code=None if code is None else str(code),
        depends_on=tuple(depends_on.get("nodes", ())),
    )
