"""The rows of each table that a panel reads in the end, by the size of the account."""

from collections.abc import Mapping, Sequence

from tests.benchmarks.rows import DAY, Rows, one_of, pick
from tests.benchmarks.scale import NEWEST_DAY, Scale
from tests.benchmarks.vocabulary import (
    HOUR,
    KINDS,
    MONTH,
    SERVICES,
    SEVERITIES,
    TEAM,
    USER,
)

Tables = Mapping[str, Sequence[Rows]]

# Bearers of a line of the bill: of some kinds two share it.
BEARERS = ("job_run", "job_run", "cluster", "warehouse", "user", "user", "team", "team",
           "tag:team", "tag:team", "tag:environment", "tag:cost_center")  # fmt: skip
# An hour has a line for two fifths of all workspaces and SKUs, a day for more of them.
HOURLY_SHARE, DAILY_SHARE = 0.4, 0.7

_KIND = one_of(BEARERS, "bearer_no")
_VERSIONS = {
    "valid_from_at": f"if(version_no = 0, timestamp'2025-01-01', timestamp'{NEWEST_DAY}'"
    " - make_dt_interval(cast(40 - 10 * version_no as int)))",
    "valid_to_at": f"if(is_last, timestamp'9999-12-31', timestamp'{NEWEST_DAY}'"
    " - make_dt_interval(cast(30 - 10 * version_no as int)))",
    "is_current": "is_last",
    "is_deleted": "false",
    "version_key": "concat('version-', id)",
}


def tables(scale: Scale) -> Tables:
    """The rows of every table by its name in dbt."""
    return {
        **_dimensions(scale),
        **_bill(scale),
        **_allocation(scale),
        **_operations(scale),
        **_compute(scale),
        **_security(scale),
    }


def _versions(count: int, derived: Mapping[str, str], **axes: int) -> Sequence[Rows]:
    """So many versions of each subject, one after the other, the last one current."""
    last = {"is_last": f"version_no = {count - 1}"}
    return (
        Rows(axes={**axes, "version_no": count}, derived={**derived, **last}, columns=_VERSIONS),
    )


def _dimensions(scale: Scale) -> Tables:
    workspace_of_job = {"workspace_no": f"job_no % {scale.workspaces}"}
    workspace_of_cluster = {"workspace_no": f"cluster_no % {scale.workspaces}"}
    prices = Rows(
        axes={"sku_no": scale.skus, "version_no": 3},
        columns={
            "price_started_at": "add_months(date'2025-01-01', cast(version_no * 7 as int))",
            "price_ended_at": "if(version_no = 2, null,"
            " add_months(date'2025-01-01', cast(version_no * 7 + 7 as int)))",
            "valid_to_at": "timestamp'9999-12-31'",
            "is_current": "true",
            "is_deleted": "false",
            "version_key": "concat('version-', id)",
        },
    )
    return {
        "dim_jobs": _versions(2, workspace_of_job, job_no=scale.jobs),
        "dim_clusters": _versions(3, workspace_of_cluster, cluster_no=scale.clusters),
        "dim_workspaces": _versions(2, {}, workspace_no=scale.workspaces),
        "dim_prices": (prices,),
        "stg_platform__workspaces": (Rows(axes={"workspace_no": scale.workspaces}),),
    }


