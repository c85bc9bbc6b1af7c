"""A Python task of Databricks: `databricks_task.py PROJECT [NAME=VALUE …] [parse] COMMAND …`.

PROJECT is the folder into which the bundle puts the project, which is where packages, models and
macros are read from: what runs is what was deployed. NAME=VALUE are set in the environment, for
serverless compute has none; `parse` has dbt write its manifest first, for commands that read it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PAIR = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)


def main(arguments: Sequence[str]) -> int:
    """Runs the command in this process, which has the task's Spark session; gives its exit code."""
    project, *rest = arguments
    sys.path.insert(0, project)
    while rest and (pair := _PAIR.fullmatch(rest[0])):
        os.environ[pair[1]] = pair[2]
        del rest[0]
    name_warehouse()
    if rest[:1] == ["parse"]:
        del rest[0]
        parse(Path(project))
    return run(rest)


def name_warehouse() -> None:
    """Completes the address of the SQL warehouse with the identity that the job runs as."""
    if os.environ.get("LAKELEDGER_TARGET") != "prod":
        return
    from databricks.sdk.core import Config

    config = Config()
    os.environ.setdefault("DATABRICKS_HOST", config.host or "")
    kind, _, token = config.authenticate().get("Authorization", "").partition(" ")
    if kind == "Bearer":
        os.environ.setdefault("DBT_ENV_SECRET_DATABRICKS_TOKEN", token)


def parse(project: Path) -> None:
    """Has dbt write the manifest to where a build on one machine leaves it."""
    from operations.dbt import dbt_command, dbt_environment
    from warehouse.settings import Settings

    home = Settings.from_environment().home
    folders = ["--target-path", str(home / "target"), "--log-path", str(home / "logs")]
    environment = dbt_environment({"DBT_TARGET": "prod"}, project)
    subprocess.run(
        dbt_command(["parse", *folders]), cwd=project, env=environment, check=True, timeout=600
    )


def run(command: Sequence[str]) -> int:
    """The command line itself, without ending the process."""
    from operations.cli import app

    try:
        app(list(command), prog_name="lakeledger")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


if __name__ == "__main__":
    # A task that ends by SystemExit(0) counts as failed in some runtimes.
    if ended := main(sys.argv[1:]):
        raise SystemExit(ended)
