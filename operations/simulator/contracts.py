"""The contract of the account: negotiated prices, one of which changes in the middle of an hour."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from operations.simulator.prices import SKUS, PriceRow, deliveries
from operations.simulator.settings import Options

# Share of the list price, before and from the change of the contract on; None is the list price.
_TERMS: dict[str, tuple[Decimal | None, Decimal | None]] = {
    "jobs": (Decimal("0.80"), Decimal("0.75")),
    "all_purpose": (Decimal("0.90"), Decimal("0.90")),
    "sql_serverless": (Decimal("0.65"), Decimal("0.62")),
    "jobs_serverless": (None, Decimal("0.95")),
}


def negotiated_prices(options: Options) -> list[PriceRow]:
    """The negotiated prices as windows without gaps or overlaps, in order of SKU and time."""
    _, first_list = deliveries(options)[0]
    rows = [
        row
        for listed in first_list
        if (sku := _sku_of(listed)) in _TERMS
        for row in _windows(listed, _TERMS[sku], options)
    ]
    return sorted(rows, key=lambda row: (row.sku_name, row.cloud, row.start))


def _sku_of(listed: PriceRow) -> str:
    longest_first = sorted(SKUS, key=lambda name: -len(SKUS[name].prefix))
    return next(name for name in longest_first if listed.sku_name.startswith(SKUS[name].prefix))


def _windows(
    listed: PriceRow,
    terms: tuple[Decimal | None, Decimal | None],
    options: Options,
) -> Iterable[PriceRow]:
    before, after = terms
    changed_at = options.contract_change_at
    plain = replace(listed, promotional=None)
    if before == after and before is not None:
        yield replace(plain, default=listed.default * before)
        return
    if before is not None:
        yield replace(plain, end=changed_at, default=listed.default * before)
    if after is not None:
        yield replace(plain, start=changed_at, default=listed.default * after)
