"""The SQL that finds the usage records behind a selection."""

from operations.trace.asking import text_literal
from operations.trace.bearers import bearer_columns
from operations.trace.marts import LINE_COLUMNS, RECORDS
from operations.trace.selection import Selection, conditions


def records_statement(selection: Selection) -> str:
    """Records whose key columns are those of a chosen row, nulls included.

    The user's own conditions stand on both sides, so that only the days asked for are read.
    """
    return f"""
        with {_keyed(selection)}
        select keyed.* from keyed inner join chosen on {_same_keys(selection)}
        where {_conditions(selection)}"""


def whole_lines_statement(selection: Selection) -> str:
    """All records of the lines that chosen rows are shares of: shares depend on each other."""
    lines = " and ".join(f"keyed.{name} <=> touched.{name}" for name in LINE_COLUMNS)
    own = {name: value for name, value in selection.chosen.items() if name in LINE_COLUMNS}
    return f"""
        with {_keyed(selection)},
        touched as (
            select distinct {", ".join(f"keyed.{name}" for name in LINE_COLUMNS)}
            from keyed inner join chosen on {_same_keys(selection)}
            where {_conditions(selection)}
        )
        select keyed.* from keyed inner join touched on {lines}
        where {conditions(selection.types, own, prefix="key_")}"""


def task_hours_statement(selection: Selection) -> str:
    """How long the tasks of each chosen run ran in each hour."""
    return f"""
        select tasks.workspace_id, tasks.job_run_id, tasks.hour_at, tasks.task_key,
            tasks.running_ms, tasks.run_running_ms
        from silver.int_platform__job_task_hours as tasks
        inner join (
            select usage_hour_at, workspace_id, bearer
            from ({whole_lines_statement(selection)}) group by all
        ) as runs
            on
                tasks.hour_at = runs.usage_hour_at
                and tasks.workspace_id = runs.workspace_id
                and tasks.job_run_id = runs.bearer"""


def _keyed(selection: Selection) -> str:
    mart, types = selection.mart, selection.types
    keyed = ", ".join(f"{mart.keys[name]} as key_{name}" for name in types)
    borne = f", {bearer_columns(selection.kind)}" if selection.kind else ""
    kind = f", {text_literal(selection.kind)} as allocation_kind" if selection.kind else ""
    return f"""chosen as (
            select distinct {", ".join(types)} from {mart.relation}
            where {conditions(types, selection.chosen)}
        ),
        records as (
            select * except (currency_code),
                -- As in the hourly fact: what has no price has no currency.
                if(billed_price is null, null, currency_code) as currency_code,
                date_trunc('hour', usage_started_at) as usage_hour_at{kind}{borne}
            from {RECORDS}
        ),
        keyed as (select *, {keyed} from records)"""


def _same_keys(selection: Selection) -> str:
    """Records know runs; which tasks share a run is not theirs to say."""
    unknown = ("allocated_to", "is_allocated") if selection.kind == "task" else ()
    names = [name for name in selection.types if name not in unknown]
    return " and ".join(f"keyed.key_{name} <=> chosen.{name}" for name in names)


def _conditions(selection: Selection) -> str:
    unknown = ("allocated_to", "is_allocated") if selection.kind == "task" else ()
    known = {name: value for name, value in selection.chosen.items() if name not in unknown}
    return conditions(selection.types, known, prefix="key_")
