"""The two small types that pass between the generators, the assembly and the arithmetic."""

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


class GoodLine(NamedTuple):
    """A distinct good record as JSON text, with its event time.

    `features` names what is special about it, for the counts. A record with `shared` false has no
    workspace to tell its region by, so it is never copied into another region's file.
    """

    text: str
    event_ms: int
    fact: UsageFact | None = None
    features: tuple[str, ...] = ()
    shared: bool = True


encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
