"""Airflow starts what the bundle's schedules would, at the same times, in the same order."""

import ast
import importlib.util
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from croniter import croniter

from operations.dbt import PROJECT
from tests.unit.bundle.bundle import load

AIRFLOW = PROJECT / "resources" / "airflow"
BUNDLE = load()
JOBS = BUNDLE.resources("jobs")
MONDAY = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def names_of_jobs() -> dict[str, str]:
    """The names of all jobs of the bundle by key."""
    return {key: job["name"] for key, job in JOBS.items()}


@pytest.fixture(scope="module")
def made() -> ModuleType:
    """The module that the DAGs are made from; it lies outside every package."""
    path = AIRFLOW / "dags" / "lakeledger_jobs.py"
    spec = importlib.util.spec_from_file_location("lakeledger_jobs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lakeledger_jobs"] = module
    spec.loader.exec_module(module)
    return module


def starts(expression: str, *, seconds: bool) -> list[datetime]:
    """The next hundred starts after a Monday morning."""
    times = croniter(expression, MONDAY, second_at_beginning=seconds)
    return [times.get_next(datetime) for _ in range(100)]


def test_every_schedule_is_taken_over_with_its_times_and_its_zone(made: ModuleType) -> None:
    scheduled = {key: job["schedule"] for key, job in JOBS.items() if "schedule" in job}
    plans = {plan.key: plan for plan in made.plans()}
    assert plans.keys() == scheduled.keys() == {
        "alerts", "daily", "freshness", "gold", "weekly",
    }  # fmt: skip
    for key, schedule in scheduled.items():
        quartz = schedule["quartz_cron_expression"].replace("?", "*")
        ended = re.sub(r"(?<= )(\d+)/", r"\1-59/", quartz, count=1)
        assert starts(plans[key].cron, seconds=False) == starts(ended, seconds=True), key
        assert plans[key].timezone == schedule["timezone_id"]
        assert plans[key].seconds == JOBS[key]["timeout_seconds"]


def test_steps_are_the_jobs_of_a_job_in_its_order(made: ModuleType) -> None:
    plans = {plan.key: plan for plan in made.plans()}
    for key in ("daily", "weekly"):
        tasks = {task["task_key"]: task for task in JOBS[key]["tasks"]}
        steps = {step.key: step for step in plans[key].steps}
        assert steps.keys() == tasks.keys()
        for name, task in tasks.items():
            before = [one["task_key"] for one in task.get("depends_on", ())]
            assert list(steps[name].after) == before
            called = task["run_job_task"]["job_id"].split(".")[2]
            assert steps[name].job_name == names_of_jobs()[called]
            assert steps[name].rule == task.get("run_if", "ALL_SUCCESS").lower()
            assert steps[name].retries == task["max_retries"]


def test_a_job_with_work_of_its_own_is_one_step(made: ModuleType) -> None:
    gold = next(plan for plan in made.plans() if plan.key == "gold")
    assert [(step.key, step.job_name) for step in gold.steps] == [("gold", "lakeledger gold")]


@pytest.mark.parametrize(
    "quartz",
    ["0 0 3 * *", "30 0 3 * * ?", "0 0 3 L * ?", "0 0 3 15W * ?", "0 0 3 ? * 2", "0 0 3 ? * MON#1",
     "0 0 3 * * ? 2026"],
)  # fmt: skip
def test_what_cron_cannot_say_is_refused(made: ModuleType, quartz: str) -> None:
    with pytest.raises(made.NotUnderstood, match=re.escape(quartz)):
        made.cron_of(quartz)


@pytest.mark.parametrize(
    ("quartz", "cron"),
    [("0 0/5 * * * ?", "0-59/5 * * * *"), ("0 15,45 8-18 ? * MON-FRI", "15,45 8-18 * * MON-FRI"),
     ("0 0 2/6 1 * ?", "0 2-23/6 1 * *")],
)  # fmt: skip
def test_quartz_as_cron(made: ModuleType, quartz: str, cron: str) -> None:
    assert made.cron_of(quartz) == cron


def written(tmp_path: Path, **tasks: dict[str, object]) -> Path:
    schedule = {"quartz_cron_expression": "0 0 3 * * ?", "timezone_id": "UTC"}
    listed = [{"task_key": key, **task} for key, task in tasks.items()]
    job = {"name": "n", "description": "d", "timeout_seconds": 60, "schedule": schedule}
    document = {"resources": {"jobs": {"odd": {**job, "tasks": listed}}}}
    (tmp_path / "odd.yml").write_text(yaml.safe_dump(document))
    return tmp_path


def test_a_job_that_cannot_be_taken_over_is_named(made: ModuleType, tmp_path: Path) -> None:
    nobody = {"run_job_task": {"job_id": "${resources.jobs.nobody.id}"}}
    with pytest.raises(made.NotUnderstood, match="Job odd: a runs no job of these files"):
        made.plans(written(tmp_path, a=nobody))
    with pytest.raises(made.NotUnderstood, match="Job odd: some of its tasks run jobs"):
        made.plans(written(tmp_path, a=nobody, b={"dbt_task": {}}))


def test_the_longest_idempotency_token_is_one_for_databricks(made: ModuleType) -> None:
    longest = max(len(step.key) for plan in made.plans() for step in plan.steps)
    assert longest + len(".20260105T030000.") + len("999") <= 64


def test_the_dag_file_holds_no_fact_of_a_job() -> None:
    """Names, times and order are the bundle's: one place for each."""
    texts = {
        node.value
        for node in ast.walk(ast.parse((AIRFLOW / "dags" / "lakeledger.py").read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert texts & {*JOBS, *names_of_jobs().values()} == set()
    assert not any(re.search(r"\*.*\*", text) for text in texts)


def test_the_lock_of_airflow_has_hashes_and_names_no_address() -> None:
    lock = (AIRFLOW / "requirements.lock").read_text()
    packages = re.split(r"\n(?=[a-z0-9])", lock)[1:]
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in lock
    assert re.search(r"^apache-airflow==3\.", lock, re.MULTILINE)


def test_people_decide_whether_databricks_own_clock_runs() -> None:
    """A preset of a target leaves a value alone: each schedule has to take the variable."""
    for target, says in (("dev", "PAUSED"), ("staging", "PAUSED"), ("prod", "UNPAUSED")):
        jobs = BUNDLE.deployed("jobs", target).values()
        alerts = BUNDLE.deployed("alerts", target).values()
        clocks = [one["schedule"] for one in (*jobs, *alerts) if "schedule" in one]
        assert {clock["pause_status"] for clock in clocks} == {says}, target
        assert len(clocks) == len(made_schedules())


def made_schedules() -> list[str]:
    kinds = (*BUNDLE.resources("jobs").items(), *BUNDLE.resources("alerts").items())
    return [key for key, one in kinds if "schedule" in one]
