"""Who bears a usage record, for each kind of bearer, as fct_cost_allocation_hourly has it."""

import yaml

from operations.dbt import PROJECT
from operations.trace.asking import text_literal

_BEARERS = {
    "job_run": "job_run_id",
    "task": "job_run_id",
    "cluster": "cluster_id",
    "warehouse": "warehouse_id",
    "user": "coalesce(run_as, owned_by)",
}


def bearer_columns(kind: str) -> str:
    """Columns bearer, bearer_job_id, bearer_run_id and nobody (who bears what names no bearer)."""
    bearer = f"nullif(trim({_bearer(kind)}), '')"
    of_run = kind in ("job_run", "task")
    nobody = "untagged" if kind == "team" or kind.startswith("tag:") else "unallocated"
    return f"""{bearer} as bearer,
        {"job_id" if of_run else "cast(null as string)"} as bearer_job_id,
        {bearer if of_run else "cast(null as string)"} as bearer_run_id,
        '{nobody}' as nobody"""


def _bearer(kind: str) -> str:
    if kind == "team":
        return _tag(_team_tag())
    if kind.startswith("tag:"):
        return _tag(kind.removeprefix("tag:"))
    return _BEARERS.get(kind, "cast(null as string)")


def _tag(key: str) -> str:
    return f"try_element_at(custom_tags, {text_literal(key)})"


def _team_tag() -> str:
    """The tag that names the team: a variable of the dbt project."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return str((project.get("vars") or {}).get("team_tag", "team"))
