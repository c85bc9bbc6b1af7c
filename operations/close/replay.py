"""Makes a sealed bill again from the tables as they were, and says whether it is the same.

The queries are the project's own, as dbt compiles them; in them views and gold models are replaced
by their queries, and every other table is read at the Delta version that the seal names.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.close.graph import Graph, Node
from operations.close.inputs import records_hash
from operations.close.model import Content, Seal
from operations.close.periods import CloseRefused
from operations.close.reader import contents_of
from operations.queries import Cursor, literal

# How Spark and Databricks say that the files or the log of a version are gone.
_GONE = (
    "time travel",
    "delta_file_not_found",
    "failed_read_file",
    "filenotfound",
    "nosuchfile",
    "file_not_exist",
    "delta_versions_not_contiguous",
    "delta_version_not_found",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a sealed bill comes to when it is made again."""

    seal: Seal
    content: Content
    records_hash: str

    @property
    def is_same(self) -> bool:
        """Whether rows and records are those that were sealed."""
        return (
            self.content.rows_hash == self.seal.content.rows_hash
            and self.records_hash == self.seal.records_hash
        )


def as_it_was(graph: Graph, unique_id: str, versions: Mapping[str, int]) -> str:
    """The query of a model over its inputs at `versions`.

    Raises:
        CloseRefused: if the model reads a table that the seal has no version of.
    """
    node = graph.nodes[unique_id]
    if node.code is None:
        raise CloseRefused(f"The model {node.name} has not been compiled: lakeledger run.")
    read = {found.relation: below for below, found in _read_by(graph, node)}
    if not read:
        return node.code
    # In one pass: what takes a relation's place names relations itself.
    return re.sub(
        "|".join(re.escape(relation) for relation in read),
        lambda found: _in_place_of(graph, read[found[0]], versions),
        node.code,
    )


def _read_by(graph: Graph, node: Node) -> Iterator[tuple[str, Node]]:
    for below in node.depends_on:
        if below in graph.nodes:
            yield below, graph.nodes[below]


def _in_place_of(graph: Graph, unique_id: str, versions: Mapping[str, int]) -> str:
    node = graph.nodes[unique_id]
    if node.is_made_again:
        return f"({as_it_was(graph, unique_id, versions)}\n)"
    if node.key not in versions:
        raise CloseRefused(
            f"The seal has no version of {node.key}, which the bill reads now: check the project"
            " out at the seal's revision to replay it."
        )
    return f"{node.relation} version as of {versions[node.key]}"


def replay(cursor: Cursor, graph: Graph, seal: Seal) -> Replayed:
    """Makes the bill and the records of a seal again.

    Raises:
        CloseRefused: if a version is gone.
    """
    book = seal.key.book
    bill = as_it_was(graph, graph.model(book.unsealed), seal.input_versions)
    records = _in_place_of(graph, graph.model(book.records), seal.input_versions)
    chosen = (
        f"(select * from ({bill}\n) where account_id = {literal(seal.key.account)}"
        f" and billing_period = {literal(str(seal.key.period))})"
    )
    try:
        content = contents_of(cursor, chosen, book).get(seal.key, Content())
        keys = records_hash(cursor, seal.key, records)
    except Exception as error:
        if any(word in str(error).lower() for word in _GONE):
            raise CloseRefused(_gone_sentence(seal)) from error
        raise
    return Replayed(seal=seal, content=content, records_hash=keys)


def _gone_sentence(seal: Seal) -> str:
    return (
        f"{seal.key} cannot be replayed: VACUUM has removed files of a version that the seal of"
        f" {seal.sealed_at:%Y-%m-%d} read. The sealed rows stand: lakeledger close verify."
    )
