"""Commits say who made them, session by session; rows of the log reach tables of any age."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingestion.log_table import COLUMNS, TABLE
from operations.platform_log import Recorded, recorded_session
from tests.lakehouse_fixtures import Lakehouse
from warehouse.provenance import Provenance

Connect = Callable[..., Any]


@pytest.fixture
def table(lakehouse: Lakehouse) -> Iterator[str]:
    lakehouse.spark.sql("create schema told")
    yield "told.rows"
    lakehouse.spark.sql("drop schema told cascade")


@pytest.fixture
def no_log(lakehouse: Lakehouse) -> None:
    """As before anything was logged."""
    lakehouse.clear("operations")


def log_folder(lakehouse: Lakehouse) -> Path:
    return lakehouse.root.joinpath("external", *TABLE.split("."))


def logged(cursor: Any, run_id: str) -> list[Any]:
    cursor.execute(f"select subject, status, rows_out from {TABLE} where run_id = '{run_id}'")
    return [tuple(row) for row in cursor.fetchall()]


def test_every_commit_of_a_session_says_who_made_it(connect: Connect, table: str) -> None:
    one, other = Provenance.of("one"), Provenance.of("other")
    told = []
    for who in (one, None, other):
        settings = {} if who is None else who.session_configuration
        with connect(session_configuration=settings).cursor() as cursor:
            cursor.execute(f"create table if not exists {table} (id int) using delta")
            cursor.execute(f"insert into {table} values (1)")
            cursor.execute(f"describe history {table} limit 1")
            newest = cursor.fetchone().asDict()
            cursor.execute(f"describe history {table}")
            assert cursor.fetchone().asDict()["userMetadata"] == newest["userMetadata"]
            told.append(newest["userMetadata"])
    assert told == [one.user_metadata, None, other.user_metadata]
    assert json.loads(told[0]).keys() == {"run_id", "component", "actor", "git_revision"}


def test_restore_takes_properties_back_with_rows(connect: Connect, table: str) -> None:
    """Cursors are properties: what comes after a restore reads the same changes again."""
    with connect().cursor() as cursor:
        cursor.execute(f"create table {table} (id int) using delta tblproperties (a.cursor = '1')")
        cursor.execute(f"insert into {table} values (1)")
        cursor.execute(f"alter table {table} set tblproperties (a.cursor = '2')")
        cursor.execute(f"restore table {table} to version as of 0")
        cursor.execute(f"show tblproperties {table}")
        assert dict(cursor.fetchall())["a.cursor"] == "1"
        cursor.execute(f"select count(*) from {table}")
        assert cursor.fetchone()[0] == 0


@pytest.mark.usefixtures("no_log")
def test_the_log_lies_where_ingestion_looks_for_it(lakehouse: Lakehouse) -> None:
    with recorded_session(lakehouse.connection, "test") as session:
        session.add("first", "made the table", row_count=3)
        assert logged(session.cursor, session.who.run_id) == [("first", "ok", 3)]
    rows = lakehouse.spark.read.format("delta").load(str(log_folder(lakehouse))).collect()
    assert [row["subject"] for row in rows] == ["first"]


@pytest.mark.usefixtures("no_log")
def test_a_log_of_an_older_version_gets_its_columns(lakehouse: Lakehouse) -> None:
    older = list(COLUMNS)[:5]
    listed = ", ".join(f"{name} {COLUMNS[name]}" for name in older)
    with recorded_session(lakehouse.connection, "test") as session:
        session.cursor.execute(f"create table {TABLE} ({listed}) using delta")
        session.add("later", "came", status="refused")
        assert logged(session.cursor, session.who.run_id) == [("later", "refused", None)]
        session.cursor.execute(f"describe table {TABLE}")
        assert {row[0] for row in session.cursor.fetchall()} == set(COLUMNS)


def test_a_log_that_cannot_be_written_stops_nothing(lakehouse: Lakehouse) -> None:
    with closing(lakehouse.connection.connect()) as client:
        cursor = client.cursor()
    Recorded(cursor, Provenance.of("test")).add("subject", "on a cursor that is closed")
