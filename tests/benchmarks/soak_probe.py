"""When the rows of each file were in bronze, silver and gold: what the tables' own logs say."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.queries import Cursor, rows

BRONZE = "bronze_platform.audit_logs"
SILVER = "silver.stg_platform__audit_logs"
GOLD = "gold_operational.ops_audit_activity_hourly"
_CURSOR = re.compile(r"lakeledger[.]cursor[.]([0-9a-f]{32})[^0-9]+([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file's rows in a table: how many, the version that has them all, and when that was."""

    count: int
    landed_at: datetime
    version: int
    at: datetime

    @property
    def age(self) -> float:
        """Seconds from landing; clocks of files and commits differ by moments."""
        return max(0.0, (self.at - self.landed_at).total_seconds())


def version(cursor: Cursor, table: str) -> int:
    """The newest Delta version of a table."""
    return int(rows(cursor, f"describe history {table} limit 1")[0][0])


def seen(cursor: Cursor, table: str, landed: str, since: int) -> dict[str, Seen]:
    """Files by name whose rows were added to a table after the version `since`.

    `landed` is the column with the time of the file. A commit's time is Delta's own.
    """
    if version(cursor, table) <= since:
        return {}
    found = rows(
        cursor,
        f"""select source_file, count(*), min({landed}),
            max(_commit_version), max(_commit_timestamp)
        from table_changes('{table}', {since + 1})
        where _change_type = 'insert' group by source_file""",
    )
    return {
        str(file).rsplit("/", 1)[-1]: Seen(count=count, landed_at=landed_at, version=number, at=at)
        for file, count, landed_at, number, at in found
    }


def moves(history: list[tuple[datetime, str]], table: str) -> list[tuple[int, datetime]]:
    """Versions of `table` that a reader had taken in, and when, the earliest first.

    `history` is time and parameters of the reader's commits; its cursor moves after its write.
    """
    wanted = hashlib.md5(table.encode(), usedforsecurity=False).hexdigest()
    found = [
        (int(number), at)
        for at, parameters in history
        for name, number in _CURSOR.findall(parameters)
        if name == wanted
    ]
    return sorted(found, key=lambda move: move[1])


def gold_moves(cursor: Any) -> list[tuple[int, datetime]]:
    """What gold had taken in of silver, and when."""
    cursor.execute(f"describe history {GOLD}")
    history = [row.asDict() for row in cursor.fetchall()]
    return moves([(one["timestamp"], str(one["operationParameters"])) for one in history], SILVER)


def reached(files: Mapping[str, Seen], taken: list[tuple[int, datetime]]) -> dict[str, float]:
    """Seconds from landing until a reader had each file's version; without those it has not."""
    found = {}
    for name, one in files.items():
        at = next((at for number, at in taken if number >= one.version), None)
        if at is not None:
            found[name] = max(0.0, (at - one.landed_at).total_seconds())
    return found


def lost(fed: Mapping[str, int], files: Mapping[str, Seen]) -> Mapping[str, Any]:
    """Files whose rows are not as many as their lines: name to (lines, rows)."""
    return {
        name: (count, files[name].count if name in files else 0)
        for name, count in fed.items()
        if name not in files or files[name].count != count
    }
