"""Who does something to the tables, in which run, with which code: what every commit carries."""

import getpass
import json
import os
import subprocess
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# Names of environment variables that say what the process cannot know, as in a container of CI.
ACTOR, GIT_REVISION = "LAKELEDGER_ACTOR", "LAKELEDGER_GIT_REVISION"
# The setting of a session whose value stands in every commit that the session makes.
SETTING = "spark.databricks.delta.commitInfo.userMetadata"
_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """One run of one component."""

    component: str
    run_id: str
    actor: str
    code_version: str
    git_revision: str

    @classmethod
    def of(cls, component: str) -> "Provenance":
        """A new run of a component, by whoever runs this process."""
        return cls(
            component=component,
            run_id=uuid.uuid4().hex,
            actor=actor(),
            code_version=code_version(),
            git_revision=git_revision(_PROJECT),
        )

    @property
    def user_metadata(self) -> str:
        """The JSON for commits, with the members that dbt gives, too (macro tell_commits)."""
        names = ("run_id", "component", "actor", "git_revision")
        return json.dumps({name: getattr(self, name) for name in names})

    @property
    def session_configuration(self) -> Mapping[str, str]:
        """Settings for the connector: commits of the session carry the metadata."""
        return {SETTING: self.user_metadata}


def actor() -> str:
    """Who runs this process: as the environment says, else the account's name."""
    try:
        return os.environ.get(ACTOR) or getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "unknown"


def code_version() -> str:
    """The version of the project, also where it runs from its folder without being installed."""
    try:
        return version("lakeledger")
    except PackageNotFoundError:
        with (_PROJECT / "pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])


def git_revision(project: Path) -> str:
    """The commit of the project, with `-dirty` where files differ from it; else `unknown`.

    The environment has the first word, for a project that was installed without its history.
    """
    if told := os.environ.get(GIT_REVISION):
        return told
    head = _git(project, "rev-parse", "HEAD")
    if head is None:
        return "unknown"
    return f"{head}-dirty" if _git(project, "status", "--porcelain") else head


def _git(project: Path, *arguments: str) -> str | None:
    try:
        ended = subprocess.run(
            ["git", "-C", str(project), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None
