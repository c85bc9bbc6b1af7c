"""Commands work on a SQL warehouse of Databricks where the environment says so, and only then."""

from pathlib import Path

import pytest
from databricks import sql

from operations.dbt import PROJECT
from warehouse.databricks import SqlWarehouse, named_warehouse
from warehouse.errors import SettingsInvalid
from warehouse.lifecycle import running_warehouse
from warehouse.provenance import SETTING

ADDRESS = {
    "DATABRICKS_HOST": "https://dbc-00000000-0000.cloud.databricks.com/",
    "DATABRICKS_HTTP_PATH": "/sql/1.0/warehouses/0000000000000000",
    "DATABRICKS_CATALOG": "lakeledger_staging",
    "DBT_ENV_SECRET_DATABRICKS_TOKEN": "made-up",
}
PROD = {"LAKELEDGER_TARGET": "prod"}


@pytest.mark.parametrize("target", [{}, {"LAKELEDGER_TARGET": ""}, {"LAKELEDGER_TARGET": "local"}])
def test_an_address_alone_means_this_machine(target: dict[str, str]) -> None:
    assert named_warehouse(ADDRESS | target) is None


@pytest.mark.parametrize("missing", [name for name in ADDRESS if "CATALOG" not in name])
def test_what_is_missing_is_named(missing: str) -> None:
    environment = {name: value for name, value in ADDRESS.items() if name != missing} | PROD
    with pytest.raises(SettingsInvalid, match=missing):
        named_warehouse(environment)


def test_another_target_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="'staging'; it has to be local or prod"):
        named_warehouse(ADDRESS | {"LAKELEDGER_TARGET": "staging"})


def test_a_named_warehouse_is_taken_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (ADDRESS | PROD).items():
        monkeypatch.setenv(name, value)
    with running_warehouse(tmp_path) as connection:
        assert isinstance(connection, SqlWarehouse)
    assert list(tmp_path.iterdir()) == []


def test_dbt_is_told_the_target_and_what_its_profile_reads() -> None:
    named = named_warehouse(ADDRESS | PROD)
    assert named is not None
    told = named.dbt_environment()
    assert told.pop("DBT_TARGET") == "prod"
    assert told == ADDRESS | {"DATABRICKS_HOST": "dbc-00000000-0000.cloud.databricks.com"}
    profile = (PROJECT / "profiles" / "profiles.yml").read_text(encoding="utf-8").split("prod:")[-1]
    assert all(f"env_var('{name}'" in profile for name in told)


def test_the_connector_is_given_address_token_and_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr(sql, "connect", lambda **options: given.update(options))
    named = named_warehouse(ADDRESS | PROD)
    assert named is not None
    named.connect(session_configuration={"a": "b", SETTING: "refused there"})
    assert given == {
        "server_hostname": "dbc-00000000-0000.cloud.databricks.com",
        "http_path": "/sql/1.0/warehouses/0000000000000000",
        "access_token": "made-up",
        "catalog": "lakeledger_staging",
        "enable_telemetry": False,
        "session_configuration": {"a": "b"},
    }


def test_a_cluster_is_told_who_makes_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr(sql, "connect", lambda **options: given.update(options))
    named = named_warehouse(ADDRESS | PROD | {"DATABRICKS_HTTP_PATH": "sql/protocolv1/o/1/2"})
    assert named is not None
    named.connect(session_configuration={SETTING: "who"})
    assert given["session_configuration"] == {SETTING: "who"}
