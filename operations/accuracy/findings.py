"""What the reconciliation tables say, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from operations.facts import Cursor

# The tables that the statement is made from; their versions stand in it.
TABLES = (
    "silver.int_platform__time_sectors",
    "gold_billing.fct_charges",
    "gold_billing.fct_usage_hourly",
    "gold_billing.fct_derived_usage_daily",
    "gold_billing.fct_invoice_reconciliation",
)
LARGEST = 5
Cells = tuple[Any, ...]


class NotBuilt(Exception):
    """A table that the statement needs is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the billed money: what it is, how many lines, hours or clusters, and its amount."""

    name: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that the statement says, sorted, so that equal tables give equal text."""

    currency: str
    billed: Decimal
    # What was sealed, and what of open months is billed by now: invoices are held against that.
    charged: Decimal
    records: int
    first_date: str | None
    last_hour: str | None
    unpriced: Sequence[Cells]
    versions: Sequence[tuple[str, int]]
    manifests: Sequence[Share]
    sectors: Sequence[Cells]
    announced: Sequence[Cells]
    derived: Sequence[Share]
    derived_differences: Sequence[Cells]
    invoices: Sequence[Share]
    invoice_differences: Sequence[Cells]


def find_out(cursor: Cursor) -> Findings:
    """Asks the tables.

    Raises:
        NotBuilt: if one of them is not there.
    """
    _check_tables(cursor)
    (total,) = _rows(cursor, BILLED)
    return Findings(
        currency=total[0] or "USD",
        billed=total[1],
        charged=_rows(cursor, CHARGED)[0][0],
        records=int(total[2]),
        first_date=total[3],
        last_hour=total[4],
        unpriced=_rows(cursor, UNPRICED),
        versions=[(name, _version(cursor, name)) for name in TABLES],
        manifests=_shares(cursor, MANIFESTS),
        sectors=_rows(cursor, SECTORS),
        announced=_rows(cursor, ANNOUNCED),
        derived=_shares(cursor, DERIVED),
        derived_differences=_rows(cursor, DERIVED_DIFFERENCES),
        invoices=_shares(cursor, INVOICES),
        invoice_differences=_rows(cursor, INVOICE_DIFFERENCES),
    )


def _check_tables(cursor: Cursor) -> None:
    found = _rows(
        cursor,
        """select concat(table_schema, '.', table_name) from information_schema.tables
        where table_schema in ('silver', 'gold_billing')""",
    )
    missing = sorted(set(TABLES) - {name for (name,) in found})
    if missing:
        raise NotBuilt(f"{missing[0]} has not been built yet: lakeledger run builds it.")


def _version(cursor: Cursor, table: str) -> int:
    ((version, *_),) = _rows(cursor, f"describe history {table} limit 1")
    return int(version)


def _shares(cursor: Cursor, statement: str) -> list[Share]:
    return [
        Share(name=name, count=int(count), amount=amount)
        for name, count, amount in _rows(cursor, statement)
    ]


def _rows(cursor: Cursor, statement: str) -> list[Cells]:
    cursor.execute(statement)
    return [tuple(row) for row in cursor.fetchall()]


BILLED = """
    select max(currency_code), coalesce(sum(billed_cost), 0), coalesce(sum(record_count), 0),
        cast(min(usage_date) as string), cast(max(usage_hour_at) + interval 1 hour as string)
    from gold_billing.fct_usage_hourly"""
CHARGED = "select coalesce(sum(billed_cost), 0) from gold_billing.fct_charges"
UNPRICED = """
    select sku_name, usage_unit, sum(usage_quantity) from gold_billing.fct_usage_hourly
    where price_status = 'unpriced' group by all order by sku_name, usage_unit"""
# Which sources of usage the billed records came from, and how completeness of each is known.
MANIFESTS = """
    select basis.completeness_basis, count(*),
        coalesce(sum(records.usage_quantity * records.billed_price), 0)
    from silver.int_platform__priced_usage_records as records
    inner join (
        select source_name, completeness_basis from silver.int_platform__time_sectors group by all
    ) as basis using (source_name)
    group by all order by basis.completeness_basis"""
SECTORS = """
    select source_name, count(*), count_if(is_hour_complete), sum(expected_records),
        sum(silver_records)
    from silver.int_platform__time_sectors
    where source_name in ('billing_usage', 'billable_usage')
    group by source_name order by source_name"""
ANNOUNCED = f"""
    select source_name, region, cast(sector_date as string), expected_records, silver_records,
        reason
    from gold_billing.fct_manifest_reconciliation_daily
    order by abs(difference_records) desc nulls first, source_name, region, sector_date
    limit {LARGEST}"""
DERIVED = """
    select
        case
            when records.cluster_id is null or records.is_serverless or records.usage_unit <> 'DBU'
                then 'no_cluster'
            when derived.comparison_status is null then 'not_compared'
            when derived.comparison_status <> 'compared' then derived.comparison_status
            when derived.is_within_tolerance then 'within'
            else 'beyond'
        end as status,
        count(distinct records.usage_date, records.workspace_id, records.cluster_id),
        coalesce(sum(records.usage_quantity * records.billed_price), 0)
    from silver.int_platform__priced_usage_records as records
    left join gold_billing.fct_derived_usage_daily as derived
        using (usage_date, workspace_id, cluster_id)
    group by status order by status"""
DERIVED_DIFFERENCES = f"""
    select cast(usage_date as string), workspace_id, cluster_id, node_types, billed_quantity,
        derived_quantity, difference_pct
    from gold_billing.fct_derived_usage_daily where not is_within_tolerance
    order by abs(difference_quantity) desc, usage_date, workspace_id, cluster_id
    limit {LARGEST}"""
INVOICES = """
    select line_status, count(*), sum(billed_amount)
    from gold_billing.fct_invoice_reconciliation group by all order by line_status"""
INVOICE_DIFFERENCES = f"""
    select billing_period, sku_name, cloud, billed_amount, invoiced_amount, difference_amount,
        line_status
    from gold_billing.fct_invoice_reconciliation where not is_within_tolerance
    order by abs(difference_amount) desc nulls first, line_key
    limit {LARGEST}"""
