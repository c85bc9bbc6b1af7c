"""The bronze line that each record and price was read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from operations.trace.asking import Cursor, ask

# Identity of a line: the key of the record in it, its file, and when it reached bronze.
LineKey = tuple[str, str, datetime]
# The natural keys as declared with the sources; tests/unit/trace holds them against each other.
NATURAL_KEYS: Mapping[str, Mapping[str, str]] = {
    "billing_usage": {"record_id": "string"},
    "billable_usage": {
        "workspaceId": "string",
        "timestamp": "timestamp",
        "clusterId": "string",
        "clusterNodeType": "string",
        "sku": "string",
        "clusterCustomTags": "string",
    },
    "list_prices": {
        "account_id": "string",
        "sku_name": "string",
        "cloud": "string",
        "currency_code": "string",
        "usage_unit": "string",
        "price_start_time": "timestamp",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BronzeLine:
    """A line as it landed: the file, when it did, and the hash of its bytes."""

    source: str
    source_file: str
    landed_at: datetime
    line_hash: str


def find_lines_of(
    cursor: Cursor, source: str, wanted: str, parameters: Mapping[str, str]
) -> dict[LineKey, BronzeLine]:
    """The bronze lines of records.

    `wanted` is a query with record_key, source_file and ingested_at of rows of `source`. A line
    that the staging model rejected is none of them; of equal copies in a file the first stands.
    """
    rows = ask(cursor, _statement(source, wanted), parameters)
    return {
        (row["record_key"], row["source_file"], row["ingested_at"]): BronzeLine(
            source=source,
            source_file=row["source_file"],
            landed_at=row["landed_at"],
            line_hash=row["line_hash"],
        )
        for row in rows
    }


def record_key(source: str) -> str:
    """The identity that the staging model gave a line, as an expression over `text`."""
    parts = ", ".join(_part(name, kind) for name, kind in NATURAL_KEYS[source].items())
    return f"left(sha2(to_json(array({parts})), 256), 32)"


def _part(name: str, kind: str) -> str:
    value = f"get_json_object(text, '$.{name}')"
    if kind != "string":
        value = f"cast(try_cast({value} as {kind}) as string)"
    return f"coalesce({value}, '')"


def _statement(source: str, wanted: str) -> str:
    return f"""
        with wanted as ({wanted}),
        files as (select source_file, ingested_at from wanted group by all),
        landed as (
            select landed.*, ltrim('\\ufeff', make_valid_utf8(raw)) as text
            from bronze_platform.{source} as landed
            inner join files using (source_file, ingested_at)
            left anti join (
                select * from silver.quarantine where source = 'platform.{source}'
            ) as rejected using (ingest_batch, source_file, line_hash)
        ),
        keyed as (select *, {record_key(source)} as record_key from landed)
        select
            record_key, source_file, ingested_at, min(file_modified_at) as landed_at,
            min(line_hash) as line_hash
        from keyed inner join wanted using (record_key, source_file, ingested_at)
        group by all"""
