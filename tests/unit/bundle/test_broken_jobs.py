"""Each check of the bundle finds what it is for: the real files, with one thing changed."""

from typing import Any

import pytest

from tests.unit.bundle.bundle import Bundle, Unresolved, load, texts_in, with_value
from tests.unit.bundle.checks import Document, between, faults_of, secrets
from tests.unit.bundle.commands import lakeledger_faults

BUNDLE = load()
JOBS = BUNDLE.deployed("jobs", "prod")
IDS = {100 + number: key for number, key in enumerate(sorted(JOBS))}


def changed(key: str, *path: str | int, to: Any) -> Document:
    """A job of production with another value at a place; None takes it away."""
    job: Document = with_value(JOBS[key], path, to)
    return job


SCHEDULE = ("schedule", "quartz_cron_expression")
CLOSE = ("tasks", 1)
COMMANDS = ("tasks", 0, "dbt_task", "commands")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (changed("gold", "retries", to=1), "is no job"),
        (changed("gold", "tasks", 0, "dbt_task", "warehouse", to="x"), "is no job"),
        (changed("gold", "tasks", 0, "run_if", to="SOMETIMES"), "is no job"),
        (changed("gold", "tasks", 0, "task_key", to=None), "is no job"),
        (changed("gold", "tasks", 0, "task_key", to="billing"), "same key"),
        (changed("close", *CLOSE, "depends_on", 0, "task_key", to="state"), "which is no task"),
        (changed("close", *CLOSE, "depends_on", 0, "task_key", to="verify"), "wait for each other"),
        (changed("gold", "tasks", 0, "run_job_task", to={"job_id": 1}), "of one type"),
        (changed("gold", "tasks", 0, "dbt_task", to=None), "of one type, not of none"),
        (changed("gold", "tasks", 0, "environment_key", to=None), "one place to run"),
        (changed("gold", "tasks", 0, "environment_key", to="other"), "not declared"),
        (changed("deletion", "job_clusters", 0, "job_cluster_key", to="x"), "not declared"),
        (changed("gold", *COMMANDS, to=[]), "0 commands"),
        (changed("gold", *COMMANDS, to=["dbt deps "] * 11), "11 commands"),
        (
            changed("gold", *COMMANDS, 0, to="dbt run"),
            "begin with dbt deps",
        ),
        (changed("gold", *COMMANDS, 1, to="ls -l"), "no command of dbt"),
        (changed("gold", "continuous", to={}), "starts in 2 ways"),
        (changed("gold", "schedule", "timezone_id", to="Mars/Base"), "time zone Mars/Base"),
        (changed("gold", *SCHEDULE, to="0/5 * * * *"), "has 5 fields"),
        (changed("gold", *SCHEDULE, to="0 0/5 * * * *"), "open by ?"),
        (changed("gold", *SCHEDULE, to="0 0 3 ? * 1"), "by number"),
        (changed("gold", *SCHEDULE, to="0 61 3 * * ?"), "no cron expression"),
        (changed("gold", "max_concurrent_runs", to=2), "once at a time"),
        (changed("gold", "timeout_seconds", to=None), "no timeout_seconds"),
        (changed("gold", "timeout_seconds", to=0), "for ever"),
        (changed("gold", "queue", to=None), "queue"),
        (changed("gold", "tasks", 0, "max_retries", to=None), "max_retries"),
        (changed("silver", "continuous", "task_retry_mode", to="NEVER"), "not tried again"),
        (changed("silver", "tasks", 0, "max_retries", to=1), "takes no retries"),
        (changed("gold", "email_notifications", "on_failure", to=[]), "when it fails"),
        (changed("gold", "health", to=None), "no health rule for RUN_DURATION_SECONDS"),
        (changed("bronze_us", "health", "rules", to=[]), "STREAMING_BACKLOG_SECONDS"),
        (
            changed("bronze_us", "email_notifications", "on_streaming_backlog_exceeded", to=None),
            "when it is unwell",
        ),
    ],
)
def test_a_broken_job_is_found(broken: Document, says: str) -> None:
    assert [fault for fault in faults_of(broken) if says in fault] != []


PARAMETERS = ("tasks", 0, "spark_python_task", "parameters")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (changed("close", *PARAMETERS, -1, to="statuses"), "No such command"),
        (changed("bronze_us", *PARAMETERS, -1, to="--sources=jobs"), "No such option"),
        (changed("bronze_us", *PARAMETERS, 12, to="often"), "valid number"),
        (changed("bronze_us", *PARAMETERS, 1, to="HOME=/x"), "does not set LAKELEDGER_HOME"),
        (changed("close", "tasks", 0, "spark_python_task", "python_file", to="a.py"), "runs a.py"),
    ],
)
def test_a_command_that_cannot_be_is_found(broken: Document, says: str) -> None:
    assert [fault for fault in lakeledger_faults(broken) if says in fault] != []


@pytest.mark.parametrize(
    ("called", "says"),
    [
        (1, "job 1, which is no job"),
        (next(number for number, key in IDS.items() if key == "gold"), "starts by itself"),
        (next(number for number, key in IDS.items() if key == "weekly"), "starts by itself"),
    ],
)
def test_a_call_that_cannot_be_is_found(called: int, says: str) -> None:
    task = ("tasks", 0, "run_job_task", "job_id")
    broken = {**JOBS, "weekly": changed("weekly", *task, to=called)}
    assert [fault for fault in between(broken, IDS) if says in fault] != []


def test_jobs_that_start_each_other_are_found() -> None:
    number = next(number for number, key in IDS.items() if key == "accuracy")
    calls = {"task_key": "again", "run_job_task": {"job_id": number}}
    broken = {**JOBS, "accuracy": {**JOBS["accuracy"], "tasks": [calls]}}
    assert any("start each other" in fault for fault in between(broken, IDS))


@pytest.mark.parametrize(
    "reference", ["${var.unknown}", "${resources.jobs.unknown.id}", "${workspace.nothing}"]
)
def test_a_reference_to_nothing_is_found(reference: str) -> None:
    broken: Bundle = BUNDLE.changed(
        "resources/jobs/gold.yml", "resources", "jobs", "gold", "description", to=reference
    )
    with pytest.raises(Unresolved, match="leads to nothing"):
        broken.deployed("jobs", "prod")


@pytest.mark.parametrize(
    "text",
    [
        "dapi" + "0123456789abcdef" * 2,
        "AKIA" + "A" * 16,
        "-----BEGIN RSA PRIVATE KEY-----",
        "sasl.password=hunter2",
    ],
)
def test_a_secret_is_found(text: str) -> None:
    assert list(secrets(texts_in({"tasks": [{"parameters": [text]}]}))) != []
