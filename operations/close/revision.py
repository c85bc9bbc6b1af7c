"""The project's own revision."""

import subprocess
from pathlib import Path


def git_revision(project: Path) -> str:
    """The commit of the project, with `-dirty` where files differ from it; else `unknown`."""
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
