"""A pull request that takes a column away, or changes its type, is told before it is merged."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from operations.dbt import PROJECT, dbt_command, dbt_environment
from tests.integration.dbt.test_targets import MADE_UP
from tests.project_copy import copy_project

CONTRACT = "models/gold/billing/platform/fct_price_breaks.yml"
COLUMN = "      - name: break_type\n        data_type: string\n"


@dataclass(frozen=True, slots=True)
class Branch:
    """A copy of the project whose models may be edited, with the manifest of the last build."""

    project: Path
    state: Path

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        target = self.project / "target"
        paths = ["--target-path", str(target), "--log-path", str(target)]
        return subprocess.run(
            dbt_command([*arguments, "--project-dir", str(self.project), "--target", "ci", *paths]),
            cwd=PROJECT,
            env=os.environ | dbt_environment(MADE_UP),
            capture_output=True,
            text=True,
            check=False,
        )

    def compared(self, text: str) -> subprocess.CompletedProcess[str]:
        """What a pull request with this contract is told."""
        (self.project / CONTRACT).write_text(text)
        return self.dbt("ls", "--select", "state:modified", "--state", str(self.state))


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Branch:
    project = copy_project(tmp_path_factory.mktemp("project"))
    made = Branch(project, tmp_path_factory.mktemp("state"))
    ended = made.dbt("parse")
    assert ended.returncode == 0, ended.stdout
    shutil.copy(project / "target" / "manifest.json", made.state)
    return made


def test_what_breaks_a_contract_is_an_error(branch: Branch) -> None:
    before = (PROJECT / CONTRACT).read_text()
    assert COLUMN in before
    for after in (
        before.replace("name: break_type", "name: kind_of_break"),
        before.replace(COLUMN, COLUMN.replace("string", "bigint")),
    ):
        ended = branch.compared(after)
        assert ended.returncode != 0
        assert "Breaking change to contracted" in ended.stdout
        assert "break_type" in ended.stdout


def test_a_column_more_breaks_nothing(branch: Branch) -> None:
    before = (PROJECT / CONTRACT).read_text()
    more = "      - name: noticed_by\n        data_type: string\n        description: Who.\n"
    ended = branch.compared(before.replace(COLUMN, f"{more}{COLUMN}"))
    assert ended.returncode == 0, ended.stdout
    assert "fct_price_breaks" in ended.stdout
