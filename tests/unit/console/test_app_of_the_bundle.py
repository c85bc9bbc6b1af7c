"""As a Databricks App the console has what it needs, and nothing that it does not."""

import re
import subprocess
import sys

import pytest
from databricks.bundles.apps import App

from operations.dbt import PROJECT
from tests.unit.bundle.bundle import load

REQUIREMENTS = PROJECT / "resources" / "apps" / "requirements.txt"
# What a package is imported as, where that is not its name.
IMPORTED_AS = {
    "pyyaml": "yaml",
    "databricks-sdk": "databricks",
    "databricks-sql-connector": "databricks",
}
LOADED = """
import sys
import operations.console.application, operations.console.desk
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.mark.parametrize("target", ["dev", "staging", "prod"])
def test_the_app_is_understood_and_asks_the_warehouse_of_its_target(target: str) -> None:
    app = load().deployed("apps", target)["console"]
    assert App.from_dict(app).as_dict() == app
    environment = {entry["name"]: entry["value"] for entry in app["config"]["env"]}
    warehouse = app["resources"][0]["sql_warehouse"]["id"]
    assert environment["LAKELEDGER_TARGET"] == "prod"
    assert environment["DATABRICKS_HTTP_PATH"] == f"/sql/1.0/warehouses/{warehouse}"


def test_what_its_command_names_is_there() -> None:
    command = load().deployed("apps", "prod")["console"]["config"]["command"][-1]
    named = re.findall(r"[\w/]+\.(?:py|txt)", command)
    assert len(named) == 2
    assert [path for path in named if not (PROJECT / path).exists()] == []


def test_it_installs_what_is_locked() -> None:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 5
    assert [pin for pin in pins if f"\n{pin} " not in lock] == []


def test_pages_need_neither_spark_nor_dbt_and_nothing_that_is_not_installed() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded = set(ended.stdout.split())
    assert not loaded & {"pyspark", "dbt", "delta", "mlflow", "sklearn", "confluent_kafka"}
    pins = re.findall(r"^([a-z-]+)==", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert {IMPORTED_AS.get(name, name) for name in pins} <= loaded
