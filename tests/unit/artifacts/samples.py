"""Files as dbt leaves them."""

from typing import Any

SCHEMA = "https://schemas.getdbt.com/dbt/{}/v6.json"


def result(unique_id: str, **told: Any) -> dict[str, Any]:
    timing = [{"name": "compile", "started_at": "2026-01-05T10:00:01Z", "completed_at": None}]
    return {
        "unique_id": unique_id,
        "status": "success",
        "execution_time": 1.5,
        "timing": timing,
        "adapter_response": {},
        "failures": None,
        "message": "OK",
        **told,
    }


def run_results(*results: dict[str, Any], invocation: str = "i1") -> dict[str, Any]:
    return {
        "metadata": {
            "invocation_id": invocation,
            "dbt_schema_version": SCHEMA.format("run-results"),
            "dbt_version": "1.11.16",
            "generated_at": "2026-01-05T10:01:00Z",
            "invocation_started_at": "2026-01-05T10:00:00.5Z",
        },
        "args": {"which": "build"},
        "elapsed_time": 61.25,
        "results": list(results),
    }
