"""The project with models of its own, for tests that edit them."""

import shutil
from pathlib import Path

from operations.dbt import PROJECT


def copy_project(folder: Path) -> Path:
    """Fills the folder: models are copied, all else leads to the project itself."""
    folder.mkdir(exist_ok=True)
    for entry in PROJECT.iterdir():
        if entry.name not in ("models", "target") and not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(PROJECT / "models", folder / "models")
    return folder
