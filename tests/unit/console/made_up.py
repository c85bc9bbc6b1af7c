"""A lakehouse of made-up rows: an account in the middle of a bad week, or nothing at all."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

import pandas as pd

from operations.console.frames import Answer
from operations.console.kinds import Kind, Query
from operations.quarantine.decisions import Choice
from operations.quarantine.sources import QuarantinedSource

NOW = dt.datetime(2026, 1, 20, 9, 30, tzinfo=dt.UTC)
SOURCES = ("audit_logs", "billing_usage", "cluster_metrics", "job_runs", "list_prices", "orders")
REGIONS = ("ap-southeast-2", "eu-west-1", "us-east-1")
_TEXTS = {
    "severity": ("CRITICAL", "HIGH", "MEDIUM"),
    "source_name": tuple(f"platform.{name}" for name in SOURCES),
    "region": REGIONS,
    "layer": ("bronze", "silver", "gold"),
    "relation_name": ("silver.stg_platform__audit_logs", "gold_billing.fct_usage_daily"),
    "domain": ("platform", "orders", "commerce"),
    "status": ("ok", "failed", "ok"),
    "component": ("ingest", "dbt", "quarantine"),
    "currency_code": ("USD",),
    "usage_period": ("2026-01",),
    "billing_period": ("2026-01", "2025-12"),
    "book": ("usage", "orders"),
    "period_state": ("OPEN", "SOFT_CLOSED", "CLOSED"),
    "kind": ("pipeline", "fraud", "anomaly"),
    "team": ("data", "growth", "unallocated", "finance"),
    "tag": ("cost_center", "environment"),
    "tag_value": ("prod", "4711", "dev", "a value of a tag that is much longer than its column"),
    "quarantine_reason": ("missing_key", "number_out_of_range", "invalid_utf8"),
    "message": ("93 success", "source audit_logs: 3 of 40 files could not be read"),
    "model": ("churn", "segments"),
    "shop": ("retail", "marketplace"),
    "job_name": ("nightly_load", None, "features_daily"),
}
_FRAUD = ("high", "medium", "low")
_ROWS = 24


def cell(query: Query, name: str, kind: Kind, row: int) -> Any:
    """A value of a column, the same at each call."""
    if name == "severity" and query.analysis == "console__fraud_alerts":
        return _FRAUD[row % 3]
    if texts := _TEXTS.get(name):
        return texts[row % len(texts)]
    match kind:
        case Kind.TIME:
            return NOW - dt.timedelta(hours=row // 3)
        case Kind.DAY:
            return (NOW - dt.timedelta(days=row)).date()
        case Kind.FLAG:
            return row % 5 != 0
        case Kind.SHARE:
            return (97 - row) / 100
        case Kind.PERCENT:
            return 100.0 - row * row / 12
        case Kind.SECONDS:
            return [12.5, 190.0, 4000.0, 200_000.0, None][row % 5]
        case Kind.COUNT:
            return (row * 7919) % 1200
        case Kind.MONEY:
            return 1_234.5 / (row + 1)
        case Kind.NUMBER:
            return round(0.9 - row / 40, 3)
        case _:
            return f"{name.replace('_', ' ')} {row}"


def frame_for(query: Query) -> pd.DataFrame:
    """Rows of a query."""
    places = list(itertools.product(range(len(SOURCES)), REGIONS, ("bronze", "silver", "gold")))
    rows = []
    for row in range(len(places) if query.analysis.endswith("__freshness") else _ROWS):
        made = {column.name: cell(query, column.name, column.kind, row) for column in query.columns}
        if query.analysis == "platform_operations__freshness":
            source, region, layer = places[row]
            made |= {"source_name": f"platform.{SOURCES[source]}", "region": region, "layer": layer}
            made["slo_seconds"] = {"bronze": 60, "silver": 300, "gold": 900}[layer]
        rows.append(made)
    frame = pd.DataFrame(rows, columns=[column.name for column in query.columns])
    if query.analysis == "on_duty__recent_anomalies":
        frame["z_score"] = [(-1) ** row * (4 + row / 3) for row in range(len(frame))]
    if query.analysis == "on_duty__model_health":
        frame = frame.head(3).assign(metric_low=frame["metric_value"] - 0.03)
        frame = frame.assign(metric_high=frame["metric_value"] + 0.03, baseline_value=0.71)
    return frame


def nothing_for(query: Query) -> pd.DataFrame:
    """The columns of a query as the connector gives them for no rows, with their types."""
    kinds = {
        Kind.TEXT: "object",
        Kind.TIME: "datetime64[us, UTC]",
        Kind.DAY: "object",
        Kind.FLAG: "object",
        Kind.COUNT: "float64",
    }
    return pd.DataFrame(
        {
            column.name: pd.Series([], dtype=kinds.get(column.kind, "float64"))
            for column in query.columns
        }
    )


def answer(frame: pd.DataFrame, missing: Sequence[str] = ()) -> Answer:
    """An answer of these rows."""
    return Answer(
        frame=frame,
        missing=tuple(missing),
        is_unbuilt=bool(missing),
        is_cut=False,
        read_at=NOW,
        seconds=0.2,
    )


def busy(query: Query) -> Answer:
    """A way to ask: an account with everything."""
    return answer(frame_for(query))


def empty(query: Query) -> Answer:
    """A way to ask: tables are there, rows are not."""
    return answer(nothing_for(query))


def unbuilt(query: Query) -> Answer:
    """A way to ask: not even tables."""
    return answer(nothing_for(query), ("gold_operational.ops_spend_daily",))


class PaperDesk:
    """A quarantine of twelve rows that notes what is done with them."""

    def __init__(self) -> None:
        self.rows = 12
        self.done: list[tuple[str, str, str]] = []

    def choice(self, source: str, reason: str | None) -> Choice:
        declared = QuarantinedSource(
            name=source,
            bronze=f"bronze_{source}",
            is_billing=True,
            is_whole=False,
            retention_days=30,
        )
        return Choice(source=declared, reason=reason)

    def waiting(self, choice: Choice) -> int:
        return self.rows

    def examples(self, choice: Choice) -> Sequence[Sequence[Any]]:
        return [('{"id": null}', "eu-west-1", "audit/part-0.json", NOW)]

    def requeue(self, choice: Choice, by: str, why: str) -> int:
        self.done.append((str(choice), by, why))
        return self.rows
