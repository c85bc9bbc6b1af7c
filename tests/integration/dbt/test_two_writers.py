"""Two writers of one table: the one that loses is told a class of error that is tried again."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databricks.sql.exc import ServerOperationError

from operations.retries import can_pass
from tests.lakehouse_fixtures import Lakehouse

Connect = Callable[..., Any]
TABLE = "two_writers.days"
DAY = "day = date'2026-01-01'"
SLOW = "java_method('java.lang.Thread', 'sleep', 4000L) is not null"


@pytest.fixture
def table(lakehouse: Lakehouse) -> Iterator[str]:
    lakehouse.spark.sql("create schema two_writers")
    lakehouse.spark.sql(f"create table {TABLE} (id int, day date) using delta partitioned by (day)")
    lakehouse.spark.sql(f"insert into {TABLE} values (1, date'2026-01-01')")
    yield TABLE
    lakehouse.spark.sql("drop schema two_writers cascade")


@pytest.mark.parametrize(
    "slow",
    [
        f"insert into {TABLE} by name replace where {DAY}"
        f" select id, day from {TABLE} where {DAY} and {SLOW}",
        f"merge into {TABLE} as kept"
        f" using (select 1 as id, date'2026-01-01' as day where {SLOW}) as arrived"
        " on kept.id = arrived.id and kept.day = arrived.day"
        " when matched then update set * when not matched then insert *",
    ],
    ids=["replace_days", "keyed_merge"],
)
def test_the_one_that_loses_may_try_again(connect: Connect, table: str, slow: str) -> None:
    first, second = connect().cursor(), connect().cursor()
    first.execute_async(slow)
    time.sleep(1.5)
    second.execute(f"update {table} set id = id + 0 where {DAY}")
    with pytest.raises(ServerOperationError) as lost:
        first.get_async_execution_result()
    assert can_pass([f"model.lakeledger.days: Database Error {lost.value.message}"])
    assert second.execute(f"select id from {table}").fetchall()[0][0] == 1
