"""Name and columns of the log of the platform, for whoever writes or reads it without Spark."""

TABLE = "operations.platform_logs"
# dbt's macro and the commands write to the same table; a test compares the columns.
COLUMNS = {
    "logged_at": "timestamp",
    "component": "string",
    "run_id": "string",
    "subject": "string",
    "status": "string",
    "message": "string",
    "files": "bigint",
    "rows_out": "bigint",
    "seconds": "double",
    "actor": "string",
    "code_version": "string",
    "git_revision": "string",
    "nodes_ok": "bigint",
    "nodes_failed": "bigint",
    "table_versions": "map<string,bigint>",
    "tables_checked": "array<string>",
    "from_version": "bigint",
    "to_version": "bigint",
}
