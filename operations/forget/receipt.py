"""The receipt of a deletion: what was touched, and how anybody can ask again. It names nobody."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from ingestion.settings import Settings
from ingestion.writer import Target
from operations.forget.files import Landing
from operations.forget.requests import Request, Requests
from operations.forget.tables import Found, delta_table, text_columns


def receipt_of(
    spark: SparkSession,
    request: Request,
    tables: Mapping[str, Target],
    found: Found,
    landing: Landing,
) -> dict[str, Any]:
    """The receipt as a document: the request, and each table with its proof query and count."""
    touched = sorted(request.touched & tables.keys())
    return {
        "request_id": request.request_id,
        "pseudonym": request.pseudonym,
        "requested_at": request.requested_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "requested_by": request.requested_by,
        "why": request.why,
        "erased_at": request.erased_at and request.erased_at.isoformat(),
        "purged_at": request.purged_at and request.purged_at.isoformat(),
        "landing_files_looked_at": landing.looked_at,
        "landing_files_unreadable": [str(path) for path in landing.unreadable],
        "tables_looked_at": len(tables),
        "tables": [_table(spark, name, tables[name], request, found) for name in touched],
    }


def _table(
    spark: SparkSession, name: str, target: Target, request: Request, found: Found
) -> dict[str, Any]:
    table = delta_table(spark, target)
    columns = ", ".join(f"`{column}`" for column in text_columns(table.toDF().schema))
    return {
        "table": name,
        "version": int(table.history(1).collect()[0]["version"]),
        "rows_with_pseudonym": found.erased.get((name, request.pseudonym), 0),
        "rows_with_person": found.held.get((name, request.pseudonym), 0),
        "proof_query": f"select count(*) from {name}"
        f" where contains(lower(to_json(struct({columns}))), lower(:identifier))",
    }


def write_receipt(
    requests: Requests, settings: Settings, request: Request, receipt: Mapping[str, Any]
) -> None:
    """Into the request's row, and beside the tables of a home as a file."""
    text = json.dumps(receipt, indent=2)
    assert request.purged_at is not None
    if settings.tables is not None:
        path = receipt_path(settings.tables.parent, request.request_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    requests.purged(request, request.purged_at, text)


def receipt_path(home: Path, request_id: str) -> Path:
    """Where a home keeps a receipt."""
    return home / "receipts" / f"{request_id}.json"
