"""Errors, cancellation, parameters and many clients, as clients of the connector see them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from databricks.sql.exc import DatabaseError, ServerOperationError
from databricks.sql.parameters import DecimalParameter, TinyIntParameter
from databricks.sql.thrift_api.TCLIService import ttypes

from tests.lakehouse_fixtures import Lakehouse

Connect = Callable[..., Any]


@pytest.mark.parametrize(
    ("sql", "condition", "state"),
    [
        ("select * from nowhere", "[TABLE_OR_VIEW_NOT_FOUND]", "42P01"),
        ("selec 1", "[PARSE_SYNTAX_ERROR]", "42601"),
        ("select cast('x' as int)", "[CAST_INVALID_INPUT]", "22018"),
        ("select id / 0 from range(3)", "[DIVIDE_BY_ZERO]", "22012"),
        ("select raise_error('own words')", "[USER_RAISED_EXCEPTION]", "P0001"),
        ("use catalog elsewhere", "[NO_SUCH_CATALOG_EXCEPTION]", "0A000"),
    ],
)
def test_an_error_keeps_its_class_and_sqlstate_and_shows_no_traceback(
    connect: Connect, sql: str, condition: str, state: str
) -> None:
    with connect().cursor() as cursor:
        with pytest.raises(ServerOperationError) as caught:
            cursor.execute(sql)
        assert caught.value.message.startswith(condition)
        assert f"SQLSTATE: {state}" in caught.value.message
        assert "Traceback" not in caught.value.message
        assert "\tat " not in caught.value.message
        assert "spark_catalog" not in caught.value.message
        assert cursor.execute("select 1").fetchone()[0] == 1


def test_the_sqlstate_travels_in_the_status_of_a_statement_that_is_polled(
    connect: Connect,
) -> None:
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute_async("select cast(concat('x', id) as int) from range(3)")
        backend, command = connection.session.backend, cursor.active_command_id
        request = ttypes.TGetOperationStatusReq(operationHandle=command.to_thrift_handle())
        answer = backend._client.GetOperationStatus(request)
        while answer.operationState in (
            ttypes.TOperationState.RUNNING_STATE,
            ttypes.TOperationState.PENDING_STATE,
        ):
            answer = backend._client.GetOperationStatus(request)
    assert answer.operationState == ttypes.TOperationState.ERROR_STATE
    assert answer.sqlState == "22018"
    assert answer.displayMessage.startswith("[CAST_INVALID_INPUT]")


@pytest.mark.parametrize(
    "sql",
    [
        "grant select on table t to somebody",
        "create materialized view m as select 1",
        "create or refresh streaming table s as select 1",
        "copy into t from '/tmp'",
        "alter table t cluster by auto",
        "alter table t set row filter f on (c)",
        "create catalog other",
        "comment on column t.c is 'x'",
        "select * from system.information_schema.grants",
    ],
)
def test_what_is_not_emulated_is_refused_with_one_sentence(connect: Connect, sql: str) -> None:
    with connect().cursor() as cursor, pytest.raises(ServerOperationError) as caught:
        cursor.execute(sql)
    assert "embedded lakehouse" in caught.value.message.lower()


def test_a_canceled_statement_stops_in_the_engine(connect: Connect, lakehouse: Lakehouse) -> None:
    tracker = lakehouse.spark.sparkContext.statusTracker()
    with connect().cursor() as cursor:
        cursor.execute_async("select count(*) from range(100000000000) where hash(id) = 7")
        group = cursor.active_command_id.to_hex_guid().replace("-", "")
        until(lambda: bool(tracker.getJobIdsForGroup(group)))
        assert group_is_active(lakehouse, group)
        cursor.cancel()
        handle = cursor.active_command_id.to_thrift_handle()
        request = ttypes.TGetOperationStatusReq(operationHandle=handle)
        answer = cursor.backend._client.GetOperationStatus(request)
    assert answer.operationState == ttypes.TOperationState.CANCELED_STATE
    assert answer.sqlState == "HY008"
    until(lambda: not group_is_active(lakehouse, group))


def test_a_client_that_waits_is_told_that_its_statement_was_canceled(connect: Connect) -> None:
    with connect().cursor() as cursor:
        timer = threading.Timer(4, cursor.cancel)
        timer.start()
        with pytest.raises(DatabaseError, match="OPERATION_CANCELED"):
            cursor.execute("select count(*) from range(100000000000) where hash(id) = 7")
        timer.join()


def group_is_active(lakehouse: Lakehouse, group: str) -> bool:
    tracker = lakehouse.spark.sparkContext.statusTracker()
    infos = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(group)]
    return any(info is not None and info.status == "RUNNING" for info in infos)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def test_named_and_positional_parameters_keep_their_types(connect: Connect) -> None:
    with connect().cursor() as cursor:
        moment = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
        found = cursor.execute(
            "select :s as s, :i + 1 as i, :d as d, :t as t, :f as f, :b as b, :n as n, ':s' as t2",
            {
                "s": "it's a \\ :i -- x", "i": 41, "d": date(2026, 2, 3), "t": moment,
                "f": 1.5, "b": True, "n": None,
            },
        ).fetchone()  # fmt: skip
        assert tuple(found) == (
            "it's a \\ :i -- x", 42, date(2026, 2, 3), moment, 1.5, True, None, ":s",
        )  # fmt: skip
        found = cursor.execute(
            "select ?, ?, '?' /* ? */",
            [TinyIntParameter(7), DecimalParameter(Decimal("1.230"))],
        ).fetchone()
        assert (found[0], found[1], found[2]) == (7, Decimal("1.230"), "?")


def test_a_parameter_that_is_no_scalar_is_refused(connect: Connect) -> None:
    with connect().cursor() as cursor, pytest.raises(ServerOperationError, match="parameters"):
        cursor.execute("select :a", {"a": [1, 2]})


def test_sessions_do_not_see_each_others_views_settings_and_schema(connect: Connect) -> None:
    with connect().cursor() as one, connect().cursor() as two:
        one.execute("create schema if not exists isolated")
        one.execute("use isolated")
        one.execute("create temporary view mine as select 1 as a")
        one.execute("set spark.sql.session.timeZone = Asia/Tokyo")
        with pytest.raises(ServerOperationError, match="TABLE_OR_VIEW_NOT_FOUND"):
            two.execute("select * from mine")
        assert two.execute("select current_timezone()").fetchone()[0] == "UTC"
        assert two.execute("select current_schema()").fetchone()[0] == "default"


def test_a_session_takes_settings_and_a_schema_that_is_made_later(connect: Connect) -> None:
    options = {"session_configuration": {"ansi_mode": "false", "QUERY_TAGS": "a:b"}}
    with connect(schema="made_later", **options).cursor() as cursor:
        assert cursor.execute("select cast('x' as int)").fetchone()[0] is None
        cursor.execute("create schema lakeledger.made_later")
        assert cursor.execute("select current_schema()").fetchone()[0] == "made_later"


def test_an_unknown_catalog_is_refused_at_the_door(connect: Connect) -> None:
    with pytest.raises(DatabaseError, match="NO_SUCH_CATALOG"):
        connect(catalog="elsewhere")


def test_eight_clients_write_and_read_at_once(connect: Connect) -> None:
    with connect().cursor() as cursor:
        cursor.execute("create schema if not exists busy")

    def work(number: int) -> int:
        with connect(schema="busy").cursor() as cursor:
            cursor.execute(f"create or replace table t{number} as select {number} as n")
            cursor.execute(f"insert into lakeledger.busy.t{number} select n + 1 from t{number}")
            return int(cursor.execute(f"select sum(n) from t{number}").fetchone()[0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [2 * number + 1 for number in range(8)]


def test_a_comment_before_a_statement_changes_nothing(connect: Connect) -> None:
    comment = '/* {"app": "dbt", "node": "lakeledger.x \'quoted"} */\n-- `lakeledger`.y\n'
    with connect().cursor() as cursor:
        assert (
            cursor.execute(f"{comment}select 'lakeledger.z' as c").fetchone()[0] == "lakeledger.z"
        )


def test_a_closed_session_is_named_as_the_reason(connect: Connect, lakehouse: Lakehouse) -> None:
    connection = connect()
    with connection.cursor() as cursor:
        lakehouse.server._sessions.close(connection.session._session_id.guid)
        with pytest.raises(DatabaseError, match="Connect again"):
            cursor.execute("select 1")


def test_a_file_that_is_gone_is_named_by_its_own_error(
    connect: Connect, lakehouse: Lakehouse
) -> None:
    """The side of a join that is sent to all is read in another thread, whose error hides it."""
    with connect().cursor() as cursor:
        cursor.execute("create schema if not exists gone")
        cursor.execute("create table gone.numbers using delta as select id from range(5)")
        for file in (lakehouse.root / "lakehouse" / "gone.db").rglob("*.parquet"):
            file.unlink()
        with pytest.raises(ServerOperationError) as caught:
            cursor.execute(
                "select /*+ broadcast(gone) */ * from range(3) as kept"
                " join gone.numbers as gone using (id)"
            )
        cursor.execute("drop schema gone cascade")
    assert "gone.db/numbers/part-" in caught.value.message
