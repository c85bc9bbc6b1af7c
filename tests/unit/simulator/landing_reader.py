"""A reader of landing files with logic of its own, to hold the simulator's figures against."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FAR = "2040"
FAR_MS = 2_208_988_800_000
SOURCES = (
    "billing_usage",
    "audit_logs",
    "list_prices",
    "workspaces",
    "jobs",
    "clusters",
    "job_runs",
    "job_task_runs",
    "job_webhooks",
    "cluster_events",
    "cluster_metrics",
    "spark_events",
)
# By source: required fields in order, text times, numbers, (start, end), fields of the key.
REQUIRED = {
    "billing_usage": ("record_id", "usage_start_time", "usage_end_time", "usage_quantity"),
    "audit_logs": ("timestamp", "serviceName"),
    "list_prices": ("sku_name",),
    "workspaces": ("account_id", "workspace_id", "snapshot_time"),
    "jobs": ("workspace_id", "job_id", "change_time"),
    "clusters": ("workspace_id", "cluster_id", "change_time"),
    "job_runs": ("workspace_id", "run_id", "period_start_time", "period_end_time"),
    "job_task_runs": (
        "workspace_id",
        "run_id",
        "task_key",
        "period_start_time",
        "period_end_time",
    ),
    "job_webhooks": ("event_type", "workspace_id", "run", "received_at"),
    "cluster_events": ("cluster_id", "timestamp", "type"),
    "cluster_metrics": ("workspace_id", "cluster_id", "instance_id", "start_time", "end_time"),
    "spark_events": ("Event",),
}
SPANS = {
    "billing_usage": ("usage_start_time", "usage_end_time"),
    "job_runs": ("period_start_time", "period_end_time"),
    "job_task_runs": ("period_start_time", "period_end_time"),
    "cluster_metrics": ("start_time", "end_time"),
}
NUMBERS = {
    "billing_usage": "usage_quantity",
    "audit_logs": "timestamp",
    "job_webhooks": "received_at",
    "cluster_events": "timestamp",
    "cluster_metrics": "cpu_user_percent",
}
KEYS = {
    "billing_usage": ("record_id",),
    "list_prices": (
        "account_id",
        "sku_name",
        "cloud",
        "currency_code",
        "usage_unit",
        "price_start_time",
    ),
    "workspaces": ("workspace_id",),
    "jobs": ("workspace_id", "job_id", "change_time"),
    "clusters": ("workspace_id", "cluster_id", "change_time"),
    "job_runs": ("workspace_id", "run_id", "period_start_time"),
    "job_task_runs": ("workspace_id", "run_id", "period_start_time"),
    "cluster_events": ("cluster_id", "type", "timestamp"),
    "cluster_metrics": ("workspace_id", "cluster_id", "instance_id", "start_time"),
}
SQL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+00:00")


class Duplicated(ValueError):
    pass


def lines(landing: Path, source: str, region: str = "*") -> Iterator[bytes]:
    for _, line in lines_with_folders(landing, source, region):
        yield line


def lines_with_folders(
    landing: Path, source: str, region: str = "*"
) -> Iterator[tuple[str, bytes]]:
    pattern = "eventlog*" if source == "spark_events" else "*.json*"
    for path in sorted((landing / "platform" / source).glob(f"region={region}/**/{pattern}")):
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        assert content.endswith(b"\n")
        for line in content[:-1].split(b"\n"):
            yield path.parent.name, line


def good_records(landing: Path, source: str) -> list[dict[str, Any]]:
    """One record of each key."""
    found: dict[str, dict[str, Any]] = {}
    for folder, line in lines_with_folders(landing, source):
        record = verdict(source, line)
        if isinstance(record, dict):
            found.setdefault(line_key(source, folder, line, record), record)
    return list(found.values())


def verdict(source: str, line: bytes) -> str | dict[str, Any]:
    """The reason why a line is unusable, or its record."""
    if not line:
        return "empty_line"
    try:
        record = json.loads(line.decode("utf-8-sig"), object_pairs_hook=unique, parse_float=str)
    except UnicodeDecodeError:
        return "invalid_utf8"
    except Duplicated as error:
        return f"duplicate_key:{error}"
    except json.JSONDecodeError:
        return "malformed_json"
    for field in REQUIRED[source]:
        if record.get(field) is None:
            return f"missing_key:{field}"
    return type_verdict(source, record) or content_verdict(source, record) or record


def type_verdict(source: str, record: dict[str, Any]) -> str | None:
    for field in record:
        is_time = field.endswith(("_start_time", "_end_time", "change_time", "snapshot_time"))
        if is_time and record[field] is not None and not SQL_TIME.fullmatch(record[field]):
            return f"wrong_type:{field}"
    number = NUMBERS.get(source)
    if number and not re.fullmatch(r"-?[0-9.]+(e-?\d+)?", str(record[number])):
        return f"wrong_type:{number}"
    if source == "spark_events" and not isinstance(record.get("Timestamp", 0), int):
        return "wrong_type:Timestamp"
    if source == "clusters" and record["enable_elastic_disk"] == "perhaps":
        return "wrong_type:enable_elastic_disk"
    return None


def content_verdict(source: str, record: dict[str, Any]) -> str | None:
    if source in SPANS:
        start, end = (record[field] for field in SPANS[source])
        if end < start:
            return "end_before_start"
    if source == "clusters" and (record["delete_time"] or FAR) < record["create_time"]:
        return "end_before_start"
    if source == "list_prices" and (record["price_end_time"] or FAR) <= record["price_start_time"]:
        return "empty_price_window"
    if source == "job_webhooks" and not record["run"].get("run_id"):
        return "missing_key:run.run_id"
    if source == "billing_usage":
        is_negative = str(record["usage_quantity"]).startswith("-")
        if is_negative and record["record_type"] != "RETRACTION":
            return "negative_quantity"
        if not is_negative and record["record_type"] == "RETRACTION":
            return "positive_retraction"
    return "future_event_time" if is_far(source, record) else None


def is_far(source: str, record: dict[str, Any]) -> bool:
    if source in SPANS:
        return bool(record[SPANS[source][1]] > FAR)
    if source == "spark_events":
        return bool(record.get("Timestamp", 0) > FAR_MS)
    if source in ("audit_logs", "job_webhooks", "cluster_events"):
        return bool(record[NUMBERS[source]] > FAR_MS)
    moment = {"workspaces": "snapshot_time", "jobs": "change_time", "clusters": "change_time"}
    return source in moment and bool(record[moment[source]] > FAR)


def line_key(source: str, folder: str, line: bytes, record: dict[str, Any]) -> str:
    """The identity of a line: a log's line is known by its folder and bytes."""
    return f"{folder} {line!r}" if source == "spark_events" else key(source, record)


def key(source: str, record: dict[str, Any]) -> str:
    if source == "audit_logs":
        return json.dumps(record, sort_keys=True)
    if source == "job_webhooks":
        return json.dumps([record["workspace_id"], record["run"]["run_id"], record["event_type"]])
    return json.dumps([record[name] for name in KEYS[source]])


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Duplicated(next(name for n, name in enumerate(names) if name in names[:n]))
    return dict(pairs)