def _bill(scale: Scale) -> Tables:
    line = {"workspace_no": scale.workspaces, "sku_no": scale.skus}
    hours = {"day_no": scale.days, "hour_no": 24, **line}
    charges = {
        "charge_class": f"if({pick(200, 'correction')} = 0, 'Correction', null)",
        "is_sealed": f"{DAY} < trunc(date'{NEWEST_DAY}', 'month')",
        "charge_tags": f"if({pick(2, 'tags')} = 0, to_json(map('team', {TEAM})), null)",
        "cluster_id": f"if({pick(3, 'bearer')} = 0, concat('0331-120000-c', workspace_no), null)",
        "warehouse_id": "null",
    }
    period = {"day_no": "month_no * 30"}
    months = Rows(
        axes={"month_no": max(1, scale.days // 30), "sku_no": scale.skus},
        derived=period,
        columns={"invoice_id": f"concat('INV-', {MONTH})", "line_key": "concat('line-', id)",
                 "line_status": "'equal'"},
    )  # fmt: skip
    spend = Rows(
        axes={"day_no": scale.days, "workspace_no": scale.workspaces, "product_no": scale.skus},
        columns={"source_name": "'billing_usage'", "z_score": f"{pick(800, 'z')} / 100 - 4"},
        share=DAILY_SHARE,
    )
    return {
        "fct_usage_hourly": (Rows(axes=hours, share=HOURLY_SHARE),),
        "fct_charges": (Rows(axes=hours, columns=charges, share=HOURLY_SHARE),),
        "fct_usage_daily": (Rows(axes={"day_no": scale.days, **line}, share=DAILY_SHARE),),
        "fct_invoice_reconciliation": (months,),
        "invoice_lines": (months,),
        "ops_spend_daily": (spend,),
    }


def _allocation(scale: Scale) -> Tables:
    line = {"workspace_no": scale.workspaces, "sku_no": scale.skus}
    bearers = {**line, "bearer_no": len(BEARERS)}
    job = pick(scale.jobs, "job")
    borne = {
        "allocation_kind": _KIND,
        "allocated_to": f"case when {_KIND} in ('team', 'tag:team') then {TEAM}"
        f" when {_KIND} = 'user' then {USER}"
        f" when {_KIND} = 'job_run' then cast(900000 + {pick(10**6, 'run')} as string)"
        f" when {_KIND} = 'cluster' then concat('0331-120000-c', {pick(scale.clusters, 'c')})"
        f" else concat('value-', {pick(10, 'value')}) end",
        "is_allocated": f"{pick(100, 'allocated')} < 92",
        "job_id": f"if({_KIND} = 'job_run', cast(200000 + {job} as string), null)",
        "job_run_id": "null",
    }
    # Most runs, and all tasks, are in `_runs`; here are bearers of every other kind.
    others = Rows(axes={"day_no": scale.days, **bearers}, columns=borne, share=DAILY_SHARE)
    hourly = {"day_no": scale.days, "hour_no": 24, **bearers}
    return {
        "fct_cost_allocation_hourly": (Rows(axes=hourly, columns=borne, share=HOURLY_SHARE),),
        "fct_cost_allocation_daily": (_runs(scale), others),
    }


def _runs(scale: Scale) -> Rows:
    """Runs of jobs and their tasks: what bears most rows of a day."""
    run = "cast(900000 + day_no * 10000 + job_no as string)"
    return Rows(
        axes={"day_no": scale.days, "job_no": scale.jobs, "part_no": 1 + scale.tasks_per_run},
        derived={"workspace_no": f"job_no % {scale.workspaces}", "sku_no": "0"},
        columns={
            "allocation_kind": "if(part_no = 0, 'job_run', 'task')",
            "allocated_to": f"if(part_no = 0, {run}, concat('task-', part_no))",
            "is_allocated": "true",
            "job_run_id": run,
        },
    )


def _operations(scale: Scale) -> Tables:
    days = {"day_no": scale.days, "source_no": scale.sources}
    sectors = {**days, "hour_no": 24, "region_no": scale.regions}
    arrived = {"time_sector_last_updated_at": HOUR, "completeness_basis": "'manifest'"}
    freshness = {
        "relation_name": "concat('layer.table_', source_no, '_', table_no)",
        "newest_lag_seconds": f"{pick(1000, 'lag')}",
        "waiting_count": "if(day_no = 0 and hour_no = 23, 1, 0)",
        "file_count": "12",
        "within_slo_count": f"12 - {pick(3, 'missed')}",
    }
    runs = {"rated_count": pick(6, "rated"), "failed_count": pick(2, "failed"),
            "job_name": "concat('job-', job_no)"}  # fmt: skip
    return {
        "int_platform__time_sectors": (Rows(axes=sectors, columns=arrived),),
        "ops_completeness_hourly": (Rows(axes=sectors, columns=arrived),),
        "ops_freshness_hourly": (
            Rows(axes={**sectors, "table_no": scale.tables_per_source}, columns=freshness),
        ),
        "int_platform__drift_daily": (Rows(axes={**days, "subject_no": 5}, share=0.3),),
        "ops_quality_scores": (Rows(axes={**days, "table_no": 3}),),
        "ops_job_health_daily": (
            Rows(
                axes={"day_no": scale.days, "job_no": scale.jobs},
                derived={"workspace_no": f"job_no % {scale.workspaces}"},
                columns=runs,
            ),
        ),
    }


def _compute(scale: Scale) -> Tables:
    # Which of all clusters are up changes every six hours.
    up = f"(running_no + {scale.running} * (slot_no div 72) + 13 * day_no) % {scale.clusters}"
    slot = f"cast({DAY} as timestamp) + make_dt_interval(0, 0, cast(5 * slot_no as int))"
    workspace = {"workspace_no": f"cluster_no % {scale.workspaces}"}
    slots = Rows(
        axes={"day_no": scale.days, "slot_no": 288, "running_no": scale.running},
        derived={"cluster_no": up, "workspace_no": f"({up}) % {scale.workspaces}"},
        columns={"slot_at": slot, "is_running": f"{pick(100, 'up')} < 97", "driver_seconds": "300",
                 "worker_seconds": f"300 * {pick(16, 'workers')}"},
    )  # fmt: skip
    clusters = {"day_no": scale.days, "cluster_no": scale.clusters}
    kind = one_of(("idle", "oversized", "spill", "skew"), "finding_no")
    return {
        "ops_cluster_utilization_5m": (slots,),
        "ops_cluster_efficiency_daily": (Rows(axes=clusters, derived=workspace, share=0.8),),
        "ops_compute_recommendations": (
            Rows(axes={**clusters, "finding_no": 4}, derived=workspace, columns={"kind": kind},
                 share=0.2),
        ),
    }  # fmt: skip


def _security(scale: Scale) -> Tables:
    events = Rows(
        axes={"day_no": scale.days, "event_no": scale.detections_per_day},
        derived={"region_no": f"event_no % {scale.regions}"},
        columns={
            "event_at": f"timestampadd(second, cast({pick(86400, 'at')} as int), {DAY})",
            "kind": one_of(KINDS, pick(1000, "kind")),
            "severity": one_of(SEVERITIES, pick(1000, "severity")),
            "source_ip_address": f"concat('10.0.0.', {pick(250, 'address')})",
            "detection_key": "sha1(cast(id as string))",
            "evidence_record_key": "sha2(cast(id as string), 256)",
        },
    )
    activity = Rows(
        axes={"day_no": scale.days, "hour_no": 24, "region_no": scale.regions,
              "action_no": scale.actions},
        columns={"service_name": one_of(SERVICES, "action_no"),
                 "action_name": "concat('action', action_no)"},
        share=0.5,
    )  # fmt: skip
    return {"ops_security_events": (events,), "ops_audit_activity_hourly": (activity,)}
