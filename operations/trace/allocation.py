"""Shares of lines, made once more: the largest-remainder method over all who share a line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from operations.trace.arithmetic import largest_remainder, product
from operations.trace.asking import Row
from operations.trace.records import Line, Part, UsageRecord, group_lines

COST_UNIT = Decimal(1).scaleb(-18)
QUANTITY_UNIT = Decimal(1).scaleb(-24)
# Beyond these a run's part is not split among its tasks: the arithmetic of SQL ends there.
LARGEST_COST, LARGEST_QUANTITY = Decimal(10**12), Decimal(10**6)
TaskTimes = Mapping[tuple[Any, ...], Sequence[tuple[str, int, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one bearer bears of a line; `names` is what the mart calls it."""

    line: Line
    names: Mapping[str, Any]


def shares_of_lines(rows: Sequence[Row], price_column: str) -> list[Share]:
    """Every line of `rows`, whole, split among its bearers."""
    found: list[Share] = []
    names = {row["record_key"]: row for row in rows}
    for line in group_lines(rows, price_column):
        bearers: dict[tuple[str | None, str | None], list[UsageRecord]] = {}
        for record in line.records:
            row = names[record.record_key]
            bearers.setdefault((row["bearer"], row["bearer_job_id"]), []).append(record)
        found += _split_line(line, bearers, names)
    return found


def _split_line(
    line: Line,
    bearers: Mapping[tuple[str | None, str | None], list[UsageRecord]],
    names: Mapping[str, Row],
) -> list[Share]:
    # As SQL orders: null first, then by bytes.
    order = sorted(bearers, key=lambda b: tuple((x is not None, (x or "").encode()) for x in b))
    parts = [Line(key=line.key, price=line.price, records=tuple(bearers[b])) for b in order]
    amounts: Sequence[Decimal | None] = [None] * len(parts)
    if line.price is not None and line.amount is not None:
        products = [Fraction(product(part.quantity, line.price)) for part in parts]
        amounts = largest_remainder(line.amount, products, COST_UNIT)
    return [
        Share(
            line=with_part(part, line.amount, amount, part.quantity, Fraction(1)),
            names=_names(names[part.records[0].record_key]),
        )
        for part, amount in zip(parts, amounts, strict=True)
    ]


def split_among_tasks(share: Share, times: TaskTimes) -> list[Share]:
    """A run's share, split by the time that each task ran in the hour; whole without tasks."""
    line, run = share.line, share.names["job_run_id"]
    key = (line.key["usage_hour_at"], line.key["workspace_id"], run)
    tasks = sorted(times.get(key, ()), key=lambda task: task[0].encode())
    nobody = dict(share.names)
    if run is None or not tasks or not _can_be_split(line):
        return [
            Share(line=line, names=nobody | {"allocated_to": "unallocated", "is_allocated": False})
        ]
    ratios = [Fraction(ran, of_run) for _, ran, of_run in tasks]
    quantities = _by_time(line.quantity, ratios, QUANTITY_UNIT)
    amounts: Sequence[Decimal | None] = [None] * len(tasks)
    if line.amount is not None:
        amounts = _by_time(line.amount, ratios, COST_UNIT)
    whole = line.part.whole if line.part else None
    return [
        Share(
            line=with_part(line, whole, amount, quantity, ratio),
            names=nobody | {"allocated_to": task, "is_allocated": True},
        )
        for (task, *_), amount, quantity, ratio in zip(
            tasks, amounts, quantities, ratios, strict=True
        )
    ]


def with_part(
    line: Line, whole: Decimal | None, amount: Decimal | None, quantity: Decimal, ratio: Fraction
) -> Line:
    """The line as a part of `whole`, with what falls to each of its records."""
    shares: dict[str, Decimal] = {}
    if line.price is not None and amount is not None:
        records = sorted(line.records, key=lambda record: record.record_key)
        exact = [Fraction(r.quantity) * Fraction(line.price) * ratio for r in records]
        parts = largest_remainder(amount, exact, COST_UNIT)
        shares = dict(zip([record.record_key for record in records], parts, strict=True))
    part = Part(whole=whole, amount=amount, quantity=quantity, shares=shares)
    return Line(key=line.key, price=line.price, records=line.records, part=part)


def task_times(rows: Iterable[Row]) -> TaskTimes:
    """Milliseconds of each task and of its run, by hour, workspace and run."""
    times: dict[tuple[Any, ...], list[tuple[str, int, int]]] = {}
    for row in rows:
        key = (row["hour_at"], row["workspace_id"], row["job_run_id"])
        ran = (row["task_key"], int(row["running_ms"]), int(row["run_running_ms"]))
        times.setdefault(key, []).append(ran)
    return times


def _by_time(whole: Decimal, ratios: Sequence[Fraction], unit: Decimal) -> list[Decimal]:
    return largest_remainder(whole, [Fraction(whole) * ratio for ratio in ratios], unit)


def _can_be_split(line: Line) -> bool:
    amount = line.amount or Decimal(0)
    return abs(amount) < LARGEST_COST and abs(line.quantity) < LARGEST_QUANTITY


def _names(row: Row) -> dict[str, Any]:
    """The key columns of the mart, of any record of the bearer."""
    keys = {name.removeprefix("key_"): row[name] for name in row if name.startswith("key_")}
    return keys | {"job_run_id": row["bearer_run_id"]}
