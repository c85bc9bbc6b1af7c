"""DESCRIBE HISTORY <table> LIMIT 1, read from the newest file of the table's log.

The engine starts a Spark job for it; models ask it of each of their inputs, many times in a run.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyspark.sql.types as t

from warehouse.tokens import Token

_TEXT = t.StringType()
_TEXTS = t.MapType(_TEXT, _TEXT)
_JOB = ("jobId", "jobName", "jobRunId", "runId", "jobOwnerId", "triggerType")
HISTORY = t.StructType(
    [
        t.StructField("version", t.LongType()),
        t.StructField("timestamp", t.TimestampType()),
        t.StructField("userId", _TEXT),
        t.StructField("userName", _TEXT),
        t.StructField("operation", _TEXT),
        t.StructField("operationParameters", _TEXTS),
        t.StructField("job", t.StructType([t.StructField(name, _TEXT) for name in _JOB])),
        t.StructField("notebook", t.StructType([t.StructField("notebookId", _TEXT)])),
        t.StructField("clusterId", _TEXT),
        t.StructField("readVersion", t.LongType()),
        t.StructField("isolationLevel", _TEXT),
        t.StructField("isBlindAppend", t.BooleanType()),
        t.StructField("operationMetrics", _TEXTS),
        t.StructField("userMetadata", _TEXT),
        t.StructField("engineInfo", _TEXT),
    ]
)


def asked_table(tokens: Sequence[Token], catalogs: Collection[str]) -> tuple[str, str] | None:
    """Schema and table of a DESCRIBE HISTORY … LIMIT 1 with a qualified name, else None.

    A third part before them has to be one of ``catalogs``, names of the one catalog there is.
    """
    words = [token.keyword for token in tokens if token.keyword != ";"]
    if words[:1] not in (["DESCRIBE"], ["DESC"]) or words[1:2] != ["HISTORY"]:
        return None
    if words[-2:] != ["LIMIT", "1"]:
        return None
    name = tokens[2 : len(words) - 2]
    parts, dots = name[::2], {token.text for token in name[1::2]}
    if len(parts) not in (2, 3) or dots != {"."} or not all(part.name for part in parts):
        return None
    if len(parts) == 3 and parts[0].name not in catalogs:
        return None
    return parts[-2].name, parts[-1].name


def newest_commit(log: Path) -> dict[str, Any] | None:
    """The newest commit in this folder of a log as a row of HISTORY; None where not readable.

    Source: the Delta protocol, "Commit Provenance Information".
    """
    try:
        file = max(found for found in log.glob("*.json") if found.stem.isdigit())
        committed_ms = file.stat().st_mtime_ns // 1_000_000
        with file.open(encoding="utf-8") as lines:
            actions = (json.loads(line) for line in lines)
            info = next(action["commitInfo"] for action in actions if "commitInfo" in action)
    except (OSError, ValueError, StopIteration):
        return None
    return _row(int(file.stem), info.get("inCommitTimestamp", committed_ms), info)


def _row(version: int, committed_ms: int, info: Mapping[str, Any]) -> dict[str, Any]:
    told = {field.name: info.get(field.name) for field in HISTORY}
    job, notebook = told["job"], told["notebook"]
    return told | {
        "version": version,
        "timestamp": datetime.fromtimestamp(committed_ms / 1000, UTC),
        "operationParameters": _texts(told["operationParameters"]),
        "operationMetrics": _texts(told["operationMetrics"]),
        "job": job and {name: job.get(name) for name in _JOB},
        "notebook": notebook and {"notebookId": notebook.get("notebookId")},
    }


def _texts(values: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    return None if values is None else {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))
