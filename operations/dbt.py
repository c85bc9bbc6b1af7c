"""Runs dbt as a user would, against the warehouse in hand, and says what came of it."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.lineage.telling import tell_quietly
from warehouse.provenance import ACTOR, GIT_REVISION, actor, git_revision

PROJECT = Path(__file__).resolve().parent.parent
HUB_PACKAGES = "dbt_packages"
STAND_IN_PACKAGES = "offline_packages"
SEEDS = "LAKELEDGER_SEEDS"
RULES = "LAKELEDGER_RULES"
# What dbt calls a node that ended badly.
FAILED = ("error", "fail", "runtime error")

# Runs dbt with these arguments in this environment, its output into the file; gives its exit code.
Execute = Callable[[Sequence[str], Mapping[str, str], Path], int]


class DbtFailed(Exception):
    """dbt ended with an error; the message names what failed and where its log is.

    ``failures``: the nodes that failed, each with dbt's message.
    """

    def __init__(self, message: str, failures: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.failures = tuple(failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class DbtOutcome:
    """What a dbt command came to: nodes by status, and the failed ones with dbt's message."""

    statuses: Mapping[str, int]
    failures: tuple[str, ...]
    seconds: float

    @property
    def summary(self) -> str:
        """`93 ok, 1 warning` and the like, worst last."""
        names = {
            "success": "ok",
            "pass": "ok",
            "warn": "warnings",
            "error": "errors",
            "fail": "failed",
        }
        counts: Counter[str] = Counter()
        for status, count in self.statuses.items():
            counts[names.get(status, status)] += count
        return ", ".join(f"{count} {name}" for name, count in counts.items())


def dbt_environment(warehouse: Mapping[str, str], project: Path = PROJECT) -> dict[str, str]:
    """The process environment with what profiles.yml and dbt_project.yml ask for."""
    installed = (project / HUB_PACKAGES / "dbt_expectations").is_dir()
    environment = {
        "DBT_PROFILES_DIR": str(project / "profiles"),
        "DBT_PACKAGES_INSTALL_PATH": HUB_PACKAGES if installed else STAND_IN_PACKAGES,
        ACTOR: actor(),
        GIT_REVISION: git_revision(project),
        **os.environ,
        **warehouse,
    }
    for folder in (SEEDS, RULES):
        if given := environment.get(folder):
            environment[folder] = seeds_in_project(Path(given), project)
    return environment


def seeds_of(home: Path) -> dict[str, str]:
    """The variable for seeds that lie in a home: a simulated account brings its own."""
    folder = home / "seeds"
    return {SEEDS: str(folder)} if SEEDS not in os.environ and folder.is_dir() else {}


def seeds_in_project(folder: Path, project: Path = PROJECT) -> str:
    """A folder of seeds as a path relative to the project; one from outside is copied into it.

    dbt writes what it compiles below its target folder under the seed's own path; an absolute path
    leads out of there, back onto the seed.
    """
    absolute = folder if folder.is_absolute() else project / folder
    if absolute.is_relative_to(project):
        return str(absolute.relative_to(project))
    name = hashlib.sha256(str(absolute).encode()).hexdigest()[:8]
    copy = project / ".lakeledger" / "seeds" / name
    copy.mkdir(parents=True, exist_ok=True)
    for file in sorted(absolute.glob("*.csv")):
        content = file.read_bytes()
        target = copy / file.name
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    return str(copy.relative_to(project))


def dbt_command(arguments: Sequence[str]) -> list[str]:
    """The dbt of this very environment, whatever else is on the PATH."""
    return [str(Path(sys.executable).with_name("dbt")), *arguments]


def in_a_process(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """dbt as a user starts it."""
    with log.open("wb") as output:
        ended = subprocess.run(
            dbt_command(arguments),
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return ended.returncode


def run_dbt(
    arguments: Sequence[str],
    *,
    warehouse: Mapping[str, str],
    target: Path,
    log: Path,
    execute: Execute = in_a_process,
) -> DbtOutcome:
    """Runs dbt quietly: its output goes to `log`, its artifacts to `target`.

    Raises:
        DbtFailed: if dbt ends with an error.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    results = target / "run_results.json"
    # What `dbt retry` has to do stands in the results of the command before.
    if arguments[0] != "retry":
        results.unlink(missing_ok=True)
    paths = ["--target-path", str(target), "--log-path", str(log.parent / "debug")]
    command = ["--no-use-colors", *arguments, *paths]
    exit_code = execute(command, dbt_environment(warehouse), log)
    tell_quietly(target)
    outcome = read_outcome(results)
    if exit_code != 0:
        failures = "\n  ".join(outcome.failures) or "it did not get as far as a node"
        message = f"dbt {arguments[0]} failed:\n  {failures}\nIts whole output is in {log}."
        raise DbtFailed(message, outcome.failures)
    return outcome


def read_outcome(results: Path) -> DbtOutcome:
    """Reads run_results.json; an absent file is an outcome without nodes."""
    if not results.exists():
        return DbtOutcome(statuses={}, failures=(), seconds=0.0)
    document: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    nodes = document["results"]
    return DbtOutcome(
        statuses=Counter(node["status"] for node in nodes),
        failures=tuple(
            f"{node['unique_id']}: {' '.join(str(node['message']).split())[:400]}"
            for node in nodes
            if node["status"] in FAILED
        ),
        seconds=float(document["elapsed_time"]),
    )


def invocation_of(target: Path) -> str:
    """The id of the run whose results lie in this folder; empty where there are none."""
    results = target / "run_results.json"
    if not results.exists():
        return ""
    return str(json.loads(results.read_text(encoding="utf-8"))["metadata"]["invocation_id"])
