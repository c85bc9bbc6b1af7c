"""Hand-made deliveries of usage: records, manifests that announce them, workspaces, prices."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.scenarios.account import WITHOUT_UNIT_TESTS, Account

ACCOUNT_ID = "a1"
HOUR = timedelta(hours=1)
# What this feed never delivers: once built, these models need not run again.
SILENT = tuple(
    f"stg_platform__{source}"
    for source in (
        *("audit_logs", "billable_usage", "cloudtrail_events", "cluster_events", "cluster_metrics"),
        *("clusters", "job_runs", "job_task_runs", "job_webhooks", "jobs", "spark_events"),
    )
)
# The home of each workspace.
HOMES = {"w1": "r1", "w2": "r2"}


def at(text: str) -> datetime:
    """`05 10:30` of January 2026, or `02-01 00:00` with its month; UTC."""
    day, clock = text.split()
    month, day = day.split("-") if "-" in day else ("01", day)
    return datetime.fromisoformat(f"2026-{month}-{day}T{clock}:00+00:00").astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One usage record; it ends an hour after its start unless told otherwise."""

    record_id: str
    start: datetime
    quantity: str
    workspace_id: str = "w1"
    sku_name: str = "JOBS"
    record_type: str = "ORIGINAL"
    end: datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return HOMES[self.workspace_id]

    @property
    def hour(self) -> datetime:
        return self.start.replace(minute=0)

    def line(self) -> str:
        record = {
            "record_id": self.record_id,
            "account_id": ACCOUNT_ID,
            "workspace_id": self.workspace_id,
            "sku_name": self.sku_name,
            "cloud": "AWS",
            "usage_start_time": self.start.isoformat(),
            "usage_end_time": (self.end or self.start + HOUR).isoformat(),
            "usage_date": f"{self.start:%Y-%m-%d}",
            "usage_unit": "DBU",
            "usage_quantity": self.quantity,
            "usage_metadata": {"cluster_id": "c1"},
            "record_type": self.record_type,
            "billing_origin_product": "JOBS",
            **self.fields,
        }
        return json.dumps(record)


@dataclass(slots=True)
class UsageFeed:
    """The producers of an account: what they announced so far, hour by hour."""

    account: Account
    announced: list[Usage] = field(default_factory=list)
    files: int = 0
    is_built: bool = False

    def prices(
        self, *windows: tuple[str, str | None, str], sku: str = "JOBS", unit: str = "DBU"
    ) -> None:
        """List prices as (start, end, price)."""
        self._land(
            "list_prices",
            "global",
            [
                json.dumps(
                    {
                        "price_start_time": at(start).isoformat(),
                        "price_end_time": end and at(end).isoformat(),
                        "account_id": ACCOUNT_ID,
                        "sku_name": sku,
                        "cloud": "AWS",
                        "currency_code": "USD",
                        "usage_unit": unit,
                        "pricing": {"effective_list": {"default": price}},
                    }
                )
                for start, end, price in windows
            ],
        )

    def workspaces(
        self, claims: Mapping[str, Iterable[str]] | None = None, snapshot: str = "01 00:00"
    ) -> None:
        """A snapshot of each region's workspaces; of their homes unless told otherwise."""
        for region, claimed in (claims or {home: [name] for name, home in HOMES.items()}).items():
            records = [
                {
                    "account_id": ACCOUNT_ID,
                    "workspace_id": workspace_id,
                    "workspace_name": f"name of {workspace_id}",
                    "snapshot_time": at(snapshot).isoformat(),
                }
                for workspace_id in claimed
            ]
            self._land("workspaces", region, [json.dumps(record) for record in records])

    def deliver(self, *records: Usage, region: str | None = None) -> None:
        """Puts records where their region would, a file for each; or all where `region` would."""
        for name in sorted({region or record.region for record in records}):
            lines = [record.line() for record in records if (region or record.region) == name]
            self._land("billing_usage", name, lines)

    def announce(
        self,
        *records: Usage,
        hours: Iterable[datetime] = (),
        regions: Iterable[str] = ("r1", "r2"),
    ) -> None:
        """Manifests of the hours of new records, and of `hours` though nothing was used in them."""
        self.announced += records
        touched = {(record.region, record.hour) for record in records}
        touched |= {(region, hour) for region in regions for hour in hours}
        for region in sorted({region for region, _ in touched}):
            own = sorted(hour for name, hour in touched if name == region)
            self._land("delivery_manifests", region, [self._manifest(region, h) for h in own])

    def take_in(self, *select: str, tests: bool = False) -> None:
        """Ingestion, and the models and seeds that `select` names; with their tests on demand."""
        self.account.ingest()
        how = ["--indirect-selection", "buildable", *WITHOUT_UNIT_TESTS]
        if not tests:
            how += ["--exclude-resource-type", "test"]
        silent = ["--exclude", *SILENT] if self.is_built else []
        self.account.dbt("build", *how, "--select", *select, *silent)
        self.is_built = True

    def _manifest(self, region: str, hour: datetime) -> str:
        mine = [r for r in self.announced if (r.region, r.hour) == (region, hour)]
        ids = "\n".join(sorted(record.record_id for record in mine))
        self.files += 1
        return json.dumps(
            {
                "source": "billing_usage",
                "region": region,
                "sector_start": hour.isoformat(),
                "sector_end": (hour + HOUR).isoformat(),
                "files": [],
                "record_count": len(mine),
                "quantity_sum": str(sum((Decimal(r.quantity) for r in mine), Decimal(0))),
                "checksum": hashlib.sha256(ids.encode()).hexdigest() if mine else None,
                "complete_through": (hour + HOUR).isoformat(),
                "emitted_at": (at("01 00:00") + timedelta(days=90, seconds=self.files)).isoformat(),
            }
        )

    def _land(self, source: str, region: str, lines: list[str]) -> None:
        self.files += 1
        content = "".join(f"{line}\n" for line in lines).encode()
        self.account.land(source, f"{source}-{self.files:05d}.json", content, region)


def hours(start: str, end: str) -> list[datetime]:
    """Whole hours of [start, end)."""
    count = (at(end) - at(start)) // HOUR
    return [at(start) + n * HOUR for n in range(count)]
