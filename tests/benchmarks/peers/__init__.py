"""What people would use instead, each in an environment of its own (requirements.lock)."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.usage import Usage

_HERE = Path(__file__).parent


class PeerFailed(Exception):
    """A peer ended with an error; the message has its last words."""


def run_peer(script: str, *arguments: str) -> Usage:
    """Runs a script of this folder and gives what it says that it took; bytes are not known.

    Raises:
        PeerFailed: if it ended with an error.
    """
    uv = Path(sys.executable).with_name("uv")
    isolated = ["run", "--quiet", "--no-project", "--isolated", "--python", sys.executable]
    lock = ["--with-requirements", str(_HERE / "requirements.lock")]
    ended = subprocess.run(
        [str(uv), *isolated, *lock, "python", str(_HERE / script), *arguments],
        env={name: text for name, text in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise PeerFailed(f"{script}: {ended.stderr[-3000:]}")
    return usage_of(ended.stdout.splitlines())


def usage_of(lines: Sequence[str]) -> Usage:
    """What the last line says."""
    said: dict[str, Any] = json.loads(lines[-1])
    return Usage(
        seconds=said["seconds"], cpu=said["cpu"], read=0, written=0, peak=int(said["peak"])
    )
