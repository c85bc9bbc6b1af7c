"""Corrections of usage: a retraction and a restatement that come hours or days later."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

from operations.simulator.settings import HOUR, Options, portion
from operations.simulator.usage_records import UsageRecord
from operations.simulator.world import new_uuid

_DBU = Decimal(1).scaleb(-12)


class Corrections:
    """Plans corrections of an hour's records and hands them out when they are due."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._due: defaultdict[tuple[str, datetime], list[UsageRecord]] = defaultdict(list)

    def plan(
        self, rng: Random, region: str, hour: datetime, records: Sequence[UsageRecord]
    ) -> list[UsageRecord]:
        """The records as they come at first; those to be corrected may be wrong in them."""
        originals = list(records)
        left = (self._options.end - HOUR - hour) // HOUR
        if not left:
            return originals
        count = portion(rng, len(originals), self._options.faults.corrections)
        for place in rng.sample(range(len(originals)), min(count, len(originals))):
            # Most corrections come on a later day than the usage, some within hours.
            due = hour + min(rng.choice((3, 12, 20, 26, 30)), left) * HOUR
            wrong, right = _wrong_and_right(rng, originals[place])
            originals[place] = wrong
            for record_type, quantity in (
                ("RETRACTION", -wrong.fact.quantity),
                ("RESTATEMENT", right),
            ):
                fact = wrong.fact._replace(record_id=new_uuid(rng), quantity=quantity)
                record = replace(wrong, fact=fact, record_type=record_type)
                day = f"{due + HOUR:%Y-%m-%d}"
                self._due[region, due].append(replace(record, ingestion_date=day))
        return originals

    def due(self, region: str, hour: datetime) -> list[UsageRecord]:
        """The corrections that come with an hour."""
        return self._due.pop((region, hour), [])


def _wrong_and_right(rng: Random, record: UsageRecord) -> tuple[UsageRecord, Decimal]:
    """A record with the quantity that is retracted, and the quantity that holds."""
    drawn = Decimal(rng.randint(1, 20 * 10**4)).scaleb(-4)
    if not record.measured:
        return record, drawn
    # Nodes ran as they ran: the first record of it was wrong, and the correction is right.
    wrong = (record.fact.quantity * (1 + drawn / 10)).quantize(_DBU)
    return replace(record, fact=record.fact._replace(quantity=wrong)), record.fact.quantity
