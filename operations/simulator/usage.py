"""Usage records: rows of `system.billing.usage` with their corrections."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from operations.simulator.prices import SKUS, Sku
from operations.simulator.records import GoodLine, UsageFact
from operations.simulator.settings import HOUR, USAGE, Options, portion
from operations.simulator.usage_records import UsageRecord, usage_line
from operations.simulator.usage_shapes import (
    KINDS,
    PREVIEW,
    Details,
    Kind,
    product_features,
    usage_metadata,
)
from operations.simulator.world import JobRun, Workspace, World, new_cluster_id, new_uuid

_CUMULATED = list(accumulate(kind.weight for kind in KINDS))
_DECIMALS = (12, 12, 6, 4, 2, 0)


class UsageGenerator:
    """Makes the usage of each region, hour by hour; call it in order of time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._options: Options = world.options
        self._due: defaultdict[tuple[str, datetime], list[UsageRecord]] = defaultdict(list)

    def lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """What a region delivers for an hour: its usage, and corrections of earlier hours."""
        rng = self._options.random(USAGE, region, hour)
        workspaces = self._world.in_region(region)
        if not workspaces:
            return []
        count = self._world.sector_size(rng, region, hour, self._options.usage_per_hour)
        runs = {w.workspace_id: self._world.runs(w, hour) for w in workspaces}
        records = []
        for n in range(count):
            workspace = rng.choice(workspaces)
            records.append(self._original(rng, workspace, runs[workspace.workspace_id], hour, n))
        self._plan_corrections(rng, region, hour, records)
        records += self._orphans(rng, workspaces[0], hour)
        records.sort(key=lambda record: record.start)
        records += self._due.pop((region, hour), [])
        return [usage_line(record) for record in records]

    def _original(
        self, rng: Random, workspace: Workspace, runs: list[JobRun], hour: datetime, place: int
    ) -> UsageRecord:
        rates = self._options.faults
        kind = rng.choices(KINDS, cum_weights=_CUMULATED)[0]
        if place == 0:
            # The first record fills its hour on a SKU whose price changes, so that one ends
            # exactly on the change.
            kind = KINDS[0]
        elif rng.random() < rates.unpriced:
            kind = PREVIEW
        details = kind.details(rng, workspace, runs)
        start, end = (hour, hour + HOUR) if place == 0 else _times(rng, hour)
        record = self._record(rng, workspace, kind, details, start, end)
        return replace(
            record,
            as_string=rng.random() < rates.string_numbers,
            drift=rng.choice(("top", "member")) if rng.random() < rates.drift else None,
        )

    def _record(
        self,
        rng: Random,
        workspace: Workspace,
        kind: Kind,
        details: Details,
        start: datetime,
        end: datetime,
    ) -> UsageRecord:
        sku = SKUS[kind.sku]
        arrival = min(end + timedelta(minutes=rng.randrange(30, 720)), self._options.end)
        fact = UsageFact(
            record_id=new_uuid(rng),
            usage_date=f"{start:%Y-%m-%d}",
            account_id=self._world.account_id,
            workspace_id=workspace.workspace_id,
            cloud=workspace.cloud,
            sku_name=sku.name(workspace.region),
            usage_unit=sku.unit,
            quantity=_quantity(rng, kind.largest),
            usage_end=end,
        )
        return UsageRecord(
            fact=fact,
            start=start,
            record_type="ORIGINAL",
            ingestion_date=f"{arrival:%Y-%m-%d}",
            metadata=usage_metadata(details),
            fields=_fields(sku, details),
        )

    def _plan_corrections(
        self, rng: Random, region: str, hour: datetime, originals: list[UsageRecord]
    ) -> None:
        last = self._options.end - HOUR
        left = (last - hour) // HOUR
        if not left:
            return
        for record in rng.sample(originals, self._corrected(rng, len(originals))):
            # Most corrections come on a later day than the usage, some within hours.
            due = hour + min(rng.choice((3, 12, 20, 26, 30)), left) * HOUR
            restated = _quantity(rng, 20)
            for record_type, quantity in (
                ("RETRACTION", -record.fact.quantity),
                ("RESTATEMENT", restated),
            ):
                fact = record.fact._replace(record_id=new_uuid(rng), quantity=quantity)
                self._due[region, due].append(
                    replace(
                        record,
                        fact=fact,
                        record_type=record_type,
                        ingestion_date=f"{due + HOUR:%Y-%m-%d}",
                    )
                )

    def _corrected(self, rng: Random, count: int) -> int:
        return min(count, portion(rng, count, self._options.faults.corrections))

    def _orphans(self, rng: Random, workspace: Workspace, hour: datetime) -> list[UsageRecord]:
        """Retractions of records that never were, all at the start of the first workspace."""
        first = workspace is self._world.workspaces[0] and hour == self._options.start
        records = []
        for _ in range(self._options.faults.orphan_retractions if first else 0):
            details = Details(
                metadata={"cluster_id": new_cluster_id(rng, hour)}, features={}, tags={}
            )
            record = self._record(rng, workspace, KINDS[2], details, hour, hour + HOUR)
            fact = record.fact._replace(quantity=-record.fact.quantity - 1000)
            records.append(replace(record, fact=fact, record_type="RETRACTION"))
        return records


def _fields(sku: Sku, details: Details) -> dict[str, object]:
    return {
        "custom_tags": dict(details.tags),
        "identity_metadata": {
            "run_as": details.run_as,
            "owned_by": details.owned_by,
            "created_by": None,
            "run_by": details.run_as,
        },
        "billing_origin_product": sku.product,
        "product_features": product_features(details),
        "usage_type": sku.usage_type,
    }


def _times(rng: Random, hour: datetime) -> tuple[datetime, datetime]:
    """A window inside the hour: mostly the whole of it, else a part."""
    if rng.random() < 0.7:
        return hour, hour + HOUR
    start = rng.randrange(0, 3_000_000)
    end = 3_600_000 if rng.random() < 0.6 else rng.randrange(start + 1, 3_600_001)
    return hour + timedelta(milliseconds=start), hour + timedelta(milliseconds=end)


def _quantity(rng: Random, largest: int) -> Decimal:
    """A positive quantity with up to 12 decimals."""
    decimals = rng.choice(_DECIMALS)
    return Decimal(rng.randint(1, largest * 10**decimals)).scaleb(-decimals)
