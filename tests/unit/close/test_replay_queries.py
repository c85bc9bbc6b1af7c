"""Queries of gold are replaced by what they are made of, everything else by its version."""

import pytest

from operations.close.graph import Graph, Node
from operations.close.periods import CloseRefused
from operations.close.replay import as_it_was


def node(relation: str, code: str | None = None, below: str = "", **kind: bool) -> Node:
    return Node(
        relation=relation,
        name=relation.split(".")[-1].strip("`"),
        is_view=kind.get("view", False),
        is_gold=kind.get("gold", False),
        is_source=kind.get("source", False),
        code=code,
        depends_on=tuple(below.split()),
    )


GRAPH = Graph(
    {
        "bill": node("`c`.`gold`.`bill`", "select * from `c`.`gold`.`hourly` as h", "hourly"),
        "hourly": node(
            "`c`.`gold`.`hourly`",
            "select * from `c`.`silver`.`usage` -- all",
            "usage stg",
            gold=True,
        ),
        "usage": node("`c`.`silver`.`usage`", "select * from `c`.`silver`.`stg`", "stg", view=True),
        "stg": node("`c`.`silver`.`stg`", "select 1"),
    }
)


def test_down_to_the_tables_at_their_versions() -> None:
    query = as_it_was(GRAPH, "bill", {"silver.stg": 7})
    assert " ".join(query.split()) == (
        "select * from (select * from (select * from `c`.`silver`.`stg` version as of 7 ) -- all )"
        " as h"
    )
    # The comment ends with its line, before the bracket.
    assert "-- all\n)" in query


def test_a_table_that_the_seal_does_not_know_is_told() -> None:
    with pytest.raises(CloseRefused, match=r"no version of silver\.stg"):
        as_it_was(GRAPH, "bill", {})
