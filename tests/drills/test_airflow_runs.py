"""The DAGs in Airflow itself, of the locked version, against a Jobs API on loopback."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from operations.dbt import PROJECT
from tests.drills.jobs_api import TOKEN, JobsApi, served
from tests.unit.tooling.test_airflow import AIRFLOW, names_of_jobs

LOCK = AIRFLOW / "requirements.lock"
Document = dict[str, Any]


class Airflow:
    """Airflow in an environment of its own, with a database of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.dags = AIRFLOW / "dags"
        uv = Path(sys.executable).with_name("uv")
        isolated = ["run", "--quiet", "--no-project", "--isolated", "--python", sys.executable]
        self._python = [str(uv), *isolated, "--with-requirements", str(LOCK), "python"]

    def runs(self, *dags: str, api: JobsApi) -> Document:
        """What DAGs there are, and what came of a run of those that are named."""
        script = str(PROJECT / "tests" / "drills" / "airflow_days.py")
        said = self.python(script, str(self.dags), *dags, api=api)
        found: Document = json.loads(said.strip().splitlines()[-1])
        return found

    def python(self, *arguments: str, api: JobsApi) -> str:
        """What Python says, or the failure of the test."""
        clean = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
        ended = subprocess.run(
            [*self._python, *arguments],
            env=clean | self._environment(api),
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
        return ended.stdout

    def _environment(self, api: JobsApi) -> dict[str, str]:
        connection = {
            "conn_type": "databricks",
            "host": "127.0.0.1",
            "port": api.port,
            "schema": "http",
            "password": TOKEN,
        }
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW_CONN_DATABRICKS_DEFAULT": json.dumps(connection),
            "LAKELEDGER_POLL_SECONDS": "1",
        }


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    airflow = Airflow(tmp_path_factory.mktemp("airflow"))
    airflow.python("-m", "airflow", "db", "migrate", api=JobsApi({}))
    return airflow


def jobs_api(*failing: str, prefix: str = "") -> JobsApi:
    names = names_of_jobs().values()
    numbers = {f"{prefix}{name}": 100 + number for number, name in enumerate(names)}
    return JobsApi(numbers, failing={f"lakeledger {name}" for name in failing})


def test_airflow_takes_the_dags_as_they_are_meant(airflow: Airflow) -> None:
    found = airflow.runs(api=JobsApi({}))
    assert found["errors"] == {}
    assert found["dags"].keys() == {f"lakeledger_{key}" for key in
                                    ("alerts", "daily", "freshness", "gold", "weekly")}  # fmt: skip
    assert found["dags"]["lakeledger_daily"]["cron"] == "0 3 * * *"
    assert found["dags"]["lakeledger_daily"]["after"]["quality"] == ["checks"]
    assert found["dags"]["lakeledger_daily"]["rules"]["close"] == "all_done"
    assert all(dag["deferrable"] for dag in found["dags"].values())


def test_a_day_and_a_week_run_their_jobs_in_order(airflow: Airflow) -> None:
    with served(jobs_api()) as api:
        found = airflow.runs("lakeledger_daily", "lakeledger_gold", "lakeledger_weekly", api=api)
    assert api.refused == []
    assert {run["state"] for run in found["runs"].values()} == {"success"}
    ran = [name.removeprefix("lakeledger ") for name in api.names()]
    assert sorted(ran) == sorted({"deletion", "seeds", "checks", "quality", "close", "maintenance",
                                  "maintenance bronze", "gold", "models train", "models score",
                                  "accuracy"})  # fmt: skip
    for first, second in (("deletion", "seeds"), ("seeds", "checks"), ("checks", "close"),
                          ("models train", "models score")):  # fmt: skip
        assert ran.index(first) < ran.index(second)
    assert min(run["looks"] for run in api.runs) > api.looks


def test_a_step_that_fails_stops_what_needs_it_and_nothing_else(airflow: Airflow) -> None:
    with served(jobs_api("seeds")) as api:
        found = airflow.runs("lakeledger_daily", api=api)
    assert api.refused == []
    tasks = found["runs"]["lakeledger_daily"]["tasks"]
    assert (tasks["seeds"], tasks["checks"]) == ("failed", "upstream_failed")
    others = {"deletion", "quality", "close", "maintenance", "maintenance_bronze"}
    assert {tasks[key] for key in others} == {"success"}
    assert "lakeledger checks" not in api.names()


def test_a_wrong_argument_is_seen_when_the_dags_are_loaded(
    airflow: Airflow, tmp_path: Path
) -> None:
    folder = tmp_path / "airflow" / "dags"
    copytree(AIRFLOW / "dags", folder)
    copytree(PROJECT / "resources" / "jobs", tmp_path / "jobs")
    file = folder / "lakeledger.py"
    file.write_text(file.read_text().replace("deferrable=True", "deferred=True"))
    broken = Airflow(airflow.home)
    broken.dags = folder
    assert "deferred" in broken.runs(api=JobsApi({}))["errors"]["lakeledger.py"]
