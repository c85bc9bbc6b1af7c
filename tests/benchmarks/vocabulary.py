"""Columns that many marts share, by name: of several candidates the first whose axes are there."""

from collections.abc import Mapping, Sequence

from tests.benchmarks.rows import DAY, one_of, pick

PRODUCTS = ("JOBS", "ALL_PURPOSE", "SQL", "DLT", "MODEL_SERVING", "VECTOR_SEARCH",
            "INTERACTIVE", "NETWORKING", "DEFAULT_STORAGE", "DATABASE", "APPS",
            "LAKEHOUSE_MONITORING")  # fmt: skip
SOURCES = ("billing_usage", "billable_usage", "audit_logs", "cloudtrail", "job_runs",
           "job_task_runs", "cluster_events", "cluster_metrics", "clusters", "jobs", "workspaces",
           "list_prices", "spark_events")  # fmt: skip
LAYERS = ("bronze", "silver", "gold", "gold", "gold")
SERVICES = ("accounts", "unityCatalog", "jobs", "clusters", "databrickssql", "workspace", "secrets")
KINDS = ("failed_login", "permission_change", "token_change", "group_change", "denied_address",
         "first_time_actor", "mass_read", "failed_logins_of_user")  # fmt: skip
SEVERITIES = ("low", "medium", "medium", "info", "high")

HOUR = f"cast({DAY} as timestamp) + make_dt_interval(0, cast(hour_no as int))"
NEXT_HOUR = f"cast({DAY} as timestamp) + make_dt_interval(0, cast(hour_no as int) + 1)"
MONTH = f"date_format({DAY}, 'yyyy-MM')"
TEAM = f"concat('team-', {pick(25, 'team')})"
USER = f"concat('user-', {pick(500, 'user')}, '@example.com')"

COMMON: Mapping[str, Sequence[str]] = {
    "account_id": ("'account-1'",),
    "as_of": (f"cast({DAY} as timestamp) + interval 25 hours",),
    "billing_origin_product": (one_of(PRODUCTS, "sku_no"), one_of(PRODUCTS, "product_no")),
    "billing_period": (MONTH,),
    "charge_class": ("null",),
    "cloud": ("'AWS'",),
    "cluster_id": ("concat('0331-120000-c', cluster_no)",),
    "completeness_pct": ("if(day_no = 0, 97.5, 100)",),
    "currency_code": ("'USD'",),
    "is_partial": ("day_no = 0",),
    "is_time_sector_complete": ("day_no > 0 or hour_no < 20", "day_no > 0"),
    "is_hour_complete": ("day_no > 0 or hour_no < 20",),
    "job_id": ("cast(200000 + job_no as string)",),
    "layer": (one_of(LAYERS, "table_no"),),
    "original_period": (MONTH,),
    "price_status": ("'priced'",),
    "region": ("concat('region-', region_no + 1)", "concat('region-', workspace_no % 3 + 1)"),
    "regions_missing": ("if(day_no = 0, array('region-3'), cast(array() as array<string>))",),
    "sector_ended_at": (NEXT_HOUR,),
    "sku_name": (f"concat('PREMIUM_', {one_of(PRODUCTS, 'sku_no')}, '_COMPUTE')",),
    "slo_seconds": ("if(table_no = 0, 60, if(table_no = 1, 300, 900))",),
    "source_name": (one_of(SOURCES, "source_no"),),
    "usage_unit": ("'DBU'",),
    "user_email": (USER,),
    "workspace_id": ("cast(1000000000 + workspace_no as string)",),
    "workspace_name": ("concat('workspace-', workspace_no)",),
}
