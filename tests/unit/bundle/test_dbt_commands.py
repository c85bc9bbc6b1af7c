"""What jobs have dbt do, by dbt's own parser: every command selects something, all is built."""

import json
import os
import subprocess
import sys
from typing import Any

import click
import pytest

from operations.dbt import PROJECT, dbt_environment
from tests.unit.bundle.bundle import load
from tests.unit.bundle.commands import dbt_commands_of, dbt_parsed

JOBS = load().deployed("jobs", "prod")
COMMANDS = sorted(set(dbt_commands_of(JOBS)))
NOTHING = "dbt build --select path:models/gould"
# A kind of node is the whole of some commands; `dbt build` takes them all.
KINDS = {"snapshot": "snapshot", "seed": "seed", "test": "test", "freshness": "source"}
BUILDING = {"build", "snapshot", "seed"}
BUILT = {"model", "snapshot", "seed"}


def listing(command: str) -> tuple[str, ...]:
    """The arguments of `dbt ls` that list what a command works on."""
    name, options = dbt_parsed(command)
    arguments = ["ls", "--output", "json", "--output-keys", "unique_id"]
    for option in ("select", "exclude"):
        arguments += [f"--{option}", *options[option]] if options.get(option) else []
    arguments += ["--resource-type", KINDS[name]] if name in KINDS else []
    for excluded in options.get("exclude_resource_types") or ():
        arguments += ["--exclude-resource-type", str(excluded)]
    return tuple(arguments)


def selects(command: str) -> bool:
    return dbt_parsed(command)[0] in {*BUILDING, *KINDS}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt lists for every command, its macros and nodes."""
    commands = [NOTHING, *(command for _, command in COMMANDS if selects(command))]
    wanted = sorted({listing(command) for command in commands})
    ended = subprocess.run(
        [sys.executable, "-m", "tests.unit.bundle.listing", str(tmp_path_factory.mktemp("dbt"))],
        cwd=PROJECT,
        env=os.environ | dbt_environment({}),
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return {**found, "ids": dict(zip(wanted, found["ids"], strict=True))}


def operation_faults(command: str, macros: dict[str, list[str]]) -> list[str]:
    """What is wrong with a `dbt run-operation`."""
    options = dbt_parsed(command)[1]
    name = f"macro.lakeledger.{options['macro']}"
    if name not in macros:
        return [f"{options['macro']} is no macro"]
    return [f"{key} is no argument" for key in options["args"] if key not in macros[name]]


def test_every_command_is_one_that_dbt_takes() -> None:
    assert COMMANDS
    for _, command in COMMANDS:
        name, options = dbt_parsed(command)
        assert options["target"] == "prod", command
        assert set(options["vars"]) == {"http_path", "catalog"}, command
        assert name in {"deps", "build", "snapshot", "seed", "test", "freshness", "run-operation"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("dbt bild", "No such command"),
        ("dbt build --selekt x", "No such option"),
        ("dbt build --threads many", "not a valid integer"),
    ],
)
def test_a_command_that_dbt_does_not_take_is_found(wrong: str, says: str) -> None:
    with pytest.raises(click.ClickException) as refused:
        dbt_parsed(wrong)
    assert says in refused.value.format_message()


@pytest.mark.parametrize("command", sorted({command for _, command in COMMANDS}))
def test_every_command_works_on_something(command: str, project: dict[str, Any]) -> None:
    if selects(command):
        assert project["ids"][listing(command)]
    elif not command.startswith("dbt deps "):
        assert operation_faults(command, project["macros"]) == []


def test_a_selection_of_nothing_is_found(project: dict[str, Any]) -> None:
    assert project["ids"][listing(NOTHING)] == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("dbt run-operation maintain --args '{tables: [x]}'", "tables is no argument"),
        ("dbt run-operation optimise", "optimise is no macro"),
    ],
)
def test_an_operation_that_is_not_there_is_found(
    wrong: str, says: str, project: dict[str, Any]
) -> None:
    assert operation_faults(wrong, project["macros"]) == [says]


def test_every_model_snapshot_and_seed_is_built_by_one_job(project: dict[str, Any]) -> None:
    builders: dict[str, set[str]] = {}
    for job, command in COMMANDS:
        if job != "build_all" and dbt_parsed(command)[0] in BUILDING:
            for node in project["ids"][listing(command)]:
                if project["nodes"].get(node) in BUILT:
                    builders.setdefault(node, set()).add(job)
    built = {
        node for node, kind in project["nodes"].items() if kind in ("model", "snapshot", "seed")
    }
    assert built - builders.keys() == set()
    assert {node: jobs for node, jobs in builders.items() if len(jobs) > 1} == {}
