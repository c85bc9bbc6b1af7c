"""The project as dbt understands it, without a connection."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from operations.dbt import PROJECT, dbt_command, dbt_environment
from operations.lineage.compiling import ARGUMENTS


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder to which `dbt parse` has written what it makes of the project."""
    return _dbt(["parse"], tmp_path_factory.mktemp("parsed"))


@pytest.fixture(scope="session")
def manifest(parsed: Path) -> dict[str, Any]:
    """What `dbt parse` makes of the project."""
    document: dict[str, Any] = json.loads((parsed / "manifest.json").read_text())
    return document


@pytest.fixture(scope="session")
def compiled(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest in which every model and snapshot has the SQL of a first build."""
    target = tmp_path_factory.mktemp("compiled")
    shutil.copy(parsed / "partial_parse.msgpack", target)
    return _dbt(ARGUMENTS, target) / "manifest.json"


def _dbt(arguments: Sequence[str], target: Path) -> Path:
    ended = subprocess.run(
        dbt_command([*arguments, "--target-path", str(target), "--log-path", str(target)]),
        cwd=PROJECT,
        env=os.environ | dbt_environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return target
