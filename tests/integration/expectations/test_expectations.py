"""Every test of dbt_expectations, in one dbt run, on rows that fit and on rows that do not."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lakehouse_fixtures import Lakehouse

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CASES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "cases.yml").read_text())
OUTCOMES = {"passes": "pass", "fails": "fail"}


def numbered_cases() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Name, dbt test, table and arguments of each case."""
    for test, case in CASES.items():
        for outcome in OUTCOMES:
            listed = case[outcome] if isinstance(case[outcome], list) else [case[outcome]]
            for number, arguments in enumerate(listed, start=1):
                yield f"{outcome}_{test}_{number}", test, case.get("table", "readings"), arguments


def declared_tests() -> dict[str, Any]:
    """The cases as the properties that dbt reads."""
    by_table: dict[str, list[Any]] = {"readings": [], "seen": []}
    for name, test, table, arguments in numbered_cases():
        entry = {"name": name, "arguments": arguments}
        by_table[table].append({f"dbt_expectations.{test}": entry})
    return {"models": [{"name": name, "data_tests": tests} for name, tests in by_table.items()]}


@pytest.fixture(scope="module")
def results(lakehouse: Lakehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each case: test name to status."""
    project = tmp_path_factory.mktemp("expectations") / "project"
    shutil.copytree(HERE / "project", project)
    (project / "macros").mkdir()
    shutil.copy(ROOT / "macros" / "dbt_expectations_spark.sql", project / "macros")
    (project / "models" / "properties.yml").write_text(yaml.safe_dump(declared_tests()))
    packages = os.environ.get("DBT_PACKAGES_INSTALL_PATH", "offline_packages")
    dbt = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "build", "--threads", "4"],
        cwd=project,
        env=os.environ
        | lakehouse.connection.dbt_environment()
        | {
            "DBT_PROFILES_DIR": str(ROOT / "profiles"),
            "DBT_PACKAGES_INSTALL_PATH": str(ROOT / packages),
        },
        capture_output=True,
        text=True,
        timeout=240,
    )
    written = project / "target" / "run_results.json"
    assert written.exists(), dbt.stdout + dbt.stderr
    ran = json.loads(written.read_text())["results"]
    return {result["unique_id"].split(".")[2]: result["status"] for result in ran}


@pytest.mark.parametrize("name", [name for name, *_ in numbered_cases()])
def test_outcome(name: str, results: dict[str, str]) -> None:
    assert results[name] == OUTCOMES[name.split("_")[0]]


def test_every_test_of_the_stand_in_has_a_case() -> None:
    macros = (ROOT / "offline_packages" / "dbt_expectations" / "macros").glob("*.sql")
    lines = [line for macro in macros for line in macro.read_text().splitlines()]
    defined = {line.split()[2].split("(")[0] for line in lines if line.startswith("{% test ")}
    assert defined == set(CASES)
