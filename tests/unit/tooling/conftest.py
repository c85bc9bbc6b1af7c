"""The project as dbt understands it, without a connection."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations.dbt import PROJECT, dbt_command, dbt_environment


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `dbt parse` makes of the project."""
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
    document: dict[str, Any] = json.loads((Path(target) / "manifest.json").read_text())
    return document
