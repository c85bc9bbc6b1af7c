"""The rows of what watches the platform itself, as the console reads it.

The log of the platform ends now, as its questions count from now; everything else ends with the
newest day of the account.
"""

from datetime import UTC, datetime

from tests.benchmarks.marts import Tables
from tests.benchmarks.rows import DAY, Rows, one_of, pick
from tests.benchmarks.scale import Scale
from tests.benchmarks.vocabulary import SOURCES

_CUSTOMERS, _TABLES = 20_000, 170
_SHOPS = ("retail", "marketplace")
_WORST = ("MEDIUM", "HIGH", "CRITICAL", "LOW")
_UNUSUAL = {
    "is_anomaly": f"{pick(100, 'odd')} < 3",
    "severity": f"if({pick(100, 'odd')} < 3, {one_of(_WORST, pick(4, 'worst'))}, null)",
    "robust_z": f"{pick(2000, 'z')} / 100 - 10",
    "direction": "'above'",
}


def tables(scale: Scale) -> Tables:
    """The rows of every table by its name in dbt."""
    return {
        **_quality(scale),
        **_learning(scale),
        **_quarantine(scale),
        **_of_the_platform(),
    }


def _quality(scale: Scale) -> Tables:
    days = {"day_no": scale.days}
    domain = one_of(("platform", "orders", "commerce", "operations"), "domain_no")
    measured = {"table_name": "concat('layer.table_', table_no)", "domain": domain,
                "measured_at": f"cast({DAY} as timestamp)"}  # fmt: skip
    layers = one_of(("bronze", "silver", "gold"), "layer_no")
    worst = f"concat('layer.table_', {pick(_TABLES, 'worst')})"
    metric = {"metric": "concat('metric-', metric_no)"} | _UNUSUAL
    return {
        "ops_layer_quality": (
            Rows(
                axes=days | {"layer_no": 3, "domain_no": 4},
                columns={"layer": layers, "domain": domain, "worst_table": worst},
            ),
        ),
        "ops_table_quality": (
            Rows(
                axes=days | {"table_no": _TABLES},
                derived={"domain_no": "table_no % 4"},
                columns=measured,
            ),
        ),
        "ops_volume_anomalies": (
            Rows(axes=days | {"source_no": scale.sources, "metric_no": 4}, columns=metric),
        ),
        "ops_order_anomalies": (Rows(axes=days | {"metric_no": 6}, columns=metric),),
        "ops_sales_anomalies": (
            Rows(
                axes=days | {"shop_no": 2, "metric_no": 6},
                columns=metric | {"shop": one_of(_SHOPS, "shop_no")},
            ),
        ),
    }


def _learning(scale: Scale) -> Tables:
    model = {"model": one_of(("churn", "segments", "recommendations"), "model_no"),
             "shop": one_of(_SHOPS, "shop_no"), "model_version": "cast(day_no as string)",
             "status": "'promoted'", "trained_at": f"cast({DAY} as timestamp)",
             "cutoff_date": DAY}  # fmt: skip
    axes = {"day_no": scale.days, "model_no": 3, "shop_no": 2}
    features = one_of(("score", "recency_days", "order_count", "revenue"), "feature_no")
    return {
        "model_runs": (Rows(axes=axes, columns=model),),
        "feature_drift": (
            Rows(axes=axes | {"feature_no": 4}, columns=model | {"feature": features}),
        ),
        "int_commerce__customer_features": (
            Rows(
                axes={"day_no": max(1, scale.days // 30), "shop_no": 2, "customer_no": _CUSTOMERS},
                columns={"shop": one_of(_SHOPS, "shop_no"), "cutoff_date": DAY,
                         "customer_key": "concat('customer-', customer_no)"},
            ),
        ),
    }  # fmt: skip


def _quarantine(scale: Scale) -> Tables:
    """Rejected lines; on three of ten somebody has decided."""
    usage = f"""concat('{{"usage_date": "', {DAY}, '", "text": "', repeat('x', 300), '"}}')"""
    axes = {"day_no": scale.days, "line_no": 2000}
    columns = {
        "source": f"concat('platform.', {one_of(SOURCES, pick(len(SOURCES), 'source'))})",
        "quarantine_reason": one_of(
            ("missing_key", "number_out_of_range", "invalid_utf8"), pick(3, "reason")
        ),
        "raw": usage,
        "source_file": f"concat('landing/file-', day_no, '-', {pick(50, 'file')}, '.json')",
        "ingest_batch": "concat('batch-', day_no)",
        "line_hash": "sha2(cast(id as string), 256)",
        "copies": "1",
        "region": f"concat('region-', 1 + {pick(scale.regions, 'region')})",
        "decision": "'requeued'",
    }
    return {
        "quarantine": (Rows(axes=axes, columns=columns),),
        "quarantine_decisions": (Rows(axes=axes, columns=columns, share=0.3),),
    }


def _of_the_platform() -> Tables:
    """Every five minutes of thirty days a run of each source and two of dbt; forty alerts a day."""
    now = f"{datetime.now(UTC):%Y-%m-%d} 00:00:00"
    at = f"timestamp'{now}' + interval 1 day - make_dt_interval(cast(day_no as int), 0, "
    kinds = len(SOURCES) + 2
    is_dbt = f"kind_no >= {len(SOURCES)}"
    log = {
        "logged_at": f"{at}cast(5 * slot_no as int))",
        "component": f"if({is_dbt}, 'dbt', 'ingest')",
        "subject": f"if({is_dbt}, 'dbt build', {one_of(SOURCES, 'kind_no')})",
        "status": f"if({pick(200, 'status')} = 0, 'failed', 'ok')",
        "run_id": "concat('run-', id)",
        "message": "'93 success, and what else a run says of itself in a line'",
        "table_versions": "map()",
    }
    events = {
        "occurred_at": f"{at}cast({pick(1440, 'minute')} as int))",
        "event_id": "cast(id as string)",
        "event": one_of(("opened", "acknowledged", "resolved"), pick(3, "event")),
        "alert_id": f"concat('alert-', {pick(300, 'alert')})",
        "severity": one_of(("HIGH", "CRITICAL", "MEDIUM"), pick(3, "severity")),
    }
    days = {"day_no": 30}
    return {
        "platform_logs": (Rows(axes=days | {"slot_no": 288, "kind_no": kinds}, columns=log),),
        "alert_events": (Rows(axes=days | {"alert_no": 40}, columns=events),),
    }
