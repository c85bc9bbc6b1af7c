"""The SQL that finds the usage records behind chosen rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.trace.asking import text_literal
from operations.trace.bearers import bearer_columns
from operations.trace.marts import LINE_COLUMNS, RECORDS
from operations.trace.selection import Selection, conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where records are looked for, and by what.

    `chosen` is a query for the rows to explain, with the columns named in `keys`; a record belongs
    to such a row when the expressions of `keys` over it are equal to them, nulls included. `only`
    is a condition over records that cuts down what is read; `lines` the same for whole lines.
    """

    chosen: str
    keys: Mapping[str, str]
    records: str = RECORDS
    only: str = "true"
    lines: str = "true"
    more_columns: str = ""


def origin_of(selection: Selection) -> Origin:
    """The origin of rows that are sums of records, or shares of such sums."""
    mart, types, chosen = selection.mart, selection.types, selection.chosen
    # Records know runs; which tasks share a run is not theirs to say.
    unknown = ("allocated_to", "is_allocated") if selection.kind == "task" else ()
    keys = {name: mart.keys[name] for name in types if name not in unknown}
    kind = selection.kind
    return Origin(
        chosen=f"""select distinct {", ".join(keys)} from {mart.relation}
            where {conditions(types, chosen)}""",
        keys=keys,
        only=conditions(types, {n: v for n, v in chosen.items() if n in keys}, prefix="key_"),
        lines=conditions(types, {n: v for n, v in chosen.items() if n in LINE_COLUMNS}),
        more_columns=(
            f", {text_literal(kind)} as allocation_kind, {bearer_columns(kind)}" if kind else ""
        ),
    )


def records_statement(origin: Origin) -> str:
    """The records of the chosen rows."""
    return f"""
        with {_keyed(origin)}
        select keyed.* from keyed inner join chosen on {_same_keys(origin)}
        where {origin.only}"""


def whole_lines_statement(origin: Origin) -> str:
    """All records of the lines that chosen rows are shares of: shares depend on each other."""
    lines = " and ".join(f"keyed.{name} <=> touched.{name}" for name in LINE_COLUMNS)
    return f"""
        with {_keyed(origin)},
        touched as (
            select distinct {", ".join(f"keyed.{name}" for name in LINE_COLUMNS)}
            from keyed inner join chosen on {_same_keys(origin)}
            where {origin.only}
        ),
        keyed_lines as (select * from keyed where {origin.lines})
        select keyed.* from keyed_lines as keyed inner join touched on {lines}"""


def task_hours_statement(origin: Origin) -> str:
    """How long the tasks of each chosen run ran in each hour."""
    return f"""
        select tasks.workspace_id, tasks.job_run_id, tasks.hour_at, tasks.task_key,
            tasks.running_ms, tasks.run_running_ms
        from silver.int_platform__job_task_hours as tasks
        inner join (
            select usage_hour_at, workspace_id, bearer
            from ({whole_lines_statement(origin)}) group by all
        ) as runs
            on
                tasks.hour_at = runs.usage_hour_at
                and tasks.workspace_id = runs.workspace_id
                and tasks.job_run_id = runs.bearer"""


def _keyed(origin: Origin) -> str:
    keyed = ", ".join(f"{of} as key_{name}" for name, of in origin.keys.items())
    return f"""chosen as ({origin.chosen}),
        records as (
            select * except (currency_code),
                -- As in the hourly fact: what has no price has no currency.
                if(billed_price is null, null, currency_code) as currency_code,
                date_trunc('hour', usage_started_at) as usage_hour_at{origin.more_columns}
            from {origin.records}
        ),
        keyed as (select *, {keyed} from records)"""


def _same_keys(origin: Origin) -> str:
    return " and ".join(f"keyed.key_{name} <=> chosen.{name}" for name in origin.keys)
