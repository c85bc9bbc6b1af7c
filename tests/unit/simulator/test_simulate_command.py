import json

import pytest
from typer.testing import CliRunner

from operations.simulator.cli import app

SMALL = ["--hours", "2", "--events-per-hour", "20", "--usage-per-hour", "20"]


@pytest.fixture
def simulate(tmp_path, monkeypatch):
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path / "home"))
    return lambda *words: CliRunner().invoke(app, [*SMALL, *words])


def test_the_defaults_write_under_the_state_directory(simulate, tmp_path):
    result = simulate()
    assert result.exit_code == 0, result.output
    home = tmp_path / "home"
    assert (home / "landing" / "platform" / "billing_usage").is_dir()
    bill = json.loads((home / "expected_bill.json").read_text())
    assert bill["delivered"] == ["on-time", "late"]
    cost = bill["states"]["all"]["total"]["list_cost"]
    assert f"USD {cost} at list price" in result.stdout
    assert " 0 already there" in result.stdout


def test_the_same_command_again_adds_nothing(simulate):
    simulate()
    assert "Files: 0 written" in simulate().stdout


def test_another_seed_is_refused_with_what_to_do_and_taken_after_clean(simulate):
    simulate()
    refused = simulate("--seed", "2")
    assert refused.exit_code == 2
    assert "--clean" in refused.stderr
    assert "Traceback" not in refused.output
    assert simulate("--seed", "2", "--clean").exit_code == 0


def test_a_run_joins_another_by_force(simulate, tmp_path):
    simulate()
    assert simulate("--seed", "2", "--force").exit_code == 0
    bill = json.loads((tmp_path / "home" / "expected_bill.json").read_text())
    assert len(bill["other_runs_in_landing"]) == 1


def test_a_rate_changes_the_preset(simulate, tmp_path):
    simulate("--faults", "none", "--malformed", "0.5")
    bill = json.loads((tmp_path / "home" / "expected_bill.json").read_text())
    sources = bill["states"]["all"]["sources"]
    assert sources["audit_logs"]["malformed_lines"] > 0
    assert sources["audit_logs"]["duplicate_lines"] == 0


def test_the_on_time_delivery_says_what_is_held_back(simulate):
    result = simulate("--deliver", "on-time", "--late-files", "0.5")
    assert "they come with --deliver late" in result.stdout
    again = simulate("--deliver", "late", "--late-files", "0.5")
    assert again.exit_code == 0
    assert "Held back" not in again.stdout


@pytest.mark.parametrize(
    "words",
    [["--start", "soon"], ["--start", "2999-01-01"], ["--regions", "x y"], ["--deliver", "late"]],
)
def test_wrong_use_ends_with_exit_code_2_and_one_sentence(simulate, words):
    result = simulate(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output
