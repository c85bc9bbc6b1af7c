"""The SQL of every saved query of the metrics, as MetricFlow writes it for Databricks.

MetricFlow has an environment of its own (`make metrics`); only `rendered` imports it.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from operations.dbt import PROJECT, run_dbt

FOLDER = PROJECT / "resources" / "metrics"
# Where a definition stands and how it is called in prose; no SQL comes from these.
_NOT_MEANT = ("config", "description", "label", "metadata", "project_configuration")


def fingerprint(semantic_manifest: str) -> str:
    """Twelve digits that change with what the metrics mean, not with where they are written."""
    meant = _meant(json.loads(ordered(semantic_manifest)))
    return hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()[:12]


def ordered(semantic_manifest: str) -> str:
    """The same with its lists by name: dbt writes them in the order in which it read the files."""
    document = json.loads(semantic_manifest)
    for key in ("metrics", "saved_queries", "semantic_models"):
        document[key].sort(key=itemgetter("name"))
    return json.dumps(document)


def saved_queries(semantic_manifest: str) -> tuple[str, ...]:
    """Names of the saved queries, sorted."""
    return tuple(query["name"] for query in json.loads(ordered(semantic_manifest))["saved_queries"])


def rendered(semantic_manifest: str) -> dict[str, str]:
    """The SQL of each saved query by its name; asks nobody, needs no connection."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.databricks import DatabricksSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import (
        parse_manifest_from_dbt_generated_manifest as parse,
    )
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    dialect = SimpleNamespace(
        sql_engine_type=SqlEngine.DATABRICKS, sql_plan_renderer=DatabricksSqlPlanRenderer()
    )
    lookup = SemanticManifestLookup(parse(ordered(semantic_manifest)))
    engine = MetricFlowEngine(lookup, dialect)
    return {
        name: engine.explain(
            MetricFlowQueryRequest.create(saved_query_name=name)
        ).sql_statement.without_descriptions.sql
        for name in saved_queries(semantic_manifest)
    }


def files(queries: Mapping[str, str], of: str) -> dict[str, str]:
    """Content of each file by its name; ``of`` is the fingerprint of what was rendered."""
    return {
        f"{name}.sql": f"-- Written by `make metrics` from models/metrics as of {of}\n{sql}\n"
        for name, sql in queries.items()
    }


def main(arguments: list[str]) -> None:
    """``parse``: has dbt write what the metrics mean to a folder; ``write``: writes the files."""
    step, target = arguments[0], Path(arguments[1])
    if step == "parse":
        run_dbt(["parse"], warehouse={}, target=target, log=target / "parse.log")
        return
    meant = (target / "semantic_manifest.json").read_text(encoding="utf-8")
    for old in FOLDER.glob("*.sql"):
        old.unlink()
    for name, content in files(rendered(meant), fingerprint(meant)).items():
        (FOLDER / name).write_text(content, encoding="utf-8")
        print(FOLDER / name)


def _meant(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _meant(one) for name, one in value.items() if name not in _NOT_MEANT}
    return [_meant(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main(sys.argv[1:])
