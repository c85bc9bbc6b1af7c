"""Malformed lines: each with exactly one defect and the reason a quarantine must give for it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from operations.simulator.prices import sql_time
from operations.simulator.records import encode
from operations.simulator.settings import AUDIT, PRICES, USAGE, epoch_ms
from operations.simulator.world import new_uuid

FUTURE = timedelta(days=365 * 20)
# Written as a lone surrogate, it becomes the single byte 0xFF, which no UTF-8 text holds.
INVALID_BYTE = "\udcff"

Record = dict[str, Any]
Spoil = Callable[[Record, Random], str]


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of malformed line: `spoil` makes its text out of a good record of its own."""

    kind: str
    reason: str
    spoil: Spoil


def malformed_line(source: str, template: str, at: datetime, rng: Random) -> tuple[str, str]:
    """A malformed line of a source and its kind.

    The record in it is a new one (own id), so that a reader which took it would count one more.
    """
    record: Record = json.loads(template, parse_float=str)
    if source == USAGE:
        record["record_id"] = new_uuid(rng)
    elif source == AUDIT:
        record["requestId"] = f"ServiceMain-{rng.randrange(10**12):012d}"
    else:
        record["sku_name"] = f"{record['sku_name']}_{rng.randrange(10**6):06d}"
    defects = _DEFECTS[source]
    defect = defects[rng.randrange(len(defects))]
    if defect.reason == "future_event_time":
        _move(record, source, at + FUTURE)
    return defect.spoil(record, rng), defect.kind


def expected_reasons() -> dict[str, dict[str, str]]:
    """The quarantine reason of each kind of malformed line, by source."""
    return {source: {d.kind: d.reason for d in kinds} for source, kinds in _DEFECTS.items()}


def _move(record: Record, source: str, at: datetime) -> None:
    if source == AUDIT:
        record["timestamp"] = epoch_ms(at)
    else:
        record["usage_start_time"] = sql_time(at)
        record["usage_end_time"] = sql_time(at + timedelta(hours=1))
        record["usage_date"] = f"{at:%Y-%m-%d}"


def _whole(record: Record, _rng: Random) -> str:
    return encode(record)


def _truncated(record: Record, rng: Random) -> str:
    text = encode(record)
    return text[: rng.randrange(1, len(text))]


def _empty(_record: Record, _rng: Random) -> str:
    return ""


def _invalid_utf8(field: str) -> Spoil:
    def spoil(record: Record, _rng: Random) -> str:
        return encode(record | {field: f"caf{INVALID_BYTE} "})

    return spoil


def _trailing(record: Record, rng: Random) -> str:
    return encode(record) + rng.choice(("}", " garbage", '{"second":"document"}'))


def _twice(field: str, other: object) -> Spoil:
    def spoil(record: Record, _rng: Random) -> str:
        return encode(record)[:-1] + f",{encode(field)}:{encode(other)}}}"

    return spoil


def _without(field: str) -> Spoil:
    return lambda record, _rng: encode({k: v for k, v in record.items() if k != field})


def _with(field: str, value: object) -> Spoil:
    return lambda record, _rng: encode(record | {field: value})


def _common(text_field: str, key_field: str, other: object) -> list[Defect]:
    return [
        Defect("truncated_json", "malformed_json", _truncated),
        Defect("empty_line", "empty_line", _empty),
        Defect("invalid_utf8", "invalid_utf8", _invalid_utf8(text_field)),
        Defect("trailing_garbage", "malformed_json", _trailing),
        Defect("duplicate_key", "duplicate_key", _twice(key_field, other)),
    ]


def _key_defects(field: str) -> list[Defect]:
    return [
        Defect(f"missing_{field}", f"missing_key:{field}", _without(field)),
        Defect(f"null_{field}", f"missing_key:{field}", _with(field, None)),
    ]


def _wrong(field: str, value: object) -> Defect:
    return Defect(f"wrong_type_{field}", f"wrong_type:{field}", _with(field, value))


_FUTURE = Defect("future_event_time", "future_event_time", _whole)
_DEFECTS: Mapping[str, list[Defect]] = {
    USAGE: [
        *_common("sku_name", "usage_quantity", "1.5"),
        *_key_defects("record_id"),
        *_key_defects("usage_quantity"),
        _wrong("usage_quantity", "abc"),
        _wrong("usage_start_time", "yesterday"),
        _FUTURE,
    ],
    AUDIT: [
        *_common("userAgent", "serviceName", "clusters"),
        *_key_defects("serviceName"),
        *_key_defects("timestamp"),
        _wrong("timestamp", "yesterday"),
        _FUTURE,
    ],
    PRICES: [
        *_common("sku_name", "cloud", "GCP"),
        *_key_defects("sku_name"),
    ],
}
