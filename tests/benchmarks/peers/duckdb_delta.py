"""Lines of JSON to a Delta table with DuckDB and delta-rs, without Spark. Prints what it took.

    python duckdb_delta.py raw|typed TABLE FILE…

`raw` keeps lines as bronze does, `typed` parses the members that silver has. Each call appends a
batch: no quarantine, no memory of files taken, no key.
"""

import json
import resource
import sys
import time

import duckdb
from deltalake import WriterProperties, write_deltalake

_TYPED = """
    select
        timestamp as at_millis, workspaceId as workspace_id, serviceName as service_name,
        actionName as action_name, userIdentity.email as user_email, requestId as request_id,
        sourceIPAddress as source_ip_address, sessionId as session_id,
        requestParams as request_params, response.statusCode as status_code
    from read_json(?, format = 'newline_delimited', columns = {
        timestamp: 'bigint', workspaceId: 'varchar', serviceName: 'varchar',
        actionName: 'varchar', userIdentity: 'struct(email varchar, subjectName varchar)',
        requestId: 'varchar', sourceIPAddress: 'varchar', sessionId: 'varchar',
        requestParams: 'map(varchar, varchar)',
        response: 'struct(statusCode varchar, errorMessage varchar, result varchar)'
    })
"""
# One column of whole lines: a separator that no line has, and no quotes.
_RAW = """
    select raw, filename as source_file
    from read_csv(?, columns = {raw: 'varchar'}, delim = '\\x01', quote = '', escape = '',
                  header = false, auto_detect = false, filename = true, max_line_size = 20000000)
"""


def main() -> None:
    """Does it once."""
    kind, table, *files = sys.argv[1:]
    started = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute("set threads to 2")
        reader = connection.execute(_RAW if kind == "raw" else _TYPED, [files])
        write_deltalake(
            table,
            reader.to_arrow_reader(100_000),
            mode="append",
            writer_properties=WriterProperties(compression="ZSTD"),
        )
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "seconds": time.perf_counter() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * 1024,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
