"""The small types that pass between the generators, the assembly and the arithmetic."""

import json
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class UsageFact(NamedTuple):
    """What the bill needs of one usage record; times are UTC, the quantity is exact."""

    record_id: str
    usage_date: str
    account_id: str
    workspace_id: str
    cloud: str
    sku_name: str
    usage_unit: str
    quantity: Decimal
    usage_end: datetime


class Part(NamedTuple):
    """A piece of something that is whole when all of it is delivered: a run, a cluster's events."""

    whole: str


class GoodLine(NamedTuple):
    """A good record as JSON text, with its event time.

    `features` names what is special about it, for the counts. A record with `shared` false has no
    workspace to tell its region by, so it is never copied into another region's file. `key` is the
    natural key of a record that other lines may be revisions of; None where there are none.
    """

    text: str
    event_ms: int
    fact: UsageFact | Part | None = None
    features: tuple[str, ...] = ()
    shared: bool = True
    key: str | None = None


def sql_time(at: datetime) -> str:
    """A moment as system tables show it: `2026-01-09 10:00:00.000+00:00`."""
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}+00:00"


encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
