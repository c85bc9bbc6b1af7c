"""Holds gold's bill against the simulator's own, line by line and to the last decimal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from operations.facts import Cursor

LineKey = tuple[str, str, str, str, str, str]


class BillsDiffer(Exception):
    """Gold's bill is not the one that the delivered records lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill: a day, workspace and SKU. No costs where nothing had a price."""

    records: int
    net_quantity: Decimal
    unpriced_quantity: Decimal
    list_cost: Decimal | None
    billed_cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many lines two bills have in common, and their total as billed."""

    lines: int
    expected_total: Decimal
    actual_total: Decimal


def check_bill(cursor: Cursor, expected_file: Path) -> Verdict:
    """Compares gold with the simulator's bill for what it has delivered so far.

    Raises:
        BillsDiffer: with the first lines that differ.
    """
    expected = expected_lines(json.loads(expected_file.read_text(encoding="utf-8")))
    return compare(expected, billed_lines(cursor))


def compare(expected: Mapping[LineKey, Line], actual: Mapping[LineKey, Line]) -> Verdict:
    """Equal lines and totals, or an error that shows what differs."""
    different = sorted(
        key for key in expected.keys() | actual.keys() if expected.get(key) != actual.get(key)
    )
    if different:
        shown = "\n".join(
            f"  {' '.join(key)}\n    expected {expected.get(key)}\n    gold     {actual.get(key)}"
            for key in different[:3]
        )
        raise BillsDiffer(f"{len(different)} of {len(expected)} lines differ, first:\n{shown}")
    return Verdict(
        lines=len(expected), expected_total=_total(expected), actual_total=_total(actual)
    )


def expected_lines(document: Mapping[str, Any]) -> dict[LineKey, Line]:
    """The lines of expected_bill.json for the deliveries made."""
    return {
        (
            line["usage_date"],
            line["account_id"],
            line["workspace_id"],
            line["cloud"],
            line["sku_name"],
            line["usage_unit"],
        ): Line(
            records=line["records"],
            net_quantity=Decimal(line["net_quantity"]),
            unpriced_quantity=Decimal(line["unpriced_quantity"]),
            list_cost=_money(line["list_cost"]),
            billed_cost=_money(line["billed_cost"]),
        )
        for line in document["states"][document["state"]]["bill"]
    }


def billed_lines(cursor: Cursor) -> dict[LineKey, Line]:
    """The same lines as gold has them."""
    cursor.execute(
        """select cast(usage_date as string), account_id, workspace_id, cloud, sku_name, usage_unit,
            sum(record_count), sum(usage_quantity),
            coalesce(sum(usage_quantity) filter (where price_status = 'unpriced'), 0),
            sum(list_cost), sum(billed_cost)
        from gold_billing.fct_usage_daily group by all"""
    )
    rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return {
        (row[0], row[1], row[2], row[3], row[4], row[5]): Line(
            records=int(row[6]),
            net_quantity=row[7],
            unpriced_quantity=row[8],
            list_cost=row[9],
            billed_cost=row[10],
        )
        for row in rows
    }


def check_parts(cursor: Cursor, total: Decimal) -> tuple[str, ...]:
    """Holds every way of splitting the bill against its total; returns their names.

    Raises:
        BillsDiffer: naming what does not add up.
    """
    cursor.execute(
        """select concat('allocation to ', allocation_kind), sum(billed_cost)
        from gold_billing.fct_cost_allocation_daily group by all
        union all
        select 'FOCUS BilledCost', sum(BilledCost) from gold_billing.fct_focus_cost_and_usage"""
    )
    parts: dict[str, Decimal | None] = {row[0]: row[1] for row in cursor.fetchall()}
    wrong = {name: amount for name, amount in parts.items() if (amount or Decimal(0)) != total}
    if wrong:
        listed = "\n".join(f"  {name}: {amount}" for name, amount in sorted(wrong.items()))
        raise BillsDiffer(f"These do not add up to the bill of {total}:\n{listed}")
    return tuple(sorted(parts))


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _total(lines: Mapping[LineKey, Line]) -> Decimal:
    costs = (line.billed_cost for line in lines.values())
    return sum((cost for cost in costs if cost is not None), Decimal(0))
