"""Rules, routes, dashboard and runbook speak of the same figures and alerts."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from operations.dashboards.pipeline import pipeline
from operations.exporter.catalogue import FIGURES, OWN
from warehouse.settings import PROJECT

PROMETHEUS = PROJECT / "resources" / "prometheus"
RUNBOOK = PROJECT / "docs" / "runbooks" / "pipeline-alerts.md"
ROUTES = PROJECT / "resources" / "alertmanager" / "pipeline.yml"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "pipeline.rules.yml").read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
NAMES = sorted({rule["alert"] for rule in ALERTS})
TESTED = [
    tested
    for test in yaml.safe_load((PROMETHEUS / "pipeline.test.yml").read_text())["tests"]
    for tested in test["alert_rule_test"]
]
LABELS = {figure.metric: set(figure.labels) for figure in (*FIGURES, *OWN)}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
# What Prometheus makes itself.
BUILT_IN = {"ALERTS", "up"}


def named(expression: str) -> set[str]:
    """The series of this project that an expression names."""
    return set(re.findall(r"\b(?:lakeledger[a-z_:]+\w|ALERTS|up)\b", expression))


def chosen_by(expression: str) -> list[tuple[str, set[str]]]:
    """Series with the labels that it is chosen by."""
    return [
        (name, set(re.findall(r"(\w+)=", labels)))
        for name, labels in re.findall(r"(lakeledger_\w+)\{([^}]*)\}", expression)
    ]


def expressions() -> dict[str, str]:
    found: dict[str, str] = {rule.get("alert") or rule["record"]: rule["expr"] for rule in RULES}
    panels: Sequence[Any] = pipeline().panels or []
    for panel in panels:
        for number, target in enumerate(panel.targets or []):
            found[f"panel {panel.title} {number}"] = target.expr
    return found


def test_every_expression_asks_for_figures_that_are_exported() -> None:
    found = expressions()
    assert len(found) > 35
    for where, expression in found.items():
        assert named(expression), where
        assert named(expression) <= LABELS.keys() | RECORDED | BUILT_IN, where
        for name, labels in chosen_by(expression):
            assert labels <= LABELS[name], where


def test_every_figure_but_moments_is_shown_or_judged() -> None:
    used = set().union(*map(named, expressions().values()))
    unused = {name for name in LABELS if name not in used and "timestamp" not in name}
    assert unused == {
        "lakeledger_collector_seconds",
        "lakeledger_quarantine_rows",
    }


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_an_alert_has_severity_summary_description_and_runbook(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["for"]
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    anchor = f"docs/runbooks/pipeline-alerts.md#{rule['alert'].lower()}"
    assert rule["annotations"]["runbook_url"] == anchor


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_an_alert_is_tested_silent_and_firing(rule: dict[str, Any]) -> None:
    tested = [one for one in TESTED if one["alertname"] == rule["alert"]]
    severity = rule["labels"]["severity"]
    outcomes = {
        any(alert["exp_labels"]["severity"] == severity for alert in one["exp_alerts"])
        for one in tested
    }
    assert outcomes == {True, False}


def test_the_runbook_has_a_heading_for_each_alert_and_no_other() -> None:
    assert sorted(re.findall(r"^## (\w+)$", RUNBOOK.read_text(), re.MULTILINE)) == NAMES


def test_a_page_silences_its_ticket_by_labels_that_alerts_have() -> None:
    routes = yaml.safe_load(ROUTES.read_text())
    first = routes["inhibit_rules"][0]
    assert first["source_matchers"] == ['severity="page"']
    assert first["target_matchers"] == ['severity="ticket"']
    labels = {label for figure in FIGURES for label in figure.labels}
    assert set(first["equal"]) <= labels | {"alertname"}
    told = re.findall(r"[A-Z]\w+", " ".join(map(str, routes["inhibit_rules"][1].values())))
    assert told
    assert set(told) <= set(NAMES)
