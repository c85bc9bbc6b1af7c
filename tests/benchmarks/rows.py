"""SQL that makes rows up: axes that span the grain of a table, and an expression per column.

Everything is a function of the row's number, so the same scale always gives the same rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from tests.benchmarks.scale import NEWEST_DAY

# Another number gives another account of the same size.
SEED = 20260331
DAY = f"date_sub(date'{NEWEST_DAY}', cast(day_no as int))"
_AXIS = re.compile(r"\w+_no\b")


class NoRows(Exception):
    """A column or table that nothing is known to make up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of a table: every combination of the axes, or a share of them.

    ``axes`` are named `<thing>_no` and count from 0, ``derived`` are further ones computed from
    them. ``columns`` are expressions over both for what neither the common columns nor a column's
    type say.
    """

    axes: Mapping[str, int]
    columns: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    share: float = 1.0

    @property
    def candidates(self) -> int:
        """Combinations of the axes; about ``share`` of them become rows."""
        return prod(self.axes.values())

    @property
    def known(self) -> frozenset[str]:
        """Names of all axes."""
        return frozenset((*self.axes, *self.derived))


def pick(count: int, salt: str) -> str:
    """A whole number from 0 to ``count`` - 1, evenly spread, of its own for each ``salt``."""
    return f"pmod(xxhash64(id, '{salt}', {SEED}), {count})"


def one_of(values: Sequence[str], number: str) -> str:
    """The value with that number, counted from 0, again from the start where it is too large."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"element_at(array({listed}), cast({number} % {len(values)} as int) + 1)"


def axes_of(expression: str) -> frozenset[str]:
    """The axes that an expression names."""
    return frozenset(_AXIS.findall(expression))


def expression(column: str, data_type: str, rows: Rows, common: Mapping[str, Sequence[str]]) -> str:
    """What makes a column: its own expression, a common one whose axes are there, or its type's.

    Raises:
        NoRows: if the type is not known.
    """
    if own := rows.columns.get(column):
        return own
    for candidate in common.get(column, ()):
        if axes_of(candidate) <= rows.known:
            return candidate
    return by_type(column, data_type, rows.known)


def by_type(column: str, data_type: str, axes: frozenset[str]) -> str:
    """Any value of a type, below a thousand where it is a number."""
    day = DAY if "day_no" in axes else f"date'{NEWEST_DAY}'"
    hour = "cast(hour_no as int)" if "hour_no" in axes else "0"
    if data_type.startswith("decimal"):
        precision, scale = (int(digits) for digits in re.findall(r"\d+", data_type))
        # Never so near to the next power of ten that it is rounded up to it.
        below = 10 ** min(precision - scale, 3) * 0.99
        return f"{pick(1_000_000, column)} / 1000000 * {below:g}"
    simple = {
        "string": f"concat('{column}-', {pick(20, column)})",
        "bigint": pick(1000, column),
        "int": pick(1000, column),
        "double": f"{pick(10_000, column)} / 100",
        "boolean": f"{pick(100, column)} < 5",
        "date": day,
        "timestamp": f"cast({day} as timestamp) + make_dt_interval(0, {hour})",
        "array<string>": "array()",
        "map<string,bigint>": f"map('name', {pick(1000, column)})",
        "map<string,string>": f"map('name', concat('value-', {pick(20, column)}))",
    }
    if data_type not in simple:
        raise NoRows(f"No rows can be made up for {column}: its type {data_type} is not known.")
    return simple[data_type]


def numbered(rows: Rows) -> str:
    """A relation of the row's number and the axes; the last axis turns fastest."""
    columns, stride = [], rows.candidates
    for name, count in rows.axes.items():
        stride //= count
        columns.append(f"id div {stride} % {count} as {name}")
    where = f" where {pick(10_000, 'share')} < {round(rows.share * 10_000)}"
    spanned = f"select id, {', '.join(columns)} from range({rows.candidates})"
    spanned += where if rows.share < 1 else ""
    derived = "".join(f", {value} as {name}" for name, value in rows.derived.items())
    return f"select *{derived} from ({spanned})"


def insert_statement(
    relation: str,
    columns: Mapping[str, str],
    parts: Sequence[Rows],
    *,
    common: Mapping[str, Sequence[str]],
    partition_by: str | None,
) -> str:
    """Fills a table of those columns (name to type) anew, one file per partition."""
    selects = []
    for rows in parts:
        made = (
            f"cast({expression(name, kind, rows, common)} as {kind}) as {name}"
            for name, kind in columns.items()
        )
        selects.append(f"select {', '.join(made)} from ({numbered(rows)})")
    layout = f"distribute by {partition_by}" if partition_by else "distribute by 1"
    return (
        f"insert overwrite {relation} by name "
        f"select * from ({' union all '.join(selects)}) {layout}"
    )
