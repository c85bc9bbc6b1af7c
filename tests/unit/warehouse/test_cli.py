"""What the commands answer while no warehouse runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from warehouse.cli import app


@pytest.mark.parametrize("command", ["status", "env", "sql"])
def test_without_a_warehouse_a_command_says_how_to_start_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path))
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 1
    assert "start" in result.output


def test_stopping_what_does_not_run_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["stop"])
    assert (result.exit_code, result.output.strip()) == (0, "No warehouse was running.")


def test_a_bad_setting_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKELEDGER_PORT", "many")
    result = CliRunner().invoke(app, ["start"])
    assert result.exit_code == 2
    assert "LAKELEDGER_PORT" in result.output
