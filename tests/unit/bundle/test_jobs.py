"""Every job of the bundle is as it has to be, for every target."""

import json
from pathlib import Path

import pytest
from databricks.bundles.alerts import Alert
from databricks.bundles.cluster_policies import ClusterPolicy

from ingestion.sources import load_sources
from operations.dbt import PROJECT
from tests.unit.bundle.bundle import REFERENCE, load
from tests.unit.bundle.checks import between, faults_of, quartz, secrets
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
