"""Charges: lines of the bill that are open, sealed, or differences to what was sealed.

A sealed line is traced over the tables as they were when it was sealed. A difference is what its
line comes to (for an open one now, for a sealed one at its own seal) less what was billed before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from operations.close.graph import Graph
from operations.close.model import Seal
from operations.close.periods import CloseRefused
from operations.close.reader import seals
from operations.close.replay import as_it_was
from operations.trace.asking import Cursor, ask, text_literal
from operations.trace.errors import TraceError
from operations.trace.marts import ACCOUNT_LINE, LINE_OF_BILL, RECORDS
from operations.trace.selection import Selection, conditions
from operations.trace.statements import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A sealed row of a line, billed before the difference that is traced."""

    seal_id: str
    billing_period: str
    row_hash: str
    usage_hour_at: datetime
    sku_name: str
    usage_unit: str
    quantity: Decimal
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeGroup:
    """Charges that are traced over the same tables: all open, or all of one seal."""

    origin: Origin
    seal: Seal | None
    billed_before: Sequence[Billed]


def charge_groups(cursor: Cursor, selection: Selection, manifest: Path) -> list[ChargeGroup]:
    """The groups of the chosen charges.

    Raises:
        TraceError: if a seal cannot be read again with this version of the project.
    """
    charges = _charges(selection)
    found = ask(
        cursor,
        f"""select charge_class is not null as is_difference, seal_id,
            collect_set(cast(usage_date as string)) as days
        from ({charges}) group by all order by seal_id nulls last, is_difference""",
        selection.parameters,
    )
    known = {seal.seal_id: seal for seal in seals(cursor).values()}
    groups = []
    for row in found:
        seal = known[row["seal_id"]] if row["seal_id"] else None
        records = RECORDS if seal is None else _sealed_records(manifest, seal)
        origin = _origin(charges, row, records)
        before = _billed_before(cursor, selection, origin, seal) if row["is_difference"] else ()
        groups.append(ChargeGroup(origin=origin, seal=seal, billed_before=before))
    return groups


def _origin(charges: str, group: Mapping[str, Any], records: str) -> Origin:
    """A difference is one over the prices of a line; any other charge has its own price."""
    keys = LINE_OF_BILL if group["is_difference"] else (*LINE_OF_BILL, "billed_price")
    days = ", ".join(f"date{text_literal(day)}" for day in sorted(group["days"]))
    seal = text_literal(group["seal_id"]) if group["seal_id"] else "cast(null as string)"
    return Origin(
        chosen=f"""select distinct {", ".join(keys)} from ({charges})
            where (charge_class is not null) = {str(group["is_difference"]).lower()}
                and seal_id <=> {seal}""",
        keys={name: ACCOUNT_LINE if name == "account_id" else name for name in keys},
        records=records,
        only=f"keyed.usage_date in ({days})",
    )


def _charges(selection: Selection) -> str:
    """The chosen rows as charges, by the names of the hourly fact."""
    mart = selection.mart
    columns = ", ".join(f"{of} as {name}" for name, of in mart.charge.items())
    return f"""
        select charges.*, if(is_sealed, seals.seal_id, null) as seal_id
        from (
            select {columns} from {mart.relation}
            where {conditions(selection.types, selection.chosen)}
        ) as charges
        left join ledger.period_seals as seals using (account_id, billing_period)"""


def _sealed_records(manifest: Path, seal: Seal) -> str:
    try:
        graph = Graph.load(manifest)
        model = graph.model("int_platform__priced_usage_records")
        return f"({as_it_was(graph, model, seal.input_versions)}\n)"
    except (CloseRefused, OSError) as error:
        raise TraceError(f"The bill of {seal.key} cannot be read as it was sealed: {error}") from (
            error
        )


def _billed_before(
    cursor: Cursor, selection: Selection, origin: Origin, seal: Seal | None
) -> list[Billed]:
    same = " and ".join(f"billed.{name} <=> chosen.{name}" for name in LINE_OF_BILL)
    earlier = "true" if seal is None else f"billed.sealed_at < timestamp'{seal.sealed_at}'"
    amount = selection.mart.amounts[selection.amount_column].replace("_price", "_cost")
    rows = ask(
        cursor,
        f"""select billed.seal_id, billed.billing_period, billed.row_hash, billed.usage_hour_at,
            billed.sku_name, billed.usage_unit, billed.usage_quantity as quantity,
            billed.{amount} as amount
        from gold_billing.fct_billed_usage as billed
        inner join ({origin.chosen}) as chosen on {same}
        where {earlier} order by billed.sealed_at, billed.usage_hour_at, billed.row_hash""",
        selection.parameters,
    )
    return [Billed(**row) for row in rows]
