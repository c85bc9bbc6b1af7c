"""Building blocks of malformed lines: each takes a good record and gives it one defect."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from operations.simulator.records import encode

# Written as a lone surrogate, it becomes the single byte 0xFF, which no UTF-8 text holds.
INVALID_BYTE = "\udcff"
EARLY = "2001-01-01 00:00:00.000+00:00"

Record = dict[str, Any]
Spoil = Callable[[Record, Random], str]


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of malformed line: `spoil` makes its text out of a good record of its own."""

    kind: str
    reason: str
    spoil: Spoil


def common(text_field: str, key_field: str, other: object) -> list[Defect]:
    """Lines that are no record at all, whatever the source."""
    return [
        Defect("truncated_json", "malformed_json", _truncated),
        Defect("empty_line", "empty_line", _empty),
        Defect("invalid_utf8", "invalid_utf8", _invalid_utf8(text_field)),
        Defect("trailing_garbage", "malformed_json", _trailing),
        Defect("duplicate_key", f"duplicate_key:{key_field}", _twice(key_field, other)),
    ]


def no_key(field: str) -> list[Defect]:
    """A required field that is not there, or null."""
    return [
        Defect(f"missing_{field}", f"missing_key:{field}", _without(field)),
        Defect(f"null_{field}", f"missing_key:{field}", with_fields({field: None})),
    ]


def wrong_type(field: str, value: object) -> Defect:
    """A field whose value is of another type."""
    return Defect(f"wrong_type_{field}", f"wrong_type:{field}", with_fields({field: value}))


def end_before_start(end_field: str) -> Defect:
    """A span that ends before it starts."""
    return Defect("end_before_start", "end_before_start", with_fields({end_field: EARLY}))


def with_fields(fields: Record) -> Spoil:
    """The record with other values in some fields."""
    return lambda record, _rng: encode(record | fields)


def whole(record: Record, _rng: Random) -> str:
    """The record as it is; its defect is in it already."""
    return encode(record)


def _truncated(record: Record, rng: Random) -> str:
    text = encode(record)
    return text[: rng.randrange(1, len(text))]


def _empty(_record: Record, _rng: Random) -> str:
    return ""


def _invalid_utf8(field: str) -> Spoil:
    return with_fields({field: f"caf{INVALID_BYTE} "})


def _trailing(record: Record, rng: Random) -> str:
    return encode(record) + rng.choice(("}", " garbage", '{"second":"document"}'))


def _twice(field: str, other: object) -> Spoil:
    def spoil(record: Record, _rng: Random) -> str:
        return encode(record)[:-1] + f",{encode(field)}:{encode(other)}}}"

    return spoil


def _without(field: str) -> Spoil:
    return lambda record, _rng: encode({k: v for k, v in record.items() if k != field})
