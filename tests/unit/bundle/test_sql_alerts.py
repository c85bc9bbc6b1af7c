"""Every alert is one for Databricks SQL, and asks for what is there."""

import re
from typing import Any

import pytest
import yaml
from databricks.sdk.service.sql import AlertV2

from ingestion.platform_log import COLUMNS, COMPONENT
from operations.dbt import PROJECT
from tests.unit.bundle.bundle import load

ALERTS = load().deployed("alerts", "prod")
# Words of a query that are no columns.
WORDS = """select as count distinct sum coalesce max from where and or not is null interval hours
minutes current_timestamp current_date date_sub"""


def columns_of(table: str) -> set[str]:
    """Columns of a mart by its contract, or of the platform's log."""
    if table == "operations.platform_logs":
        return set(COLUMNS)
    (file,) = (PROJECT / "models").rglob(f"{table.split('.')[-1]}.yml")
    (model,) = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    return {column["name"] for column in model["columns"]}


def unknown_columns(query: str) -> set[str]:
    """Names in a query that are no column of its table."""
    (table,) = re.findall(r"from lakeledger\.([\w.]+)", query)
    plain = re.sub(r"'[^']*'|from lakeledger\.[\w.]+", "", query)
    own = set(re.findall(r"\bas (\w+)", plain))
    words = set(re.findall(r"[a-z_]+", plain)) - set(WORDS.split()) - own
    return words - columns_of(table)


@pytest.mark.parametrize("key", ALERTS)
def test_an_alert_is_understood_and_evaluates_a_column(key: str) -> None:
    alert: dict[str, Any] = ALERTS[key]
    assert AlertV2.from_dict(alert).as_dict() == alert
    assert f"as {alert['evaluation']['source']['name']}," in alert["query_text"]
    assert unknown_columns(alert["query_text"]) == set()
    assert (PROJECT / f"resources/alerts/{key}.yml").exists()


def test_a_column_that_is_not_there_is_found() -> None:
    query = ALERTS["freshness_alerts"]["query_text"].replace("is_within_slo", "is_on_time")
    assert unknown_columns(query) == {"is_on_time"}


def test_components_of_the_log_are_those_that_write_it() -> None:
    query = ALERTS["failure_alerts"]["query_text"]
    named = set(re.findall(r"component = '(\w+)'", query))
    rollback = (PROJECT / "macros" / "rollback.sql").read_text(encoding="utf-8")
    assert named == {COMPONENT, "rollback"}
    assert "'component': 'rollback'" in rollback


@pytest.mark.parametrize("key", ALERTS)
def test_the_runbook_that_it_names_is_there(key: str) -> None:
    for path in re.findall(r"docs/[\w/-]+\.md", ALERTS[key]["custom_description"]):
        assert (PROJECT / path).exists(), path
