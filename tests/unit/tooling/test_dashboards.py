"""Every dashboard has its panels as code; they read what its exposure says, no more, no less."""

from typing import Any

Manifest = dict[str, Any]


def dashboards(manifest: Manifest) -> dict[str, set[str]]:
    """Unique ids of what each dashboard or set of queries depends on, by its name.

    One whose exposure says where its panels are asks no table.
    """
    return {
        exposure["name"]: set(exposure["depends_on"]["nodes"])
        for exposure in manifest["exposures"].values()
        if exposure["type"] in ("dashboard", "analysis")
        and "panels" not in exposure["config"]["meta"]
    }


def panels(manifest: Manifest) -> list[dict[str, Any]]:
    """The analyses: one per panel."""
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "analysis"]


def dashboard_of(panel: dict[str, Any]) -> str:
    """What a panel's name says: `<dashboard>__<panel>`."""
    return str(panel["name"].partition("__")[0])


def test_every_dashboard_has_panels_and_every_panel_a_dashboard(manifest: Manifest) -> None:
    assert len(dashboards(manifest)) > 5
    assert {dashboard_of(panel) for panel in panels(manifest)} == dashboards(manifest).keys()


def test_panels_lie_in_the_folder_of_their_dashboard(manifest: Manifest) -> None:
    for panel in panels(manifest):
        expected = f"resources/dashboards/{dashboard_of(panel)}/{panel['name']}.sql"
        assert panel["original_file_path"] == expected


def test_panels_read_marts_of_their_exposure_only(manifest: Manifest) -> None:
    marts = dashboards(manifest)
    foreign = {
        panel["name"]: set(panel["depends_on"]["nodes"]) - marts[dashboard_of(panel)]
        for panel in panels(manifest)
    }
    assert {name: nodes for name, nodes in foreign.items() if nodes} == {}


def test_every_mart_of_a_dashboard_is_read_by_one_of_its_panels(manifest: Manifest) -> None:
    read: dict[str, set[str]] = {name: set() for name in dashboards(manifest)}
    for panel in panels(manifest):
        read[dashboard_of(panel)] |= set(panel["depends_on"]["nodes"])
    unread = {name: marts - read[name] for name, marts in dashboards(manifest).items()}
    assert {name: marts for name, marts in unread.items() if marts} == {}


def test_panels_say_what_they_show(manifest: Manifest) -> None:
    for panel in panels(manifest):
        assert panel["description"], panel["name"]
        assert panel["raw_code"].startswith("{#- "), panel["name"]
