"""Workflows of GitHub Actions as their files say them, and what can be wrong with them."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import typer
import yaml

from operations.cli import app
from operations.dbt import PROJECT
from tests.unit.bundle.commands import dbt_parsed, parsed

FOLDER = PROJECT / ".github" / "workflows"
FULL_VERSION = re.compile(r"[\w.-]+/[\w./-]+@v\d+\.\d+\.\d+")
# Text that somebody outside can choose must not get into a shell.
FROM_OUTSIDE = re.compile(r"\$\{\{[^}]*\bgithub\.(?:event\b|head_ref|base_ref)[^}]*\}\}")
# Programs of the runner: there is nothing of this project to check in what they are told.
OF_THE_RUNNER = {"git", "databricks"}
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
Document = Mapping[str, Any]


def load() -> dict[str, Document]:
    """Every workflow by its file's name."""
    return {
        path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.yml"))
    }


def faults(workflow: Document) -> Iterator[str]:
    """What is wrong with a workflow, in a sentence each."""
    if workflow.get("permissions") != {"contents": "read"}:
        yield "the workflow may do more than read"
    if "concurrency" not in workflow:
        yield "the workflow has no concurrency"
    for key, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            yield f"{key} has no timeout"
        unknown = {*_listed(job.get("needs"))} - workflow["jobs"].keys()
        if unknown:
            yield f"{key} needs {sorted(unknown)}, which are not there"
        for step in job["steps"]:
            yield from step_faults(step)


def step_faults(step: Document) -> Iterator[str]:
    """What is wrong with a step."""
    if "uses" in step and not FULL_VERSION.fullmatch(step["uses"]):
        yield f"{step['uses']} is not pinned to a full version"
    script = step.get("run", "")
    if FROM_OUTSIDE.search(script):
        yield f"text from outside gets into a shell: {script}"
    for line in script.splitlines():
        yield from command_faults(line)


def command_faults(line: str) -> Iterator[str]:
    """What is wrong with one line of a script: nothing that it names may be missing."""
    # A second checkout of this project.
    there = line.replace("$RUNNER_TEMP/checkout", str(PROJECT)).replace("$RUNNER_TEMP", "/tmp")
    program, *arguments = shlex.split(there)
    if program == "make":
        yield from (f"make {one} is no target" for one in arguments if one not in TARGETS)
    elif program.startswith(".venv/bin/"):
        yield from _of_the_project(program.removeprefix(".venv/bin/"), arguments)
    elif "/" in program:
        if not (PROJECT / program).is_file():
            yield f"{program} is not there"
    elif program not in OF_THE_RUNNER:
        yield f"{program} is not known here: {line}"


def _of_the_project(program: str, arguments: list[str]) -> Iterator[str]:
    try:
        if program == "dbt":
            dbt_parsed(shlex.join([program, *arguments]))
        elif program == "lakeledger":
            parsed(typer.main.get_command(app), program, arguments)
        elif program == "pytest":
            paths = [one for one in arguments if not one.startswith("-")]
            yield from (f"{one} is not there" for one in paths if not (PROJECT / one).exists())
        else:
            yield f"{program} is not known here"
    except (click.ClickException, typer.TyperException) as error:
        yield f"{program} {shlex.join(arguments)}: {error}"


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def named_files(workflow: Document) -> Iterator[Path]:
    """Files that paths of triggers and the keys of caches name, wildcards left out."""
    # YAML 1.1 reads the key `on` as true.
    for trigger in workflow[True].values():
        for path in (trigger or {}).get("paths", ()):
            yield PROJECT / path.partition("/**")[0]
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            key = str(step.get("with", {}).get("key", ""))
            yield from (PROJECT / name for name in re.findall(r"'([^']+)'", key))
