"""A model that reads a view whole notes every table below it: else new rows of one are missed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

Manifest = Mapping[str, Any]
_CALL = re.compile(r"whole_view\(\s*ref\('(\w+)'\),\s*\[(.*?)\]", re.DOTALL)
_REFERENCE = re.compile(r"ref\('(\w+)'\)|source\('\w+', '(\w+)'\)")


def noted(raw_code: str) -> dict[str, set[str]]:
    """The tables that a model says lie below each view that it reads whole."""
    return {
        view: {model or source for model, source in _REFERENCE.findall(tables)}
        for view, tables in _CALL.findall(raw_code)
    }


def below(manifest: Manifest, view: str) -> set[str]:
    """The tables from which a view's rows come, whatever views lie between."""
    by_name = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }

    def walked(name: str) -> Iterator[str]:
        for parent in by_name[name]["depends_on"]["nodes"]:
            node = manifest["nodes"].get(parent) or manifest["sources"][parent]
            if node["config"].get("materialized") == "view":
                yield from walked(node["name"])
            else:
                yield node["name"]

    return set(walked(view))


def test_every_table_below_a_view_is_noted(manifest: Manifest) -> None:
    calls = {
        (node["name"], view): tables
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for view, tables in noted(node["raw_code"]).items()
    }
    assert calls
    assert calls == {call: below(manifest, call[1]) for call in calls}


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
    assert below({"nodes": nodes, "sources": sources}, "v") == expected
