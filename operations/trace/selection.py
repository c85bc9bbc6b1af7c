"""What the user asks for: rows of a mart, found by some of its key columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from operations.trace.arithmetic import exact_sum
from operations.trace.asking import Cursor, Row, ask
from operations.trace.errors import TraceError
from operations.trace.marts import Mart


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The rows of a mart that were asked for.

    `types` holds the key columns that the mart has, with their SQL types; `chosen` what the user
    gave for some of them, None for null; `kind` that of the bearers, where the mart has such;
    `amount` is None where no row has a price.
    """

    mart: Mart
    types: Mapping[str, str]
    chosen: Mapping[str, str | None]
    rows: int
    amount_column: str
    kind: str | None = None
    currency: str | None
    amount: Decimal | None
    quantities: Mapping[str, Decimal]

    @property
    def parameters(self) -> dict[str, str]:
        """The user's values, by the names of their markers."""
        return {name: value for name, value in self.chosen.items() if value is not None}


def parse_keys(pairs: Sequence[str]) -> dict[str, str | None]:
    """`column=value` pairs; nothing after the equals sign stands for null.

    Raises:
        TraceError: for a text of another form, or a column given twice.
    """
    keys: dict[str, str | None] = {}
    for pair in pairs:
        column, equals, value = pair.partition("=")
        column = column.strip().lower()
        if not equals or not column:
            raise TraceError(f"'{pair}' is no key: write column=value, as usage_date=2026-01-05.")
        if column in keys:
            raise TraceError(f"{column} is given twice: give each column once.")
        keys[column] = value or None
    return keys


def select_rows(
    cursor: Cursor, mart: Mart, keys: Mapping[str, str | None], amount: str | None = None
) -> Selection:
    """Finds the rows and sums them.

    Raises:
        TraceError: if the mart is not built, a column or value is wrong, no row is there, or the
            rows cannot be added because their currencies differ.
    """
    columns = _columns(cursor, mart)
    keys = _as_named(keys, columns)
    types = {name: columns[name] for name in mart.keys if name in columns}
    _check_columns(mart, types, keys)
    amount_column = _amount_column(mart, columns, amount)
    _check_values(cursor, types, keys)
    kind = _kind(cursor, mart, keys)
    found = _sums(cursor, mart, types, keys, amount_column)
    if not found:
        wanted = " ".join(f"{name}={value or ''}" for name, value in keys.items())
        raise TraceError(
            f"No row of {mart.name} has {wanted or 'anything'}: "
            f'look with lakeledger sql "select * from {mart.relation} limit 20".'
        )
    return Selection(
        mart=mart,
        types=types,
        chosen=dict(keys),
        rows=sum(row["row_count"] for row in found),
        amount_column=amount_column,
        kind=kind,
        currency=_currency(mart, found),
        amount=_total([row["amount"] for row in found]),
        quantities=_quantities(found),
    )


def conditions(types: Mapping[str, str], keys: Mapping[str, str | None], prefix: str = "") -> str:
    """The predicate for the chosen columns, of a mart or, with a prefix, of records keyed alike."""
    said = [
        f"{prefix}{name} {'is null' if value is None else f'= cast(:{name} as {types[name]})'}"
        for name, value in keys.items()
    ]
    return " and ".join(said) or "true"


def _columns(cursor: Cursor, mart: Mart) -> dict[str, str]:
    found = ask(
        cursor,
        f"""select column_name, full_data_type as type from information_schema.columns
        where table_schema = 'gold_billing' and table_name = '{mart.name}'""",
    )
    if not found:
        raise TraceError(f"{mart.name} has not been built yet: lakeledger run builds it.")
    return {row["column_name"]: row["type"] for row in found}


def _as_named(keys: Mapping[str, str | None], columns: Mapping[str, str]) -> dict[str, str | None]:
    """The keys with the letters of the mart: SQL does not tell upper from lower case."""
    names = {name.lower(): name for name in columns}
    return {names.get(key.lower(), key): value for key, value in keys.items()}


def _check_columns(mart: Mart, types: Mapping[str, str], keys: Mapping[str, str | None]) -> None:
    unknown = [name for name in keys if name not in types]
    if unknown:
        raise TraceError(
            f"{mart.name} has no key column {unknown[0]}; its keys are {', '.join(types)}."
        )


def _amount_column(mart: Mart, columns: Mapping[str, str], wanted: str | None) -> str:
    there = [name for name in mart.amounts if name in columns]
    if wanted is None:
        return there[0]
    if wanted not in there:
        raise TraceError(f"{mart.name} has no amount {wanted}; it has {', '.join(there)}.")
    return wanted


def _check_values(cursor: Cursor, types: Mapping[str, str], keys: Mapping[str, str | None]) -> None:
    given = {name: value for name, value in keys.items() if value is not None}
    if not given:
        return
    casts = ", ".join(f"try_cast(:{name} as {types[name]}) as {name}" for name in given)
    (row,) = ask(cursor, f"select {casts}", given)
    for name, value in row.items():
        if value is None:
            raise TraceError(f"{name} is a {types[name]}, which '{given[name]}' is not.")


def _kind(cursor: Cursor, mart: Mart, keys: Mapping[str, str | None]) -> str | None:
    if not mart.bearers or keys.get("allocation_kind"):
        return keys.get("allocation_kind")
    rows = ask(cursor, f"select distinct allocation_kind from {mart.relation} order by 1")
    kinds = ", ".join(row["allocation_kind"] for row in rows)
    raise TraceError(
        f"{mart.name} splits the same money once for each kind of bearer: add allocation_kind=, "
        f"one of {kinds or 'job_run, task, cluster, warehouse, user, team'}."
    )


def _sums(
    cursor: Cursor,
    mart: Mart,
    types: Mapping[str, str],
    keys: Mapping[str, str | None],
    amount_column: str,
) -> list[Row]:
    return ask(
        cursor,
        f"""select {mart.currency} as currency, {mart.unit} as unit, count(*) as row_count,
            sum({mart.quantity}) as quantity, sum({amount_column}) as amount
        from {mart.relation} where {conditions(types, keys)} group by 1, 2""",
        {name: value for name, value in keys.items() if value is not None},
    )


def _currency(mart: Mart, found: Sequence[Row]) -> str | None:
    currencies = sorted({row["currency"] for row in found} - {None})
    if len(currencies) > 1:
        raise TraceError(
            f"The rows that match have amounts in {' and '.join(currencies)}, which do not add "
            f"up: add {mart.currency}={currencies[0]}."
        )
    return currencies[0] if currencies else None


def _quantities(found: Sequence[Row]) -> dict[str, Decimal]:
    quantities: dict[str, Decimal] = {}
    for row in found:
        if row["unit"] is not None:
            before = quantities.get(row["unit"], Decimal(0))
            quantities[row["unit"]] = exact_sum([before, row["quantity"]])
    return quantities


def _total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return exact_sum(known) if known else None
