"""Every alert says what it is, is tested both ways, and has its place in the runbook."""

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from operations.live.prometheus import RULES
from operations.live.settings import Limits
from warehouse.settings import PROJECT

RUNBOOK = PROJECT / "docs" / "runbooks" / "orders-live.md"
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load(RULES.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}
TESTED = [
    tested
    for test in yaml.safe_load(RULES.with_name("orders.test.yml").read_text())["tests"]
    for tested in test.get("alert_rule_test", ())
]


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_severity_summary_description_and_runbook(name: str) -> None:
    rule: dict[str, Any] = ALERTS[name]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["runbook"] == f"docs/runbooks/orders-live.md#{name.lower()}"


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_tested_silent_and_firing(name: str) -> None:
    outcomes = {bool(tested["exp_alerts"]) for tested in TESTED if tested["alertname"] == name}
    assert outcomes == {True, False}


def test_the_runbook_has_a_heading_for_each_alert_and_no_other() -> None:
    assert re.findall(r"^## (\w+)$", RUNBOOK.read_text(), re.MULTILINE) == list(ALERTS)


def test_every_limit_is_held_against_something() -> None:
    used = set(re.findall(r'lakeledger_limit\{of="(\w+)"\}', RULES.read_text()))
    assert used == {limit.name for limit in fields(Limits)}
