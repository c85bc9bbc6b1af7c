"""A reader of landing files with logic of its own, to hold the simulator's figures against."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FAR = "2040"
FAR_MS = 2_208_988_800_000
REQUIRED = {
    "billing_usage": ("record_id", "usage_quantity"),
    "audit_logs": ("serviceName", "timestamp"),
    "list_prices": ("sku_name",),
}


class Duplicated(ValueError):
    pass


def lines(landing: Path, source: str, region: str = "*") -> Iterator[bytes]:
    for path in sorted((landing / "platform" / source).glob(f"region={region}/**/*.json*")):
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        assert content.endswith(b"\n")
        yield from content[:-1].split(b"\n")


def verdict(source: str, line: bytes) -> str | dict[str, Any]:
    """The reason why a line is unusable, or its record."""
    if not line:
        return "empty_line"
    try:
        record = json.loads(line.decode("utf-8-sig"), object_pairs_hook=unique, parse_float=str)
    except UnicodeDecodeError:
        return "invalid_utf8"
    except Duplicated:
        return "duplicate_key"
    except json.JSONDecodeError:
        return "malformed_json"
    for field in REQUIRED[source]:
        if record.get(field) is None:
            return f"missing_key:{field}"
    return type_verdict(source, record) or record


def type_verdict(source: str, record: dict[str, Any]) -> str | None:
    if source == "billing_usage":
        if str(record["usage_quantity"]) == "abc":
            return "wrong_type:usage_quantity"
        if not record["usage_start_time"][0].isdigit():
            return "wrong_type:usage_start_time"
        return "future_event_time" if record["usage_start_time"] > FAR else None
    if source == "audit_logs":
        if not isinstance(record["timestamp"], int):
            return "wrong_type:timestamp"
        return "future_event_time" if record["timestamp"] > FAR_MS else None
    return None


def key(source: str, record: dict[str, Any]) -> str:
    if source == "billing_usage":
        return str(record["record_id"])
    if source == "audit_logs":
        return json.dumps(record, sort_keys=True)
    names = ("account_id", "sku_name", "cloud", "currency_code", "usage_unit", "price_start_time")
    return json.dumps([record[name] for name in names])


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Duplicated
    return dict(pairs)
