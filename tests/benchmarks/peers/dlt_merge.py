"""Files of JSON lines to a Delta table with dlt, upserted by key. Prints what it took.

    python dlt_merge.py FOLDER TABLES

Files that an earlier call took are left out by dlt's own cursor over their times. Nested members
become tables and columns of their own; a line that is no JSON fails the load.
"""

import json
import os
import resource
import sys
import time

import dlt
from dlt.sources.filesystem import filesystem, read_jsonl


def main() -> None:
    """Does it once."""
    landing, tables = sys.argv[1:]
    os.environ |= {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
        "DESTINATION__FILESYSTEM__BUCKET_URL": f"file://{tables}/tables",
    }
    started = time.perf_counter()
    files = filesystem(bucket_url=f"file://{landing}", file_glob="**/*.json*")
    files.apply_hints(incremental=dlt.sources.incremental("modification_date"))
    events = (files | read_jsonl(chunksize=10_000)).with_name("audit_logs")
    events.apply_hints(
        primary_key="requestId",
        write_disposition={"disposition": "merge", "strategy": "upsert"},
        table_format="delta",
        columns={"requestParams": {"data_type": "json"}},
    )
    pipeline = dlt.pipeline("audit", destination="filesystem", pipelines_dir=f"{tables}/state")
    pipeline.run(events)
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({
        "seconds": time.perf_counter() - started,
        "cpu": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "peak": own.ru_maxrss * 1024,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
