"""Every column type, null, empty and large results, as a client of the connector sees them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from databricks.sql.utils import CloudFetchQueue

Connect = Callable[..., Any]


def rows(connect: Connect, sql: str, *args: Any) -> Any:
    with connect().cursor() as cursor:
        return cursor.execute(sql, *args).fetchall()


@pytest.mark.parametrize(
    ("sql", "kind", "value"),
    [
        ("true", "boolean", True),
        ("cast(-128 as tinyint)", "tinyint", -128),
        ("cast(-32768 as smallint)", "smallint", -32768),
        ("2147483647", "int", 2147483647),
        ("9223372036854775807L", "bigint", 9223372036854775807),
        ("cast(1.5 as float)", "float", 1.5),
        ("1.25D", "double", 1.25),
        ("cast('0.1333287777777778' as decimal(38,18))", "decimal", Decimal("0.1333287777777778")),
        ("'é\\u4e2d\\n'", "string", "é中\n"),
        ("X'00ff10'", "binary", b"\x00\xff\x10"),
        ("date'2026-02-28'", "date", date(2026, 2, 28)),
        (
            "timestamp'2026-01-01 12:00:00.123456+02:00'",
            "timestamp",
            datetime(2026, 1, 1, 10, 0, 0, 123456, tzinfo=UTC),
        ),
        (
            "timestamp_ntz'2026-01-01 12:00:00.000001'",
            "timestamp",
            datetime(2026, 1, 1, 12, 0, 0, 1),
        ),
        ("null", "null", None),
        ("array(1, null)", "array", [1, None]),
        ("map('a', 1.5D)", "map", [("a", 1.5)]),
        ("named_struct('x', 1, 'y', array('z'))", "struct", {"x": 1, "y": ["z"]}),
        ("parse_json('{\"b\": [1, null]}')", "variant", '{"b":[1,null]}'),
        ("array(parse_json('\"s\"'))", "array", ['"s"']),
        ("named_struct('v', parse_json('[1]'))", "struct", {"v": "[1]"}),
        ("interval '2-3' year to month", "interval_year_month", "INTERVAL '2-3' YEAR TO MONTH"),
        (
            "interval '1 02:03:04.5' day to second",
            "interval_day_time",
            "INTERVAL '1 02:03:04.5' DAY TO SECOND",
        ),
    ],
)  # fmt: skip
def test_a_value_of_each_type_arrives_as_it_is_and_so_does_a_null(
    connect: Connect, sql: str, kind: str, value: object
) -> None:
    with connect().cursor() as cursor:
        query = f"select if(id = 0, {sql}, null) as c from range(2) order by id"
        cursor.execute(query)
        description = cursor.description[0]
        found = cursor.fetchall_arrow().column(0).to_pylist()
    assert description[:2] == ("c", kind)
    assert found == [value, None]


def test_a_decimal_is_told_with_precision_and_scale(connect: Connect) -> None:
    with connect().cursor() as cursor:
        cursor.execute("select cast(1 as decimal(20, 7)) as d")
        assert cursor.description[0][4:6] == (20, 7)


def test_an_empty_result_keeps_its_columns(connect: Connect) -> None:
    with connect().cursor() as cursor:
        cursor.execute("select 1 as a, 'x' as b where false")
        assert [column[0] for column in cursor.description] == ["a", "b"]
        assert cursor.fetchall() == []


def test_a_statement_without_columns_gives_no_rows_and_starts_no_job(
    connect: Connect, lakehouse: Any
) -> None:
    tracker = lakehouse.spark.sparkContext.statusTracker()
    with connect().cursor() as cursor:
        cursor.execute("create schema if not exists lakeledger.no_rows")
        assert cursor.fetchall() == []
        identifier = cursor.query_id.replace("-", "")
        assert cursor.description == []
    assert len(tracker.getJobIdsForGroup(identifier)) == 0


@pytest.mark.parametrize("in_files", [True, False])
def test_a_million_rows_come_in_order(connect: Connect, in_files: bool) -> None:
    with connect(use_cloud_fetch=in_files).cursor(arraysize=100_000) as cursor:
        cursor.execute("select id, id * 2 as twice, cast(id as string) as text from range(1000000)")
        assert isinstance(cursor.active_result_set.results, CloudFetchQueue) is in_files
        first = cursor.fetchmany_arrow(10)
        table = pa.concat_tables([first, cursor.fetchall_arrow()])
    assert first.num_rows == 10
    assert table.column("id").to_pylist() == list(range(1_000_000))
    assert table.column("text")[999_999].as_py() == "999999"


def test_values_are_the_same_in_rows_and_in_files(connect: Connect) -> None:
    query = (
        "select id, if(id % 3 = 0, null, repeat('é', 40)) as text, id * 1.25 as amount, "
        "cast(id / 8 as decimal(20, 3)) as exact, timestamp_micros(id) as at, "
        "array(id, null) as list, named_struct('x', id) as part, map('k', id) as pairs, "
        "cast(unhex('00ff') as binary) as raw, parse_json('[1]') as tree "
        "from range(20000) order by id"
    )
    with connect().cursor() as cursor:
        in_files = cursor.execute(query).fetchall_arrow()
        description = cursor.description
    with connect(use_cloud_fetch=False).cursor() as cursor:
        assert in_files == cursor.execute(query).fetchall_arrow()
        assert description == cursor.description


def test_pages_hold_no_more_rows_or_bytes_than_asked(connect: Connect) -> None:
    with connect().cursor(arraysize=7) as cursor:
        cursor.execute("select id from range(20)")
        assert len(cursor.fetchmany(3)) == 3
        assert [row[0] for row in cursor.fetchall()] == list(range(3, 20))
    with connect().cursor(arraysize=1000, buffer_size_bytes=4096) as cursor:
        cursor.execute("select repeat('x', 1000) as c from range(50)")
        assert cursor.active_result_set.results.remaining_rows().num_rows < 10


def test_text_that_is_no_utf8_arrives_with_replacement_characters(connect: Connect) -> None:
    found = rows(
        connect,
        "select cast(X'41ff42' as string) as c, array(cast(X'ff' as string), null) as a, "
        "named_struct('s', cast(X'fe' as string)) as s, map('k', cast(X'fd' as string)) as m",
    )[0]
    assert found.c == "A\ufffdB"
    assert list(found.a) == ["\ufffd", None]
    assert found.s == {"s": "\ufffd"}
    assert found.m == [("k", "\ufffd")]
    assert rows(connect, "select 1")[0][0] == 1


def test_the_number_of_changed_rows_is_told(connect: Connect) -> None:
    with connect().cursor() as cursor:
        cursor.execute(
            "create or replace table lakeledger.default.counted as select id from range(5)"
        )
        cursor.execute("delete from lakeledger.default.counted where id < 3")
        assert cursor.rowcount == 3
        cursor.execute("drop table lakeledger.default.counted")


def test_a_row_limit_is_kept(connect: Connect) -> None:
    with connect().cursor(row_limit=4) as cursor:
        assert len(cursor.execute("select * from range(10)").fetchall()) == 4
