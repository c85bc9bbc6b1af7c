"""Workflows name what is there, are pinned, and may do no more than they need."""

from typing import Any

import pytest

from operations.dbt import PROJECT
from tests.unit.workflows.workflows import command_faults, faults, load, named_files, step_faults

WORKFLOWS = load()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_is_wrong(name: str) -> None:
    assert list(faults(WORKFLOWS[name])) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_files_that_are_named_are_there(name: str) -> None:
    assert [path for path in named_files(WORKFLOWS[name]) if not path.exists()] == []


def test_what_users_expect_is_run() -> None:
    steps = "\n".join(
        step.get("run", "")
        for workflow in WORKFLOWS.values()
        for job in workflow["jobs"].values()
        for step in job["steps"]
    )
    for wanted in (
        "state:modified+ --defer", "source freshness", "state:modified.contract", "make lint",
        "make test-unit", "bundle validate", "make site", ".ci/run",
    ):  # fmt: skip
        assert wanted in steps, wanted


def test_the_python_of_the_workflows_is_one_that_is_supported() -> None:
    versions = {
        step["with"]["python-version"]
        for workflow in WORKFLOWS.values()
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "setup-python" in step.get("uses", "")
    }
    assert versions == {"3.11"}
    assert 'requires-python = ">=3.11' in (PROJECT / "pyproject.toml").read_text()


def test_rights_to_write_are_of_one_job_and_of_pages_alone() -> None:
    writing = {
        (name, key): job["permissions"]
        for name, workflow in WORKFLOWS.items()
        for key, job in workflow["jobs"].items()
        if "write" in job.get("permissions", {}).values()
    }
    assert writing == {
        ("bundle.yml", "validate"): {"contents": "read", "id-token": "write"},
        ("docs.yml", "publish"): {"pages": "write", "id-token": "write"},
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("make bild", "make bild is no target"),
        (".venv/bin/dbt bild", "No such command"),
        (".venv/bin/dbt build --selekt x", "No such option"),
        (".venv/bin/lakeledger clos", "clos"),
        (".venv/bin/pytest tests/unity", "tests/unity is not there"),
        (".ci/runs", ".ci/runs is not there"),
        ("curl -s example.com", "curl is not known here"),
    ],
)
def test_a_command_that_is_not_there_is_found(line: str, says: str) -> None:
    (found,) = command_faults(line)
    assert says in found


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"uses": "actions/checkout@v5"}, "not pinned"),
        ({"uses": "actions/checkout@main"}, "not pinned"),
        ({"run": "git log ${{ github.event.pull_request.title }}"}, "text from outside"),
        ({"run": "git log ${{ github.head_ref }}"}, "text from outside"),
    ],
)
def test_an_unsafe_step_is_found(step: dict[str, Any], says: str) -> None:
    assert any(says in fault for fault in step_faults(step))


def test_a_workflow_without_bounds_is_found() -> None:
    job = {"needs": "nobody", "steps": []}
    found = list(faults({"permissions": "write-all", "jobs": {"a": job}}))
    assert len(found) == 4
