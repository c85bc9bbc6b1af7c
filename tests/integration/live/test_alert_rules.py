"""Alert rules and configurations, judged by the programs that read them."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.live import alertmanager, prometheus
from operations.live.alertmanager import TEMPLATES
from operations.live.programs import Program
from operations.live.prometheus import RULES, RULES_OF_PIPELINE, limits_rules
from operations.live.settings import Intervals, Limits, LiveSettings, settings_of

PROMTOOL = Program(names=("promtool",), package="prometheus", purpose="rules cannot be tested")
AMTOOL = Program(
    names=("amtool",), package="prometheus-alertmanager", purpose="templates cannot be checked"
)
TESTS = RULES.with_name("orders.test.yml")


def says(*command: str, code: int = 0) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode == code, said
    return said


@pytest.fixture
def rules(tmp_path: Path, installed: Callable[[Program], None]) -> Path:
    """A folder of the rules with their tests, and with the limits' defaults."""
    installed(PROMTOOL)
    for file in (RULES, TESTS):
        shutil.copy(file, tmp_path)
    write(tmp_path / "limits.rules.yml", limits_rules(Limits()))
    return tmp_path


def write(file: Path, content: dict[str, Any]) -> Path:
    file.write_text(yaml.safe_dump(content))
    return file


def test_rules_do_what_they_say(rules: Path) -> None:
    assert "SUCCESS" in says("promtool", "test", "rules", str(rules / TESTS.name))


def test_a_limit_moves_its_alert(rules: Path) -> None:
    write(rules / "limits.rules.yml", limits_rules(Limits(silent_seconds=700)))
    said = says("promtool", "test", "rules", str(rules / TESTS.name), code=1)
    assert "OrdersSilent" in said
    assert "OrdersInvalid" not in said


def test_prometheus_takes_its_configuration(rules: Path) -> None:
    targets = {"prometheus": "127.0.0.1:1", "alertmanager": "127.0.0.1:2", "streams": "[::1]:3"}
    targets["exporter"] = "127.0.0.1:4"
    files = [rules / "limits.rules.yml", rules / RULES.name, RULES_OF_PIPELINE]
    wanted = prometheus.configuration(Intervals(scrape_seconds=0.5), targets, files)
    file = write(rules / "prometheus.yml", wanted)
    assert "3 rule files found" in says("promtool", "check", "config", str(file))


@pytest.mark.parametrize(
    "mail", [{}, {"smarthost": "mail.example.com:587", "username": "u", "password_file": "/p"}]
)
def test_alertmanager_takes_its_configuration(
    tmp_path: Path, installed: Callable[[Program], None], mail: dict[str, str]
) -> None:
    installed(AMTOOL)
    wanted = alertmanager.configuration(settings_of({"mail": mail}), "127.0.0.1:25")
    file = write(tmp_path / "alertmanager.yml", wanted)
    said = says("amtool", "check-config", str(file))
    assert "1 templates" in said
    assert TEMPLATES.exists()
    assert wanted != alertmanager.configuration(LiveSettings(), "127.0.0.1:26")


def test_rules_of_the_pipeline_do_what_they_say(installed: Callable[[Program], None]) -> None:
    installed(PROMTOOL)
    folder = RULES.parent
    assert "SUCCESS" in says("promtool", "test", "rules", str(folder / "pipeline.test.yml"))
    assert "valid" in says("promtool", "check", "config", str(folder / "pipeline.yml"))


@pytest.mark.parametrize("severity", ["page", "ticket"])
def test_alerts_of_the_pipeline_go_where_their_severity_says(
    installed: Callable[[Program], None], severity: str
) -> None:
    installed(AMTOOL)
    file = f"--config.file={TEMPLATES.with_name('pipeline.yml')}"
    assert "2 inhibit rules" in says(
        "amtool", "check-config", str(TEMPLATES.parent / "pipeline.yml")
    )
    said = says("amtool", "config", "routes", "test", file, f"severity={severity}")
    assert said.split()[-1] == severity or said.split()[0] == severity
