"""Questions that the terminal report asks the warehouse, and their answers as plain values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from operations.queries import literal


class Cursor(Protocol):
    """The part of a DB-API cursor that is used here."""

    def execute(self, operation: str) -> object:
        """Runs a statement."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """All rows of the last statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelledSource:
    """A declared source and the staging model that reads it, as relations of the warehouse."""

    name: str
    bronze: str
    silver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRows:
    """Rows of one source per layer, and when it last brought something (UTC)."""

    name: str
    bronze: int
    silver: int
    quarantined: int
    last_landed_at: datetime | None

    @property
    def duplicates(self) -> int:
        """Good rows beyond the first of each record; a dbt test counts them independently."""
        return self.bronze - self.silver - self.quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCost:
    """One day of the bill, and what is not in it yet.

    Unpriced: the quantity that nobody knows a price for. Held back: usage records whose hour is
    not complete in every region.
    """

    day: date
    dbus: Decimal
    list_cost: Decimal | None
    billed_cost: Decimal | None
    unpriced_quantity: Decimal
    held_back_records: int


def modelled_sources(manifest: Path) -> tuple[ModelledSource, ...]:
    """Reads dbt's manifest: every source with files to ingest, and its staging model."""
    document = json.loads(manifest.read_text(encoding="utf-8"))
    found = []
    for unique_id, source in document["sources"].items():
        if not source["config"]["meta"].get("ingestion"):
            continue
        for child in document["child_map"][unique_id]:
            node = document["nodes"].get(child, {})
            if node.get("resource_type") == "model" and node["name"].startswith("stg_"):
                found.append(
                    ModelledSource(
                        name=f"{source['source_name']}.{source['name']}",
                        bronze=source["relation_name"],
                        silver=node["relation_name"],
                    )
                )
    return tuple(sorted(found, key=lambda source: source.name))


def source_rows(cursor: Cursor, sources: Sequence[ModelledSource]) -> tuple[SourceRows, ...]:
    """Rows per layer of each source; one statement."""
    counts = "\nunion all\n".join(
        f"""select {literal(source.name)} as name,
            (select count(*) from {source.bronze}) as bronze,
            (select count(*) from {source.silver}) as silver,
            (select coalesce(sum(copies), 0) from silver.quarantine
                where source = {literal(source.name)}) as quarantined,
            (select max(file_modified_at) from {source.bronze}) as last_landed_at"""
        for source in sources
    )
    return tuple(
        SourceRows(
            name=row[0],
            bronze=int(row[1]),
            silver=int(row[2]),
            quarantined=int(row[3]),
            last_landed_at=_utc(row[4]),
        )
        for row in _rows(cursor, counts)
    )


def quarantine_reasons(cursor: Cursor) -> list[tuple[str, str, int]]:
    """(source, reason, rows) of everything in the quarantine, most rows first."""
    rows = _rows(
        cursor,
        """select source, quarantine_reason, sum(copies) as copies from silver.quarantine
        group by all order by copies desc, source, quarantine_reason""",
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def cost_per_day(cursor: Cursor) -> tuple[DayCost, ...]:
    """The bill day by day, at list and as billed, and what is held back of each day."""
    rows = _rows(
        cursor,
        """select usage_date, coalesce(dbus, 0), list_cost, billed_cost, coalesce(unpriced, 0),
            coalesce(held_back, 0)
        from (
            select usage_date,
                sum(usage_quantity) filter (where usage_unit = 'DBU') as dbus,
                sum(list_cost) as list_cost,
                sum(billed_cost) as billed_cost,
                sum(usage_quantity) filter (where price_status = 'unpriced') as unpriced
            from gold_billing.fct_usage_daily group by usage_date
        ) full join (
            select usage_date, sum(record_count) as held_back
            from gold_billing.fct_held_back_usage group by usage_date
        ) using (usage_date) order by usage_date""",
    )
    return tuple(
        DayCost(
            day=row[0],
            dbus=row[1],
            list_cost=row[2],
            billed_cost=row[3],
            unpriced_quantity=row[4],
            held_back_records=int(row[5]),
        )
        for row in rows
    )


def usage_per_sku(cursor: Cursor) -> list[tuple[str, str, Decimal, Decimal | None]]:
    """(SKU, unit, quantity, list cost or None where unpriced), by SKU."""
    rows = _rows(
        cursor,
        """select sku_name, usage_unit, sum(usage_quantity), sum(list_cost)
        from gold_billing.fct_usage_daily group by all order by sku_name, usage_unit""",
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def partial_sectors(cursor: Cursor) -> list[tuple[str, int, int]]:
    """(source, hours by region, of them partial)."""
    rows = _rows(
        cursor,
        """select source_name, count(*), count_if(is_partial)
        from gold_operational.ops_completeness_hourly group by all order by source_name""",
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def _rows(cursor: Cursor, statement: str) -> Sequence[Sequence[Any]]:
    cursor.execute(statement)
    return cursor.fetchall()


def _utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)
