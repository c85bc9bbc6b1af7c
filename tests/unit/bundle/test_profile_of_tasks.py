"""What dbt makes of the profile in a dbt task: Databricks gives its environment, vars the rest."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context

from operations.dbt import PROJECT
from tests.unit.bundle.bundle import load
from tests.unit.bundle.commands import dbt_commands_of, dbt_parsed

OF_A_TASK = {"DBT_HOST": "dbc-0.cloud.databricks.com", "DBT_ACCESS_TOKEN": "made-up"}
OF_A_PERSON = {
    "DATABRICKS_HOST": "dbc-1.cloud.databricks.com",
    "DATABRICKS_HTTP_PATH": "/sql/1.0/warehouses/1",
    "DATABRICKS_CATALOG": "own",
    "DBT_ENV_SECRET_DATABRICKS_TOKEN": "own-token",
}


def rendered(environment: Mapping[str, str], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The target prod as dbt reads it."""
    profiles = yaml.safe_load((PROJECT / "profiles/profiles.yml").read_text(encoding="utf-8"))
    set_invocation_context(dict(environment))
    prod = profiles["lakeledger"]["outputs"]["prod"]
    made: dict[str, Any] = ProfileRenderer(dict(variables)).render_data(prod)
    return made


@pytest.mark.parametrize(
    ("target", "catalog"), [("staging", "lakeledger_staging"), ("prod", "lakeledger")]
)
def test_a_task_says_by_vars_what_its_environment_lacks(target: str, catalog: str) -> None:
    bundle = load()
    for _, command in dbt_commands_of(bundle.deployed("jobs", target)):
        made = rendered(OF_A_TASK, dbt_parsed(command)[1]["vars"])
        assert made["host"] == OF_A_TASK["DBT_HOST"]
        assert made["token"] == OF_A_TASK["DBT_ACCESS_TOKEN"]
        assert made["http_path"] == "/sql/1.0/warehouses/made-up-warehouse_id"
        assert made["catalog"] == catalog


def test_a_person_says_it_by_the_environment() -> None:
    made = rendered(OF_A_PERSON | OF_A_TASK, {})
    named = {key: made[key] for key in ("host", "http_path", "catalog", "token")}
    assert list(named.values()) == list(OF_A_PERSON.values())
