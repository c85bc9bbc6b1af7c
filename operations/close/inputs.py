"""What a bill is made of at this moment: versions, records, prices, and whether all was read."""

from datetime import datetime
from hashlib import md5

from operations.close.books import USAGE, Book
from operations.close.graph import Graph, Node
from operations.close.hashing import records_query
from operations.close.model import NOTHING, Key
from operations.close.periods import Period
from operations.queries import Cursor, literal, rows, utc

_PRICE_ENTRY = (
    "concat_ws('|', kind, sku_name, cloud, usage_unit, currency_code, entry.record_key,"
    " coalesce(entry.account_id, ''), unix_micros(entry.price_started_at),"
    " coalesce(cast(unix_micros(entry.price_ended_at) as string), ''),"
    " cast(entry.price as string))"
)


def records_hash(cursor: Cursor, key: Key, records: str | None = None) -> str:
    """Hash over the keys of a period's records: of usage in complete hours, of orders."""
    read, book = records or _records(key.book), key.book
    chosen = f"(select * from {read} where {_days(book.day, key.period)} and {_of(key)})"
    return str(rows(cursor, records_query(chosen, book))[0][0] or NOTHING)


def _records(book: Book) -> str:
    return f"silver.{book.records}"


def _of(key: Key) -> str:
    return f"{key.book.account} = {literal(key.account)}"


def _days(day: str, period: Period) -> str:
    first, after = period.first_day, period.following.first_day
    return f"{day} >= date'{first}' and {day} < date'{after}'"


def read_through(cursor: Cursor, key: Key) -> datetime | None:
    """Arrival of the newest record on the days that a period bills (UTC)."""
    day = key.book.day
    found = rows(
        cursor,
        f"""select max(ingested_at) from {_records(key.book)} where {_of(key)} and {day} in (
            select {day} from {key.book.bill}
            where account_id = :account and billing_period = :period
        )""",
        account=key.account,
        period=str(key.period),
    )[0][0]
    return None if found is None else utc(found)


def price_version(cursor: Cursor, key: Key) -> str:
    """SHA-256 over the price windows that hold for the SKUs and the days of a period's bill.

    That of nothing where no price is looked up: an order has its own.
    """
    if not key.book.is_priced:
        return NOTHING
    found = rows(
        cursor,
        f"""
        with used as (
            select sku_name, cloud, usage_unit, min(usage_hour_at) as first_at,
                max(usage_hour_at) + interval 1 hour as last_at
            from {key.book.bill} where account_id = :account and billing_period = :period
            group by sku_name, cloud, usage_unit
        ),
        windows as (
            select 'list' as kind, sku_name, cloud, usage_unit, currency_code,
                explode(list_prices) as entry from silver.int_platform__price_books
            union all
            select 'negotiated', sku_name, cloud, usage_unit, currency_code,
                explode(negotiated_prices) from silver.int_platform__price_books
        )
        select sha2(array_join(array_sort(collect_list({_PRICE_ENTRY})), ','), 256)
        from windows inner join used using (sku_name, cloud, usage_unit)
        where coalesce(entry.account_id = :account, true) and entry.price_started_at <= last_at
            and coalesce(entry.price_ended_at > first_at, true)""",
        account=key.account,
        period=str(key.period),
    )
    return str(found[0][0])


def input_versions(cursor: Cursor, graph: Graph, book: Book = USAGE) -> dict[str, int]:
    """The Delta version now of every table that a bill reads."""
    return {name: _version(cursor, node) for name, node in graph.inputs(book).items()}


def tables_behind(cursor: Cursor, graph: Graph, book: Book = USAGE) -> tuple[str, ...]:
    """Gold tables whose cursor on an input is older than the input."""
    versions: dict[str, int] = {}
    cursors: dict[str, dict[str, str]] = {}
    behind = set()
    for reader, read in graph.readers(book):
        if reader.key not in cursors:
            properties = rows(cursor, f"show tblproperties {reader.relation}")
            cursors[reader.key] = {row[0]: row[1] for row in properties}
        name = md5(read.key.encode(), usedforsecurity=False).hexdigest()
        seen = cursors[reader.key].get(f"lakeledger.cursor.{name}")
        if seen is None:
            continue
        if read.key not in versions:
            versions[read.key] = _version(cursor, read)
        if int(seen) < versions[read.key]:
            behind.add(f"{reader.key} behind {read.key}")
    return tuple(sorted(behind))


def _version(cursor: Cursor, node: Node) -> int:
    return int(rows(cursor, f"describe history {node.relation} limit 1")[0][0])
