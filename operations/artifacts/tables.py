"""The tables `dbt_invocations` and `dbt_node_results`: rows are only added, each once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from operations.artifacts.reading import Invocation
from operations.queries import Cursor, literal, rows

INVOCATIONS, NODES = "operations.dbt_invocations", "operations.dbt_node_results"
# As the macro that makes the tables has them (macros/dbt_artifacts.sql); a test compares.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    INVOCATIONS: {
        "invocation_id": "string",
        "command": "string",
        "dbt_version": "string",
        "started_at": "timestamp",
        "seconds": "double",
        "node_count": "bigint",
    },
    NODES: {
        "run_date": "date",
        "invocation_id": "string",
        "unique_id": "string",
        "resource_type": "string",
        "tested_id": "string",
        "materialized": "string",
        "status": "string",
        "message": "string",
        "started_at": "timestamp",
        "seconds": "double",
        "rows_affected": "bigint",
        "failures": "bigint",
        "age_seconds": "double",
    },
}
_KEYS = {INVOCATIONS: ("invocation_id",), NODES: ("run_date", "invocation_id", "unique_id")}
_ROWS_PER_STATEMENT = 500


def add(cursor: Cursor, invocation: Invocation) -> bool:
    """Adds an invocation with its nodes; False if it is there already.

    Its own row comes last and says that all nodes are there: a load that was broken off is
    completed by the next one, which finds the nodes that stand and adds the others.
    """
    known = rows(
        cursor,
        f"select 1 from {INVOCATIONS} where invocation_id = {literal(invocation.invocation_id)}",
    )
    if known:
        return False
    nodes = list(_node_rows(invocation))
    for start in range(0, len(nodes), _ROWS_PER_STATEMENT):
        cursor.execute(statement(NODES, nodes[start : start + _ROWS_PER_STATEMENT]))
    cursor.execute(statement(INVOCATIONS, [_invocation_row(invocation)]))
    return True


def statement(table: str, found: Sequence[Mapping[str, Any]]) -> str:
    """The statement that adds those of the rows whose key is not in the table yet."""
    columns = COLUMNS[table]
    values = ", ".join(
        f"({', '.join(_value(row[name], kind) for name, kind in columns.items())})" for row in found
    )
    same = " and ".join(f"known.{key} = new.{key}" for key in _KEYS[table])
    listed = ", ".join(columns)
    return (
        f"merge into {table} as known using (select * from values {values} as t({listed})) as new"
        f" on {same} when not matched then insert ({listed})"
        f" values ({', '.join(f'new.{name}' for name in columns)})"
    )


def _invocation_row(invocation: Invocation) -> dict[str, Any]:
    return asdict(invocation) | {"node_count": len(invocation.nodes)}


def _node_rows(invocation: Invocation) -> Iterator[dict[str, Any]]:
    run_date = invocation.started_at.date()
    # A test of a model's version, or a hook, has the id of its own: none comes twice.
    for node in {one.unique_id: one for one in invocation.nodes}.values():
        yield asdict(node) | {"run_date": run_date}


def _value(value: Any, kind: str) -> str:
    if value is None:
        return f"cast(null as {kind})"
    if isinstance(value, datetime):
        return f"timestamp'{value:%Y-%m-%d %H:%M:%S.%f}'"
    if kind in ("double", "bigint"):
        return f"cast({value!r} as {kind})"
    return f"cast({literal(str(value))} as {kind})"
