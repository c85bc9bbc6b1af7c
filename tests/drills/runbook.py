"""The commands of a runbook, as whoever is on duty would paste them into a shell."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.dbt import PROJECT
from tests.shell_blocks import shell_blocks

RUNBOOKS = PROJECT / "docs" / "runbooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a block of commands came to."""

    commands: str
    code: int
    output: str


def blocks(name: str) -> list[str]:
    """The blocks of commands of a runbook, in order."""
    return shell_blocks((RUNBOOKS / f"{name}.md").read_text(encoding="utf-8"))


def run_block(commands: str, environment: Mapping[str, str], **variables: str) -> Said:
    """Runs a block in a shell that stops at the first command that fails."""
    programs = str(Path(sys.executable).parent)
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=PROJECT,
        env={
            **os.environ,
            **environment,
            **variables,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
            "COLUMNS": "200",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1500,
        check=False,
    )
    return Said(commands=commands, code=ended.returncode, output=ended.stdout)
