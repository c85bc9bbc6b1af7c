"""Every job of the bundle, for every target; and each check finds what it is for."""

import json
from pathlib import Path
from typing import Any

import pytest
from databricks.bundles.alerts import Alert
from databricks.bundles.cluster_policies import ClusterPolicy

from ingestion.sources import load_sources
from operations.dbt import PROJECT
from tests.unit.bundle.bundle import REFERENCE, Bundle, Unresolved, load, texts_in, with_value
from tests.unit.bundle.checks import Document, between, faults_of, quartz, secrets
from tests.unit.bundle.commands import lakeledger_faults, python_commands

BUNDLE = load()
TARGETS = tuple(BUNDLE.root["targets"])
JOBS = BUNDLE.deployed("jobs", "prod")
IDS = {100 + number: key for number, key in enumerate(sorted(JOBS))}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("key", JOBS)
def test_a_job_is_as_it_has_to_be(key: str, target: str) -> None:
    job = BUNDLE.deployed("jobs", target)[key]
    assert faults_of(job) == []
    assert list(lakeledger_faults(job)) == []


def test_jobs_start_jobs_that_wait_for_it() -> None:
    assert list(between(JOBS, IDS)) == []


def test_a_job_has_a_file_of_its_name() -> None:
    for file, document in BUNDLE.files.items():
        if file.startswith("resources/jobs/"):
            assert list(document["resources"]["jobs"]) == [Path(file).stem]


def test_every_job_starts_in_some_way_or_says_that_people_start_it() -> None:
    started = {
        IDS[task["run_job_task"]["job_id"]]
        for job in JOBS.values()
        for task in job["tasks"]
        if "run_job_task" in task
    }
    by_itself = {key for key, job in JOBS.items() if {"schedule", "continuous"} & set(job)}
    for key in JOBS.keys() - started - by_itself:
        text = (PROJECT / f"resources/jobs/{key}.yml").read_text(encoding="utf-8")
        assert text.startswith("# By hand"), key


def test_schedules_are_in_utc() -> None:
    zones = {job["schedule"]["timezone_id"] for job in JOBS.values() if "schedule" in job}
    assert zones == {"UTC"}


@pytest.mark.parametrize("target", ["staging", "prod"])
def test_what_is_deployed_for_others_runs_as_service_principals(target: str) -> None:
    declared = BUNDLE.root["targets"][target]
    assert declared["mode"] == "production"
    assert list(declared["run_as"]) == ["service_principal_name"]
    assert declared["permissions"]
    assert set(declared["resources"]["jobs"]) <= set(JOBS)
    for key in declared["resources"]["jobs"]:
        assert list(BUNDLE.deployed("jobs", target)[key]["run_as"]) == ["service_principal_name"]


def test_who_writes_bronze_is_not_who_builds() -> None:
    ingest = BUNDLE.resolved("${var.ingest_principal}", "prod")
    for key, job in JOBS.items():
        runs_as = job.get("run_as", {}).get("service_principal_name")
        assert (runs_as == ingest) == ("bronze" in key), key


@pytest.mark.parametrize("target", TARGETS)
def test_policies_and_alerts_are_understood(target: str) -> None:
    policies = BUNDLE.deployed("cluster_policies", target)
    alerts = BUNDLE.deployed("alerts", target)
    assert policies
    assert alerts
    for policy in policies.values():
        ClusterPolicy.from_dict(policy)
    for alert in alerts.values():
        Alert.from_dict(alert)
        assert list(quartz(alert["schedule"]["quartz_cron_schedule"])) == []


def test_every_variable_is_used_and_described() -> None:
    declared = BUNDLE.root["variables"]
    used = {
        path.removeprefix("var.") for text in BUNDLE.texts() for path in REFERENCE.findall(text)
    }
    assert set(declared) - used == set()
    assert [name for name, entry in declared.items() if not entry.get("description")] == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_variable_of_a_target_is_declared(target: str) -> None:
    assert set(BUNDLE.root["targets"][target].get("variables", {})) <= set(BUNDLE.root["variables"])


def test_no_file_has_a_secret() -> None:
    assert list(secrets(BUNDLE.texts())) == []


def test_regional_sources_are_taken_by_every_group_and_all_others_once() -> None:
    taken: dict[str, list[str]] = {}
    for key, job in JOBS.items():
        for _, _, command in python_commands(job):
            if command[0] == "ingest":
                for source in (word for word in command if word.startswith("--source=")):
                    taken.setdefault(source.removeprefix("--source="), []).append(key)
    regional = {"bronze_us", "bronze_eu", "bronze_ap"}
    for source in load_sources(PROJECT / "models"):
        groups = taken.pop(source.name)
        of_all = "bronze_orders" if source.topic else "bronze_global"
        whole = source.topic or source.region == "global"
        assert set(groups) == ({of_all} if whole else regional), source.name
        assert len(groups) == len(set(groups))
    assert taken == {}


def test_ingest_clusters_keep_to_their_policy() -> None:
    policies = BUNDLE.deployed("cluster_policies", "prod")
    names = {str(100 + number): key for number, key in enumerate(sorted(policies))}
    for key, job in JOBS.items():
        for place in job.get("job_clusters", ()):
            cluster = place["new_cluster"]
            rules = json.loads(policies[names[cluster["policy_id"]]]["definition"])
            assert rules["aws_attributes.availability"]["value"] == "SPOT_WITH_FALLBACK"
            assert cluster["node_type_id"] in rules["node_type_id"]["values"], key
            assert cluster["spark_version"] == rules["spark_version"]["value"], key
            for end in ("min_workers", "max_workers"):
                limits = rules[f"autoscale.{end}"]
                assert cluster["autoscale"][end] <= limits["maxValue"], key


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
