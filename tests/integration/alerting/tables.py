"""Tables that rules of alerts read, with the columns of their contracts and few rows."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingestion.platform_log import COLUMNS as LOG_COLUMNS
from operations.alerting.store import TABLE as EVENTS
from operations.dbt import PROJECT
from operations.queries import Cursor, literal

LOG = "operations.platform_logs"
_EVENT_COLUMNS = re.compile(r"macro alert_events_columns\(\) -%}(.*?){%- endmacro", re.DOTALL)


@cache
def columns_of(table: str) -> dict[str, str]:
    """Columns with their types, by contract, or as who writes the table makes them."""
    if table == LOG:
        return dict(LOG_COLUMNS)
    (file,) = (PROJECT / "models" / "gold").rglob(f"{table.split('.')[1]}.yml")
    (model,) = yaml.safe_load(Path(file).read_text(encoding="utf-8"))["models"]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def make(cursor: Cursor, table: str) -> None:
    """An empty table of that name, in place of any other."""
    listed = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
    cursor.execute(f"create schema if not exists {table.split('.')[0]}")
    cursor.execute(f"drop table if exists {table}")
    cursor.execute(f"create table {table} ({listed}) using delta")


def make_events(cursor: Cursor) -> None:
    """The table of events of alerts, as dbt makes it."""
    found = _EVENT_COLUMNS.search((PROJECT / "macros" / "alerts.sql").read_text(encoding="utf-8"))
    assert found is not None
    cursor.execute("create schema if not exists operations")
    cursor.execute(f"drop table if exists {EVENTS}")
    cursor.execute(f"create table {EVENTS} ({found[1]}) using delta")


def insert(cursor: Cursor, table: str, **values: Any) -> None:
    """A row with these values; the other columns are null."""
    kinds = columns_of(table)
    row = ", ".join(f"cast({_sql(value)} as {kinds[name]})" for name, value in values.items())
    cursor.execute(f"insert into {table} ({', '.join(values)}) select {row}")


def _sql(value: object) -> str:
    if isinstance(value, datetime):
        return literal(value.isoformat())
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else literal(str(value))
