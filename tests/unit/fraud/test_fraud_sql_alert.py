"""The alert of Databricks SQL is one, and asks for what is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from databricks.sdk.service.sql import AlertV2

from operations.dbt import PROJECT

MART = PROJECT / "models/gold/operational/orders/ops_fraud_alerts.yml"


@pytest.fixture
def alert() -> dict[str, Any]:
    text = Path(PROJECT / "resources/alerts/fraud_alerts.yml").read_text(encoding="utf-8")
    # A variable of the bundle, which the service never sees.
    said = text.replace("${var.alerts}", "UNPAUSED")
    found: dict[str, Any] = yaml.safe_load(said)["resources"]["alerts"]["fraud_alerts"]
    return found


def test_every_key_is_known_to_the_service(alert: dict[str, Any]) -> None:
    understood = AlertV2.from_dict(alert).as_dict()
    assert understood == alert


def test_what_is_evaluated_is_a_column_of_the_query(alert: dict[str, Any]) -> None:
    assert f"as {alert['evaluation']['source']['name']}," in alert["query_text"]


def test_the_query_names_columns_of_the_mart(alert: dict[str, Any]) -> None:
    (mart,) = yaml.safe_load(MART.read_text(encoding="utf-8"))["models"]
    columns = {column["name"] for column in mart["columns"]}
    query = alert["query_text"]
    assert f"${{var.catalog}}.gold_operational.{mart['name']}" in query
    asked = {"user_id", "amount", "severity", "order_date", "order_at"}
    assert asked <= columns
    assert asked <= set(re.findall(r"\w+", query))
