"""Usage records for tests, all of one usage unless said otherwise."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from operations.trace.records import UsageRecord

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def record(name: str, kind: str, quantity: str, **other: Any) -> UsageRecord:
    values: dict[str, Any] = {
        "record_key": f"key of {name}",
        "record_id": name,
        "source_name": "billing_usage",
        "record_type": kind,
        "quantity": Decimal(quantity),
        "price_key": None,
        "source_file": "file:/landing/a.json",
        "ingested_at": AT + timedelta(minutes=5),
        "usage": ("c1", "SKU"),
    }
    return UsageRecord(**(values | other))


def row(name: str, quantity: str, **other: Any) -> dict[str, Any]:
    """A row of the priced usage records."""
    return {
        "record_key": f"key of {name}",
        "record_id": name,
        "source_name": "billing_usage",
        "record_type": "ORIGINAL",
        "usage_date": AT.date(),
        "usage_hour_at": AT,
        "usage_started_at": AT,
        "usage_ended_at": AT + timedelta(hours=1),
        "account_id": "a1",
        "workspace_id": "w1",
        "cloud": "AWS",
        "region": "r1",
        "sku_name": "JOBS",
        "usage_unit": "DBU",
        "usage_quantity": Decimal(quantity),
        "billing_origin_product": "JOBS",
        "cluster_id": "c1",
        "warehouse_id": None,
        "job_id": None,
        "job_run_id": None,
        "currency_code": "USD",
        "list_price": Decimal("0.2"),
        "billed_price": Decimal("0.15"),
        "list_price_key": "listed",
        "negotiated_price_key": "agreed",
        "source_file": "file:/landing/a.json",
        "ingested_at": AT,
    } | other
