"""Somebody uses every mart: an exposure with an owner, or an owner of its own."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
MART = re.compile(r"\bgold_(?:billing|operational)\.((?:fct|dim|ops)_[a-z0-9_]+)")


def gold_models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] == "gold"
    }


def test_every_mart_has_an_exposure_or_an_owner(manifest: dict[str, Any]) -> None:
    exposed = {
        unique_id
        for exposure in manifest["exposures"].values()
        for unique_id in exposure["depends_on"]["nodes"]
    }
    marts = gold_models(manifest)
    unowned = [
        node["name"]
        for unique_id, node in marts.items()
        if unique_id not in exposed and not node["config"]["meta"].get("owner")
    ]
    assert len(marts) > 10
    assert unowned == []


def test_every_exposure_has_an_owner_and_a_description(manifest: dict[str, Any]) -> None:
    lacking = [
        exposure["name"]
        for exposure in manifest["exposures"].values()
        if not (exposure["owner"].get("name") and exposure["description"])
    ]
    assert lacking == []


def readers() -> dict[str, set[str]]:
    """Marts that a file names with their schema, by the file's path: it asks them."""
    resources = ROOT / "resources"
    code = [
        *(ROOT / "operations").rglob("*.py"),
        *(resources / "alerts").rglob("*.yml"),
        resources / "alert_rules.yml",
    ]
    found = {
        str(path.relative_to(ROOT)): set(MART.findall(path.read_text(encoding="utf-8")))
        for path in code
    }
    return {path: marts for path, marts in found.items() if marts}


def exposed_to(path: str, manifest: dict[str, Any]) -> set[str]:
    """Names of what the exposures of a file, or of the folder that it lies in, depend on."""
    return {
        unique_id.split(".")[-1]
        for exposure in manifest["exposures"].values()
        for code in exposure["config"]["meta"].get("code", ())
        if path == code or path.startswith(f"{code}/")
        for unique_id in exposure["depends_on"]["nodes"]
    }


def test_every_command_that_reads_a_mart_is_exposed(manifest: dict[str, Any]) -> None:
    found = readers()
    assert len(found) > 5
    hidden = {path: marts - exposed_to(path, manifest) for path, marts in found.items()}
    assert {path: marts for path, marts in hidden.items() if marts} == {}


def test_exposures_name_code_that_is_there(manifest: dict[str, Any]) -> None:
    for exposure in manifest["exposures"].values():
        for code in exposure["config"]["meta"].get("code", ()):
            assert (ROOT / code).exists(), exposure["name"]
