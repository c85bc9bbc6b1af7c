"""The trace for machines: JSON in which decimals are text, so that no digit is lost."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from operations.close.model import Seal
from operations.trace.arithmetic import plain
from operations.trace.corrections import Entry
from operations.trace.following import Trace, TracedLine
from operations.trace.prices import PriceRow
from operations.trace.records import Line


def trace_document(trace: Trace) -> str:
    """The whole trace as one JSON object; moments are UTC."""
    said = trace.selection
    document = {
        "mart": said.mart.name,
        "keys": dict(said.chosen),
        "rows": said.rows,
        "amount_column": said.amount_column,
        "currency_code": said.currency,
        "amount": said.amount,
        "quantities": said.quantities,
        "trace_amount": trace.amount,
        "trace_quantities": trace.quantities,
        "difference": trace.amount_difference,
        "is_equal": trace.is_equal,
        "seals": [_seal(seal) for seal in trace.seals],
        "billed_before": [asdict(billed) for billed in trace.billed_before],
        "lines": [_line(trace, traced) for traced in trace.lines],
    }
    return json.dumps(document, default=_value, indent=2)


def _seal(seal: Seal) -> Mapping[str, Any]:
    return {
        "seal_id": seal.seal_id,
        "sealed_at": seal.sealed_at,
        "sealed_by": seal.sealed_by,
        "rows_hash": seal.content.rows_hash,
        "git_revision": seal.git_revision,
        "input_versions": dict(seal.input_versions),
    }


def _line(trace: Trace, traced: TracedLine) -> Mapping[str, Any]:
    return {
        **traced.line.key,
        "quantity": traced.line.quantity,
        "amount": traced.line.amount,
        "prices": [_price(trace, row) for row in traced.prices],
        "of_amount": traced.line.part.whole if traced.line.part else traced.line.amount,
        "records": [_entry(trace, traced.line, entry) for entry in traced.entries],
    }


def _price(trace: Trace, row: PriceRow) -> Mapping[str, Any]:
    return {
        "kind": row.kind,
        "price": row.price,
        "currency_code": row.currency_code,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "record_key": row.record_key,
        **_bronze(trace, row),
    }


def _entry(trace: Trace, line: Line, entry: Entry) -> Mapping[str, Any]:
    record = entry.record
    return {
        "record_id": record.record_id,
        "record_key": record.record_key,
        "source": record.source_name,
        "record_type": record.record_type,
        "quantity": record.quantity,
        "share": line.part.shares.get(record.record_key) if line.part else None,
        **_bronze(trace, record),
        "is_unmatched": entry.is_unmatched,
        "corrections": [_entry(trace, line, child) for child in entry.corrections],
    }


def _bronze(trace: Trace, row: Any) -> Mapping[str, Any]:
    line = trace.line_of(row)
    return {
        "source_file": row.source_file,
        "landed_at": line.landed_at if line else None,
        "line_hash": line.line_hash if line else None,
    }


def _value(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
