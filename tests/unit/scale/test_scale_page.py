"""The command `lakeledger scale` and its page."""

from pathlib import Path

from typer.testing import CliRunner

from operations.cli import app
from operations.cost.inputs import FILE, read_inputs, read_scenarios
from operations.cost.statement import placed
from operations.dbt import PROJECT
from operations.scale.reading import INPUTS, SCENARIOS, read_figures
from operations.scale.statement import statement

PAGE = PROJECT / "docs" / "scale.md"
ONE = (
    "- name: one day\n"
    "  with: {events_per_second: 400, raw_bytes_per_day: 1.2e+11, peak_hours_per_day: 0,"
    " noise: 0}\n"
)


def test_the_page_says_what_the_simulation_says() -> None:
    """If this fails: lakeledger scale --into docs/scale.md."""
    text = statement(
        read_figures(FILE, INPUTS), read_inputs(INPUTS), read_scenarios(SCENARIOS), seed=1
    )
    page = PAGE.read_text(encoding="utf-8")
    assert placed(page, text, "scale") == page


def test_a_page_is_written_between_its_markers(tmp_path: Path) -> None:
    days, page = tmp_path / "days.yml", tmp_path / "page.md"
    days.write_text(ONE)
    page.write_text("a\n<!-- lakeledger scale: begin -->\n<!-- lakeledger scale: end -->\nb\n")
    ran = CliRunner().invoke(app, ["scale", "--scenarios", str(days), "--into", str(page)])
    assert ran.exit_code == 0, ran.output
    text = page.read_text()
    assert text.startswith("a\n")
    assert text.endswith("b\n")
    assert "| 99 % | one day | 1 | 8 |" in text


def test_a_mistake_is_a_sentence(tmp_path: Path) -> None:
    days = tmp_path / "days.yml"
    for text, says in (
        (ONE.replace("noise", "nose"), "nose: no such input"),
        (ONE.replace("noise: 0", "outage_hours: 20"), "beyond the day"),
        ("- 3", "each scenario has a name"),
    ):
        days.write_text(text)
        ran = CliRunner().invoke(app, ["scale", "--scenarios", str(days)])
        assert ran.exit_code == 1
        assert says in ran.output
        assert "Traceback" not in ran.output
