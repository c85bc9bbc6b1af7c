"""What `lakeledger dashboards` writes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.models.dashboard import Dashboard
from typer.testing import CliRunner

from operations.cli import app
from operations.dashboards.orders_live import orders_live
from operations.dashboards.pipeline import pipeline


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def says(*options: str, code: int = 0) -> str:
    ended = CliRunner().invoke(app, ["dashboards", *options])
    assert ended.exit_code == code, ended.output
    return ended.output


def written(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_same_files_every_time(tmp_path: Path) -> None:
    for name in ("a", "b", "a"):
        says("--output", str(tmp_path / name), "--seen-as", "/etc/lakeledger")
    first = written(tmp_path / "a")
    assert set(first) == {
        "dashboards/orders-live.json",
        "dashboards/pipeline.json",
        "provisioning/dashboards/lakeledger.yaml",
        "provisioning/datasources/lakeledger.yaml",
    }
    assert written(tmp_path / "b") == first
    assert "path: /etc/lakeledger/dashboards" in first["provisioning/dashboards/lakeledger.yaml"]


def test_addresses_can_be_given(tmp_path: Path) -> None:
    given = ("--hot-store-url", "http://store:8428", "--prometheus-url", "http://own:9090")
    said = says("--output", str(tmp_path / "a"), *given)
    assert f"GF_PATHS_PROVISIONING={tmp_path / 'a' / 'provisioning'}" in said
    sources = written(tmp_path / "a")["provisioning/datasources/lakeledger.yaml"]
    assert "url: http://store:8428" in sources
    assert "url: http://own:9090" in sources


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "could not be written" in says("--output", str(tmp_path / "file"), code=1)


@pytest.mark.parametrize("made", [orders_live, pipeline])
def test_panels_have_titles_of_their_own_a_word_and_a_place(
    made: Callable[[], Dashboard],
) -> None:
    panels: list[Any] = list(made().panels or [])
    titles = [panel.title for panel in panels]
    assert len(set(titles)) == len(titles) > 10
    assert all(panel.description for panel in panels)
    places = {(panel.grid_pos.x, panel.grid_pos.y) for panel in panels if panel.grid_pos}
    assert len(places) == len(panels)
    assert len({panel.id_val for panel in panels}) == len(panels)
