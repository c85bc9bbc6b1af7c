"""Commands of jobs, as the programs themselves read them; nothing is run."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer
from dbt.cli.main import cli as dbt_cli

from operations.cli import app
from operations.dbt import PROJECT
from tests.unit.bundle.checks import Document

ENTRY = "../../operations/databricks_task.py"
PAIR = re.compile(r"[A-Z][A-Z0-9_]*=")


def python_commands(job: Document) -> Iterator[tuple[str, list[str], list[str]]]:
    """(task, settings NAME=VALUE, arguments of `lakeledger`) of each Python task."""
    for task in job["tasks"]:
        if "spark_python_task" in task:
            _, *rest = task["spark_python_task"]["parameters"]
            settings = [text for text in rest if PAIR.match(text)]
            command = [text for text in rest[len(settings) :] if text != "parse"]
            yield task["task_key"], settings, command


def lakeledger_faults(job: Document) -> Iterator[str]:
    """Python tasks whose file, order of parameters or command cannot be."""
    for task in job["tasks"]:
        if "spark_python_task" in task and task["spark_python_task"]["python_file"] != ENTRY:
            yield f"{task['task_key']} runs {task['spark_python_task']['python_file']}"
    for key, settings, command in python_commands(job):
        names = {text.partition("=")[0] for text in settings}
        for needed in sorted({"LAKELEDGER_HOME", "LAKELEDGER_ACTOR"} - names):
            yield f"{key} does not set {needed}"
        try:
            parsed(typer.main.get_command(app), "lakeledger", command)
        except typer.TyperException as error:
            yield f"{key}: lakeledger {shlex.join(command)}: {error}"


def parsed(command: Any, name: str, arguments: Sequence[str]) -> Any:
    """The context in which a program would run these arguments; typer has a click of its own.

    Raises:
        click.ClickException, typer.TyperException: if it does not take them.
    """
    context = command.make_context(name, list(arguments))
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        found, command, rest = command.resolve_command(context, rest)
        context = command.make_context(found, rest, parent=context)
    return context


def dbt_commands_of(jobs: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    """(job, command) of each dbt command."""
    for key, job in jobs.items():
        for task in job["tasks"]:
            for command in task.get("dbt_task", {}).get("commands", ()):
                yield key, command


def dbt_parsed(command: str) -> tuple[str, dict[str, Any]]:
    """The name of a dbt command, and its options.

    Raises:
        click.ClickException: if dbt does not take them.
    """
    # The folder that dbt takes by default has to be there; a job names its own.
    profiles = ["--profiles-dir", str(PROJECT / "profiles")]
    context = parsed(dbt_cli, "dbt", [*shlex.split(command)[1:], *profiles])
    given = context.parent.params if context.parent else {}
    return str(context.info_name), {**given, **context.params}
