"""What the console asks, without a connection: analyses by name, tables that may be missing."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from operations.console.account_queries import JOB_RUNS
from operations.console.analyses import Analyses
from operations.console.frames import frame_of
from operations.console.kinds import Query
from operations.console.lakehouse import Lakehouse, bounded
from operations.console.queries import ALL
from operations.dbt import PROJECT

ANALYSES = Analyses(PROJECT)


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.analysis)
def test_every_question_is_an_analysis_that_names_its_columns(query: Query) -> None:
    statement = ANALYSES.statement(query.analysis, ())
    assert statement.missing
    assert "{{" not in statement.text
    for column in query.columns:
        assert column.name in statement.text


def test_every_analysis_of_the_console_is_shown_by_a_page() -> None:
    folder = PROJECT / "resources" / "dashboards" / "console"
    written = {file.stem for file in folder.glob("*.sql")}
    assert len(written) > 5
    assert written - {query.analysis for query in ALL} == set()


def test_a_table_that_is_there_is_named_and_one_that_is_not_has_no_rows() -> None:
    name = "gold_operational.ops_job_health_daily"
    there = ANALYSES.statement("console__job_runs", {name})
    assert there.missing == ()
    assert f"from {name}" in there.text
    absent = ANALYSES.statement("console__job_runs", ())
    assert absent.missing == (name,)
    assert absent.is_unbuilt
    assert not there.is_unbuilt
    assert name not in absent.text
    assert "cast(null as date) as run_date" in absent.text


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select 1", "select 1\nlimit 50"),
        ("select 1\nlimit 20", "select 1\nlimit 20"),
        ("select 1\nlimit 900", "select 1\nlimit 50"),
    ],
)
def test_no_question_is_without_a_limit(statement: str, expected: str) -> None:
    assert bounded(statement, 50) == expected


class Session:
    """A connection that answers with four rows, and notes what it is asked."""

    def __init__(self, fails: bool = False) -> None:
        self.asked: list[str] = []
        self.fails = fails
        self.closed = False

    @contextmanager
    def cursor(self) -> Iterator["Session"]:
        yield self

    def execute(self, statement: str) -> None:
        self.asked.append(statement)
        if self.fails:
            raise ConnectionError("gone")

    def fetchall(self) -> list[tuple[str, str, bool]]:
        return [("gold_operational", "ops_job_health_daily", False)]

    def fetchall_arrow(self) -> pa.Table:
        return pa.table({"run_date": [dt.date(2026, 1, 5)] * 4})

    def close(self) -> None:
        self.closed = True


def test_more_rows_than_a_page_takes_are_cut_and_the_cut_is_told() -> None:
    lakehouse = Lakehouse(Session)
    small = Query(JOB_RUNS.analysis, JOB_RUNS.columns, limit=3)
    assert lakehouse.ask(small).is_cut
    assert len(lakehouse.ask(small).frame) == 3
    assert not lakehouse.ask(JOB_RUNS).is_cut


def test_a_session_is_used_again_and_one_whose_engine_is_gone_is_not() -> None:
    opened: list[Session] = []

    def connect() -> Session:
        opened.append(Session())
        return opened[-1]

    lakehouse = Lakehouse(connect)
    lakehouse.ask(JOB_RUNS)
    lakehouse.ask(JOB_RUNS)
    assert len(opened) == 1
    opened[0].fails = True
    assert len(lakehouse.ask(JOB_RUNS).frame) == 4
    assert opened[0].closed
    assert len(opened) == 2


def test_which_tables_there_are_is_not_asked_with_every_question() -> None:
    session = Session()
    lakehouse = Lakehouse(lambda: session)
    lakehouse.ask(JOB_RUNS)
    before = len(session.asked)
    lakehouse.ask(JOB_RUNS)
    assert len(session.asked) == before + 1


def test_values_are_shown_as_numbers_times_and_texts() -> None:
    table = pa.table(
        {
            "cost": pa.array([Decimal("1.10"), None], pa.decimal128(38, 18)),
            "at": pa.array([dt.datetime(2026, 1, 5, 9), None], pa.timestamp("us")),
            "regions": pa.array([["eu", "us"], None], pa.list_(pa.string())),
        }
    )
    frame: Any = frame_of(table)
    assert frame["cost"][0] == 1.1
    assert frame["at"][0] == dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    assert frame["regions"][0] == "eu, us"
    assert frame["regions"][1] is None
