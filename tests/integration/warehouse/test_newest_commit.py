"""The newest commit as the server tells it is the one that the engine would tell."""

from collections.abc import Callable
from typing import Any

import pytest
from databricks.sql.exc import ServerOperationError

from tests.lakehouse_fixtures import Lakehouse

Connect = Callable[..., Any]
TABLE = "newest.of_many"
STEPS = (
    f"create table {TABLE} (id int, day date) using delta partitioned by (day)"
    " tblproperties (delta.enableChangeDataFeed = true)",
    f"insert into {TABLE} values (1, date'2026-01-01'), (2, date'2026-01-02')",
    f"merge into {TABLE} as kept using (select 2 as id, date'2026-01-02' as day) as arrived"
    " on kept.id = arrived.id when matched then update set * when not matched then insert *",
    f"insert into {TABLE} by name replace where day = date'2026-01-01'"
    " select 3 as id, date'2026-01-01' as day",
    f"alter table {TABLE} set tblproperties (a.b = '7')",
    f"delete from {TABLE} where id = 3",
    f"optimize {TABLE}",
    f"restore table {TABLE} to version as of 1",
    f"create or replace table {TABLE} using delta as select 1 as id",
)


@pytest.fixture
def schema(lakehouse: Lakehouse) -> Any:
    lakehouse.spark.sql("create schema newest")
    yield "newest"
    lakehouse.spark.sql("drop schema newest cascade")


def test_it_is_what_the_engine_tells(lakehouse: Lakehouse, connect: Connect, schema: str) -> None:
    with connect().cursor() as cursor:
        for number, step in enumerate(STEPS):
            cursor.execute(step)
            (own,) = lakehouse.spark.sql(f"describe history {TABLE} limit 1").collect()
            cursor.execute(f"describe history lakeledger.`newest`.of_many limit 1 -- {number}")
            names = [column[0] for column in cursor.description]
            told = dict(zip(names, cursor.fetchone(), strict=True))
            engine = own.asDict(recursive=True)
            assert names == list(engine)
            assert told["timestamp"].timestamp() == engine["timestamp"].timestamp()
            for maps in ("operationParameters", "operationMetrics"):
                told[maps], engine[maps] = dict(told[maps] or ()), engine[maps] or {}
            assert told | {"timestamp": 0} == engine | {"timestamp": 0}, step


def test_what_is_no_table_is_told_by_the_engine(connect: Connect, schema: str) -> None:
    with connect().cursor() as cursor:
        cursor.execute("create view newest.a_view as select 1 as id")
        for name in ("newest.nothing", "newest.a_view", "elsewhere.newest.of_many"):
            with pytest.raises(ServerOperationError):
                cursor.execute(f"describe history {name} limit 1")
