"""Somebody uses every mart: an exposure with an owner, or an owner of its own."""

from typing import Any


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
