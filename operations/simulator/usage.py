"""Usage records: rows of `system.billing.usage`, from clusters that ran, runs, and by chance."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from operations.simulator.charges import charges
from operations.simulator.corrections import Corrections
from operations.simulator.prices import SKUS, Sku
from operations.simulator.records import GoodLine, UsageFact
from operations.simulator.runs import RunPlan
from operations.simulator.schedule import Schedule
from operations.simulator.settings import HOUR, USAGE, Options
from operations.simulator.timeline import floor_hour, overlap
from operations.simulator.usage_records import UsageRecord, usage_line
from operations.simulator.usage_shapes import (
    JOBS_SERVERLESS,
    KINDS,
    PREVIEW,
    SQL_SERVERLESS,
    Details,
    job_cluster_usage,
    product_features,
    serverless_usage,
    shared_cluster_usage,
    usage_metadata,
)
from operations.simulator.world import Workspace, new_cluster_id, new_uuid

Span = tuple[datetime, datetime]
_CUMULATED = list(accumulate(kind.weight for kind in KINDS))
_DECIMALS = (12, 12, 6, 4, 2, 0)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """What a usage record is about; `measured` quantities follow from the nodes that ran."""

    workspace: Workspace
    sku: str
    details: Details
    span: Span
    quantity: Decimal
    measured: bool = False


class UsageGenerator:
    """Makes the usage of each region, hour by hour; call it in order of time."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._world = schedule.world
        self._options: Options = schedule.world.options
        self._corrections = Corrections(self._options)

    def lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """What a region delivers for an hour: its usage, and corrections of earlier hours."""
        rng = self._options.random(USAGE, region, hour)
        workspaces = self._world.in_region(region)
        if not workspaces:
            return []
        count = self._world.sector_size(rng, region, hour, self._options.usage_per_hour)
        uses = [use for workspace in workspaces for use in self._cluster_uses(workspace, hour)]
        runs = {w.workspace_id: self._serverless_spans(w, hour) for w in workspaces}
        for workspace in workspaces:
            uses += [
                _serverless_use(rng, workspace, plan, span)
                for plan, span in runs[workspace.workspace_id]
            ]
        for place in range(count):
            workspace = rng.choice(workspaces)
            uses.append(self._chance_use(rng, workspace, runs[workspace.workspace_id], hour, place))
        records = [self._varied(rng, self._record(rng, use)) for use in uses]
        records = self._corrections.plan(rng, region, hour, records)
        records += self._orphans(rng, workspaces[0], hour)
        records.sort(key=lambda record: record.start)
        records += self._corrections.due(region, hour)
        return [usage_line(record) for record in records]

    def _cluster_uses(self, workspace: Workspace, hour: datetime) -> Iterator[_Use]:
        """What the clusters that ran in an hour are charged for."""
        for plan, life in self._schedule.job_lives(workspace, hour):
            for charge in charges(life, workspace.cloud, hour):
                yield _Use(
                    workspace=workspace,
                    sku="jobs",
                    details=job_cluster_usage(plan, charge),
                    span=(charge.started, charge.ended),
                    quantity=charge.dbus,
                    measured=True,
                )
        for cluster, life in self._schedule.shared_lives(workspace, hour):
            for charge in charges(life, workspace.cloud, hour):
                yield _Use(
                    workspace=workspace,
                    sku="all_purpose",
                    details=shared_cluster_usage(cluster, charge),
                    span=(charge.started, charge.ended),
                    quantity=charge.dbus,
                    measured=True,
                )

    def _serverless_spans(self, workspace: Workspace, hour: datetime) -> list[tuple[RunPlan, Span]]:
        """The parts of serverless runs that lie in an hour."""
        return [
            (plan, span)
            for plan in self._schedule.recent_runs(workspace, hour)
            if plan.job.serverless and plan.run_type != "WORKFLOW_RUN"
            for attempt in plan.attempts
            if (span := overlap(attempt.started, attempt.ended, hour))
        ]

    def _chance_use(
        self,
        rng: Random,
        workspace: Workspace,
        runs: list[tuple[RunPlan, Span]],
        hour: datetime,
        place: int,
    ) -> _Use:
        kind = rng.choices(KINDS, cum_weights=_CUMULATED)[0]
        span = _part(rng, (hour, hour + HOUR))
        if (exact := self._exact_end(hour, place)) is not None:
            kind, span = SQL_SERVERLESS, (hour, exact)
        elif rng.random() < self._options.faults.unpriced:
            kind = PREVIEW
        if kind is JOBS_SERVERLESS and runs:
            plan, whole = rng.choice(runs)
            return _serverless_use(rng, workspace, plan, _part(rng, whole))
        if kind.details is None:
            kind = SQL_SERVERLESS
        assert kind.details is not None
        return _Use(
            workspace=workspace,
            sku=kind.sku,
            details=kind.details(rng, workspace),
            span=span,
            quantity=random_quantity(rng, kind.largest),
        )

    def _exact_end(self, hour: datetime, place: int) -> datetime | None:
        """Ends that lie on and beside a change of price, so that some usage has them."""
        if place == 0:
            return hour + HOUR
        changed_at = self._options.contract_change_at
        if floor_hour(changed_at) == hour and place <= 3:
            return changed_at + (place - 2) * _MILLISECOND
        return None

    def _varied(self, rng: Random, record: UsageRecord) -> UsageRecord:
        rates = self._options.faults
        return replace(
            record,
            as_string=rng.random() < rates.string_numbers,
            drift=rng.choice(("top", "member")) if rng.random() < rates.drift else None,
        )

    def _record(self, rng: Random, use: _Use) -> UsageRecord:
        sku, workspace = SKUS[use.sku], use.workspace
        start, end = use.span
        arrival = min(end + timedelta(minutes=rng.randrange(30, 720)), self._options.end)
        fact = UsageFact(
            record_id=new_uuid(rng),
            usage_date=f"{start:%Y-%m-%d}",
            account_id=self._world.account_id,
            workspace_id=workspace.workspace_id,
            cloud=workspace.cloud,
            sku_name=sku.name(workspace.region),
            usage_unit=sku.unit,
            quantity=use.quantity,
            usage_end=end,
        )
        return UsageRecord(
            fact=fact,
            start=start,
            record_type="ORIGINAL",
            ingestion_date=f"{arrival:%Y-%m-%d}",
            metadata=usage_metadata(use.details),
            fields=_fields(sku, use.details),
            measured=use.measured,
        )

    def _orphans(self, rng: Random, workspace: Workspace, hour: datetime) -> list[UsageRecord]:
        """Retractions of records that never were, all at the start of the first workspace."""
        first = workspace is self._world.workspaces[0] and hour == self._options.start
        records = []
        for _ in range(self._options.faults.orphan_retractions if first else 0):
            metadata = {"cluster_id": new_cluster_id(rng, hour)}
            use = _Use(
                workspace=workspace,
                sku="all_purpose",
                details=Details(metadata=metadata, features={}, tags={}),
                span=(hour, hour + HOUR),
                quantity=-random_quantity(rng, 30) - 1000,
            )
            records.append(replace(self._record(rng, use), record_type="RETRACTION"))
        return records


def _serverless_use(rng: Random, workspace: Workspace, plan: RunPlan, span: Span) -> _Use:
    return _Use(
        workspace=workspace,
        sku="jobs_serverless",
        details=serverless_usage(rng, plan),
        span=span,
        quantity=random_quantity(rng, JOBS_SERVERLESS.largest),
    )


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


def _part(rng: Random, whole: Span) -> Span:
    """Mostly the whole of a span, else a part of it."""
    length = (whole[1] - whole[0]) // _MILLISECOND
    if rng.random() < 0.7 or length < 2000:
        return whole
    begin = rng.randrange(0, length * 5 // 6)
    end = length if rng.random() < 0.6 else rng.randrange(begin + 1, length + 1)
    return whole[0] + begin * _MILLISECOND, whole[0] + end * _MILLISECOND


def random_quantity(rng: Random, largest: int) -> Decimal:
    """A positive quantity with up to 12 decimals."""
    decimals = rng.choice(_DECIMALS)
    return Decimal(rng.randint(1, largest * 10**decimals)).scaleb(-decimals)
