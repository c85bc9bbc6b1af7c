"""Questions of what the account and its customers do, and of what ran."""

from operations.console.kinds import IS_PARTIAL, SEVERITY, Column, Kind, Query

_CURRENCY = Column("currency_code", "Currency")

DAILY_SPEND = Query(
    "platform_cost__daily_spend",
    (
        Column("usage_date", "Day", Kind.DAY),
        Column("billed_cost", "Billed cost", Kind.MONEY),
        Column("mean_billed_cost", "Mean, 7 days", Kind.MONEY),
        Column("list_cost", "At list prices", Kind.MONEY),
        _CURRENCY,
    ),
    limit=200,
)
MONTH_FORECAST = Query(
    "platform_cost__month_forecast",
    (
        Column("source_name", "Source"),
        Column("workspace_id", "Workspace"),
        Column("month_to_date_cost", "Month to date", Kind.MONEY),
        Column("month_end_forecast_cost", "At the month's end", Kind.MONEY),
        _CURRENCY,
        Column("newest_date", "Newest usage", Kind.DAY),
        IS_PARTIAL,
    ),
)
TEAM_BY_MONTH = Query(
    "chargeback__team_by_month",
    (
        Column("usage_period", "Month"),
        Column("team", "Team"),
        Column("is_allocated", "Borne", Kind.FLAG),
        Column("billed_cost", "Billed cost", Kind.MONEY),
        Column("share_of_month", "Share of the month", Kind.SHARE),
        _CURRENCY,
    ),
)
TOP_JOBS = Query(
    "chargeback__top_jobs",
    (
        Column("workspace_id", "Workspace"),
        Column("job_id", "Job"),
        Column("job_name", "Name"),
        Column("run_as", "Runs as"),
        Column("billed_cost", "Billed cost", Kind.MONEY),
        _CURRENCY,
        Column("last_usage_date", "Last cost", Kind.DAY),
    ),
)
COST_BY_TAG = Query(
    "console__cost_by_tag",
    (
        Column("tag", "Tag"),
        Column("tag_value", "Value"),
        Column("is_allocated", "Borne", Kind.FLAG),
        Column("billed_cost", "Billed cost", Kind.MONEY),
        _CURRENCY,
    ),
)
FRAUD_ALERTS = Query(
    "console__fraud_alerts",
    (
        SEVERITY,
        Column("order_at", "Ordered", Kind.TIME),
        Column("order_id", "Order"),
        Column("user_id", "Customer"),
        Column("city", "City"),
        Column("amount", "Amount", Kind.MONEY),
        Column("score", "Score", Kind.NUMBER),
        Column("rules", "Rules"),
        IS_PARTIAL,
    ),
)
FLAGGED_CUSTOMERS = Query(
    "console__flagged_customers",
    (
        Column("user_id", "Customer"),
        Column("amount_at_stake", "At stake", Kind.MONEY),
        Column("alert_count", "Alerts", Kind.COUNT),
        Column("severe_count", "Severe", Kind.COUNT),
        Column("score", "Score", Kind.NUMBER),
        Column("rules", "Rules"),
        Column("first_alert_at", "First", Kind.TIME),
        Column("last_alert_at", "Newest", Kind.TIME),
        IS_PARTIAL,
    ),
    limit=200,
)
MODEL_HEALTH = Query(
    "on_duty__model_health",
    (
        SEVERITY,
        Column("model", "Model"),
        Column("shop", "Shop"),
        Column("verdict", "Verdict"),
        Column("verdict_reason", "Why"),
        Column("metric", "Metric"),
        Column("metric_value", "Value", Kind.NUMBER),
        Column("metric_low", "from", Kind.NUMBER),
        Column("metric_high", "to", Kind.NUMBER),
        Column("baseline", "Rule to beat"),
        Column("baseline_value", "its value", Kind.NUMBER),
        Column("feature_psi", "Drift of features", Kind.NUMBER),
        Column("most_drifted_feature", "most of"),
        Column("score_psi", "Drift of scores", Kind.NUMBER),
        Column("trained_at", "Trained", Kind.TIME),
        Column("days_since_training", "Days since", Kind.COUNT),
        Column("scored_cutoff_date", "Scored as of", Kind.DAY),
    ),
)
JOB_RUNS = Query(
    "console__job_runs",
    (
        Column("run_date", "Day", Kind.DAY),
        Column("run_count", "Runs", Kind.COUNT),
        Column("succeeded_count", "Succeeded", Kind.COUNT),
        Column("failed_count", "Failed", Kind.COUNT),
        Column("cancelled_count", "Cancelled", Kind.COUNT),
        Column("skipped_count", "Skipped", Kind.COUNT),
        Column("unfinished_count", "Unfinished", Kind.COUNT),
        IS_PARTIAL,
    ),
    limit=31,
)
WORST_JOBS = Query(
    "platform_operations__worst_jobs",
    (
        Column("workspace_id", "Workspace"),
        Column("job_id", "Job"),
        Column("job_name", "Name"),
        Column("failure_rate", "Failure rate", Kind.SHARE),
        Column("failed_count", "Failed", Kind.COUNT),
        Column("rated_count", "Rated runs", Kind.COUNT),
        Column("run_count", "Runs", Kind.COUNT),
        Column("worst_day_p95_run_seconds", "Duration, worst day's 95th", Kind.SECONDS),
        Column("worst_day_p95_queue_seconds", "Queue, worst day's 95th", Kind.SECONDS),
        IS_PARTIAL,
    ),
)
PLATFORM_LOG = Query(
    "console__platform_log",
    (
        Column("logged_at", "Ended", Kind.TIME),
        Column("component", "Component"),
        Column("subject", "Subject"),
        Column("status", "Status"),
        Column("message", "Message"),
        Column("rows_out", "Rows", Kind.COUNT),
        Column("files", "Files", Kind.COUNT),
        Column("seconds", "Took", Kind.SECONDS),
        Column("actor", "By"),
        Column("code_version", "Version"),
        Column("git_revision", "Revision"),
        Column("run_id", "Run"),
    ),
    limit=1000,
)
