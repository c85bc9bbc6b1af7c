"""Compiles the project for column lineage: the SQL of a first build, without a warehouse."""

import json
from pathlib import Path
from typing import Any

from operations.dbt import HUB_PACKAGES, PROJECT, STAND_IN_PACKAGES, run_dbt

# As in `make site`. Where docs are generated, macros ask no table (asks_tables, is_incremental).
ARGUMENTS = (
    *("docs", "generate", "--empty-catalog", "--no-populate-cache"),
    *("--select", "resource_type:model", "resource_type:snapshot"),
    *("--exclude", "resource_type:test", "resource_type:unit_test"),
)
_READ = ("models", "macros", "snapshots", "seeds", "rules", HUB_PACKAGES, STAND_IN_PACKAGES)


def compiled_project(home: Path) -> dict[str, Any]:
    """The manifest with compiled SQL, from ``home``; made anew when the project has changed.

    Raises:
        DbtFailed: if the project does not compile.
    """
    target = home / "columns"
    manifest = target / "manifest.json"
    if not manifest.exists() or manifest.stat().st_mtime < _changed_at(PROJECT):
        manifest.unlink(missing_ok=True)
        run_dbt(ARGUMENTS, warehouse={}, target=target, log=home / "logs" / "columns.log")
    document: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    return document


def _changed_at(project: Path) -> float:
    """When a file of the project that dbt reads was last written, or a folder of them changed."""
    paths = [project / "dbt_project.yml", *(project / folder for folder in _READ)]
    inside = (one for folder in paths[1:] for one in folder.rglob("*"))
    return max(path.stat().st_mtime for path in (*paths, *inside) if path.exists())
