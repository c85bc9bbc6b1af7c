"""A usage record and the line it is delivered as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from operations.simulator.prices import SKUS
from operations.simulator.records import GoodLine, UsageFact, encode, sql_time
from operations.simulator.settings import epoch_ms

_MARK = "@quantity@"
_DRIFTED = {"top": "carbon_intensity_class", "member": "usage_metadata.capacity_block_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """A usage record before it is written; `fields` are those without meaning for the bill.

    The quantity of a `measured` one follows from the nodes that ran.
    """

    fact: UsageFact
    start: datetime
    record_type: str
    ingestion_date: str
    metadata: Mapping[str, str | None]
    fields: Mapping[str, object]
    measured: bool = False
    as_string: bool = False
    drift: Literal["top", "member"] | None = None


def usage_line(record: UsageRecord) -> GoodLine:
    """The record as it is delivered; the quantity keeps each of its digits."""
    fact = record.fact
    row: dict[str, object] = {
        "record_id": fact.record_id,
        "account_id": fact.account_id,
        "workspace_id": fact.workspace_id,
        "sku_name": fact.sku_name,
        "cloud": fact.cloud,
        "usage_start_time": sql_time(record.start),
        "usage_end_time": sql_time(fact.usage_end),
        "usage_date": fact.usage_date,
        "usage_unit": fact.usage_unit,
        "usage_quantity": _MARK,
        "usage_metadata": record.metadata,
        **record.fields,
        "record_type": record.record_type,
        "ingestion_date": record.ingestion_date,
    }
    if record.drift == "top":
        row["carbon_intensity_class"] = "B"
    elif record.drift == "member":
        row["usage_metadata"] = {**record.metadata, "capacity_block_id": "cb-7"}
    number = f"{fact.quantity:f}"
    mark, text = (_MARK, number) if record.as_string else (f'"{_MARK}"', number)
    return GoodLine(
        encode(row).replace(mark, text, 1), epoch_ms(record.start), fact, _features(record)
    )


def _features(record: UsageRecord) -> tuple[str, ...]:
    found = []
    if record.record_type != "ORIGINAL":
        found.append(record.record_type.lower())
    if record.as_string:
        found.append("string_number")
    if record.drift:
        found.append(f"drift:{_DRIFTED[record.drift]}")
    if record.fact.sku_name.startswith(SKUS["unpriced"].prefix):
        found.append("unpriced")
    return tuple(found)
