"""The last step of setup: one small run in a home that is thrown away.

The JVMs keep an archive of the classes they loaded (`warehouse.cds`), which makes every later start
and its first statements quicker. Made here, the first real run has it already.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from warehouse.lifecycle import running_warehouse

# What models do: make, merge, read changes, replace a part; and what pages ask.
STATEMENTS = (
    "create schema if not exists warm",
    "create or replace temporary view arrived as select raw, line_hash, date(ingested_at) as day,"
    " from_json(raw, 'map<string,string>') as record, to_json(try_parse_json(raw)) as text"
    " from bronze_platform.audit_logs"
    " qualify row_number() over (partition by raw order by region) = 1",
    "create or replace table warm.kept"
    " (raw string not null, line_hash string, day date, text string)"
    " using delta partitioned by (day) tblproperties (delta.enableChangeDataFeed = 'true')",
    "insert into warm.kept by name select * except (record) from arrived",
    "merge into warm.kept as kept using arrived on kept.line_hash = arrived.line_hash"
    " when not matched then insert (raw, line_hash, day, text) values (raw, line_hash, day, text)",
    "select distinct day from table_changes('warm.kept', 0)",
    "insert into warm.kept by name replace where day = date'2026-01-01'"
    " select * from warm.kept where day = date'2026-01-01'",
    "alter table warm.kept set tblproperties ('warm' = 'yes')",
    "describe history warm.kept limit 1",
    "create or replace view warm.days as select day, count(*) as line_count,"
    " count(*) filter (where line_hash > '8') as half, max_by(text, line_hash) as newest"
    " from warm.kept group by all",
    "with ranked as (select *, rank() over (order by line_count desc) as place from warm.days),"
    " odd as (select distinct day from warm.kept left anti join ranked using (day))"
    " select day, place, ranked.newest from ranked full join odd using (day)"
    " left join warm.days as d using (day) where date_trunc('month', day) is not null"
    " union all select day, 0, concat_ws(' ', 'of', day) from warm.days"
    " where day > timestampadd(day, -7, current_timestamp()) order by place, day limit 50",
)


def main() -> None:
    """Runs it; says what it does, as it takes the better part of a minute."""
    print("Java classes: an archive is made, once, for quicker starts (about a minute)", flush=True)
    with tempfile.TemporaryDirectory(prefix="lakeledger-") as folder:
        home = Path(folder)
        _command(home, ["simulate", "--hours", "2", "--events-per-hour", "60"])
        _command(home, ["ingest"])
        with running_warehouse(home) as connection, closing(connection.connect()) as client:
            cursor = client.cursor()
            for statement in STATEMENTS:
                cursor.execute(statement)


def _command(home: Path, arguments: Sequence[str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "operations", *arguments],
        env=os.environ | {"LAKELEDGER_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    main()
