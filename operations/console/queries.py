"""Questions of whoever watches: the analysis that answers each, and how its columns read."""

from operations.console import account_queries
from operations.console.kinds import IS_PARTIAL, SEVERITY, Column, Kind, Query

DAILY_SUMMARY = Query(
    "on_duty__daily_summary",
    (
        SEVERITY,
        Column("day", "Day", Kind.DAY),
        Column("ingest_runs", "Ingest runs", Kind.COUNT),
        Column("files_landed", "Files", Kind.COUNT),
        Column("rows_landed", "Rows", Kind.COUNT),
        Column("rejected_rows", "Rejected rows", Kind.COUNT),
        Column("failed_sources", "Failed sources", Kind.COUNT),
        Column("dbt_runs", "dbt runs", Kind.COUNT),
        Column("failed_dbt_runs", "Failed", Kind.COUNT),
        Column("tables_taken_back", "Taken back", Kind.COUNT),
        Column("dbt_seconds", "dbt time", Kind.SECONDS),
        Column("lowest_score", "Lowest score", Kind.PERCENT),
        Column("lowest_layer", "of layer"),
    ),
    limit=31,
)
PIPELINE_STATUS = Query(
    "on_duty__pipeline_status",
    (
        SEVERITY,
        Column("component", "Component"),
        Column("step", "Step"),
        Column("status", "Status"),
        Column("last_run_at", "Last run", Kind.TIME),
        Column("age_seconds", "Age", Kind.SECONDS),
        Column("run_count", "Runs", Kind.COUNT),
        Column("failed_count", "Failed", Kind.COUNT),
        Column("message", "What it said"),
    ),
)
CRITICAL_ALERTS = Query(
    "on_duty__critical_alerts",
    (
        SEVERITY,
        Column("domain", "Domain"),
        Column("kind", "Kind"),
        Column("subject", "Subject"),
        Column("newest_at", "Newest", Kind.TIME),
        Column("alert_count", "Count", Kind.COUNT),
        Column("detail", "Detail"),
        Column("read_on", "Read on"),
    ),
    limit=200,
)
ALERT_EVENTS = Query(
    "console__alert_events",
    (
        Column("occurred_at", "When", Kind.TIME),
        Column("event", "What"),
        SEVERITY,
        Column("rule", "Rule"),
        Column("subject", "Subject"),
        Column("value", "Value", Kind.NUMBER),
        Column("detail", "Detail"),
        Column("actor", "By"),
    ),
)
FRESHNESS = Query(
    "platform_operations__freshness",
    (
        Column("source_name", "Source"),
        Column("region", "Region"),
        Column("layer", "Layer"),
        Column("relation_name", "Table"),
        Column("is_within_slo", "In time", Kind.FLAG),
        Column("lag_seconds", "Newest lag", Kind.SECONDS),
        Column("slo_seconds", "Service level", Kind.SECONDS),
        Column("within_slo_pct", "In time, %", Kind.PERCENT),
        Column("max_lag_seconds", "Longest lag", Kind.SECONDS),
        Column("waiting_count", "Waiting files", Kind.COUNT),
        Column("file_count", "Files", Kind.COUNT),
        Column("newest_landed_at", "Newest landed", Kind.TIME),
    ),
    limit=2000,
)
LAG_BY_HOUR = Query(
    "platform_operations__lag_by_hour",
    (
        Column("landed_hour_at", "Hour of landing", Kind.TIME),
        Column("layer", "Layer"),
        Column("within_slo_pct", "In time, %", Kind.PERCENT),
        Column("worst_p95_lag_seconds", "95th percentile of the worst table", Kind.SECONDS),
        Column("worst_relation_name", "Worst table"),
        Column("file_count", "Files", Kind.COUNT),
        Column("waiting_count", "Waiting", Kind.COUNT),
    ),
    limit=2000,
)
COMPLETENESS = Query(
    "platform_operations__completeness",
    (
        Column("sector_started_at", "Hour", Kind.TIME),
        Column("source_name", "Source"),
        Column("region", "Region"),
        Column("completeness_pct", "Complete, %", Kind.PERCENT),
        Column("completeness_basis", "Known from"),
        Column("expected_records", "Announced", Kind.COUNT),
        Column("silver_records", "Arrived", Kind.COUNT),
        Column("is_time_sector_complete", "Hour complete", Kind.FLAG),
    ),
    limit=10_000,
)
PERIOD_STATES = Query(
    "console__period_states",
    (
        Column("book", "Book"),
        Column("account_id", "Account"),
        Column("billing_period", "Month"),
        Column("period_state", "State"),
        Column("state_since_at", "Since", Kind.TIME),
        Column("state_by", "By"),
        Column("open_break_count", "Open breaks", Kind.COUNT),
        Column("waived_break_count", "Waived", Kind.COUNT),
        Column("record_count", "Records", Kind.COUNT),
        Column("amount", "Amount", Kind.MONEY),
        Column("corrections", "Corrections", Kind.MONEY),
    ),
    limit=200,
)
BLOCKING_BREAKS = Query(
    "console__blocking_breaks",
    (
        Column("book", "Book"),
        Column("billing_period", "Month"),
        Column("break_type", "What blocks"),
        Column("break_count", "How often", Kind.COUNT),
        Column("first_date", "From", Kind.DAY),
        Column("last_date", "To", Kind.DAY),
        Column("example_subject", "For example"),
        Column("example_detail", "What to do about it"),
    ),
    limit=200,
)
QUALITY_BY_LAYER = Query(
    "on_duty__quality_by_layer",
    (
        SEVERITY,
        Column("layer", "Layer"),
        Column("domain", "Domain"),
        Column("score", "Score", Kind.PERCENT),
        Column("score_change", "Change", Kind.NUMBER),
        Column("completeness", "Completeness", Kind.SHARE),
        Column("uniqueness", "Uniqueness", Kind.SHARE),
        Column("validity", "Validity", Kind.SHARE),
        Column("freshness", "Freshness", Kind.SHARE),
        Column("volume", "Volume", Kind.SHARE),
        Column("worst_table", "Worst table"),
        Column("worst_table_score", "its score", Kind.PERCENT),
        Column("worst_reason", "Why"),
        Column("measured_date", "Measured", Kind.DAY),
    ),
)
QUALITY_BY_SOURCE = Query(
    "platform_operations__quality",
    (
        Column("landed_date", "Day of landing", Kind.DAY),
        Column("source_name", "Source"),
        Column("layer", "Layer"),
        Column("score", "Score", Kind.PERCENT),
        Column("mean_score", "Mean, 7 days", Kind.PERCENT),
        Column("row_count", "Rows", Kind.COUNT),
        IS_PARTIAL,
    ),
    limit=5000,
)
DRIFT = Query(
    "platform_operations__drift",
    (
        Column("source_name", "Source"),
        Column("kind", "Kind"),
        Column("subject", "Field"),
        Column("is_new", "New", Kind.FLAG),
        Column("record_count", "Records", Kind.COUNT),
        Column("day_count", "Days", Kind.COUNT),
        Column("regions", "Regions"),
        Column("example_type", "Type"),
        Column("first_seen_at", "First seen", Kind.TIME),
        Column("last_drift_date", "Last day", Kind.DAY),
        Column("example_file", "Example file"),
    ),
)
ANOMALIES = Query(
    "on_duty__recent_anomalies",
    (
        SEVERITY,
        Column("day", "Day", Kind.DAY),
        Column("domain", "Domain"),
        Column("series", "Series"),
        Column("metric", "Metric"),
        Column("value", "Value", Kind.NUMBER),
        Column("expected_value", "Expected", Kind.NUMBER),
        Column("z_score", "Spreads off", Kind.NUMBER),
        Column("explanation", "Explanation"),
        IS_PARTIAL,
    ),
)
QUARANTINE = Query(
    "console__quarantine",
    (
        Column("source_name", "Source"),
        Column("quarantine_reason", "Reason"),
        Column("row_count", "Rows", Kind.COUNT),
        Column("file_count", "Files", Kind.COUNT),
        Column("regions", "Regions"),
        Column("first_ingested_at", "First", Kind.TIME),
        Column("last_ingested_at", "Newest", Kind.TIME),
    ),
)
ALL: tuple[Query, ...] = tuple(
    value
    for value in (*globals().copy().values(), *vars(account_queries).values())
    if isinstance(value, Query)
)
