"""A model that reads a view whole notes every table below it: else new rows of one are missed."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.benchmarks.project import nodes_below

Manifest = Mapping[str, Any]
_CALL = re.compile(r"whole_view\(\s*ref\('(\w+)'\),\s*\[(.*?)\]", re.DOTALL)
_REFERENCE = re.compile(r"ref\('(\w+)'\)|source\('\w+', '(\w+)'\)")


def noted(raw_code: str) -> dict[str, set[str]]:
    """The tables that a model says lie below each view that it reads whole."""
    return {
        view: {model or source for model, source in _REFERENCE.findall(tables)}
        for view, tables in _CALL.findall(raw_code)
    }


def test_every_table_below_a_view_is_noted(manifest: Manifest) -> None:
    calls = {
        (node["name"], view): tables
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for view, tables in noted(node["raw_code"]).items()
    }
    assert calls
    assert calls == {call: set(nodes_below(manifest, {call[1]})) for call in calls}


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({"v": ["model.t"], "t": []}, {"t"}),
        ({"v": ["model.w", "source.s"], "w": ["model.t"], "t": ["model.u"], "u": []}, {"s", "t"}),
    ],
)
def test_views_between_are_looked_through(
    parents: Mapping[str, list[str]], expected: set[str]
) -> None:
    nodes = {
        f"model.{name}": {
            "name": name,
            "resource_type": "model",
            "depends_on": {"nodes": read},
            "config": {"materialized": "view" if name in "vw" else "incremental"},
        }
        for name, read in parents.items()
    }
    sources = {"source.s": {"name": "s", "config": {}}}
    assert set(nodes_below({"nodes": nodes, "sources": sources}, {"v"})) == expected
