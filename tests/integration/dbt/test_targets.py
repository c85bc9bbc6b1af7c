"""The project parses for every target, with credentials that are made up."""

import os
import subprocess
from pathlib import Path

import pytest

from operations.dbt import PROJECT, dbt_command, dbt_environment

MADE_UP = {
    "DATABRICKS_HOST": "dbc-00000000-0000.cloud.databricks.com",
    "DATABRICKS_HTTP_PATH": "/sql/1.0/warehouses/0000000000000000",
    "DBT_ENV_SECRET_DATABRICKS_TOKEN": "made-up",
    "LAKELEDGER_CI_SCHEMA": "pull_request_7",
}


@pytest.mark.parametrize("target", ["prod", "ci"])
def test_project_parses(target: str, tmp_path: Path) -> None:
    arguments = ["parse", "--target", target, "--target-path", str(tmp_path)]
    ended = subprocess.run(
        dbt_command([*arguments, "--log-path", str(tmp_path)]),
        cwd=PROJECT,
        env=os.environ | dbt_environment(MADE_UP),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert (tmp_path / "manifest.json").exists()
