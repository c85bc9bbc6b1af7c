"""The project as dbt understands it, without a connection."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations.dbt import PROJECT, dbt_command, dbt_environment


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder to which `dbt parse` has written what it makes of the project."""
    target = tmp_path_factory.mktemp("parsed")
    ended = subprocess.run(
        dbt_command(["parse", "--target-path", str(target), "--log-path", str(target)]),
        cwd=PROJECT,
        env=os.environ | dbt_environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return target


@pytest.fixture(scope="session")
def manifest(parsed: Path) -> dict[str, Any]:
    """What `dbt parse` makes of the project."""
    document: dict[str, Any] = json.loads((parsed / "manifest.json").read_text())
    return document
