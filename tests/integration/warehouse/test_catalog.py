"""Names, information_schema, metadata calls and tables that other processes have written."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lakehouse_fixtures import Lakehouse

Connect = Callable[..., Any]


@pytest.fixture(scope="module")
def shop(lakehouse: Lakehouse) -> Iterator[str]:
    """A schema with a table and a view."""
    connection = lakehouse.connection.connect()
    with connection.cursor() as cursor:
        cursor.execute("create schema lakeledger.shop")
        cursor.execute(
            "create table `lakeledger`.`shop`.`orders` (id bigint not null comment 'the key', "
            "amount decimal(20,4), constraint orders_pk primary key (id), "
            "constraint fk foreign key (id) references lakeledger.shop.parents (id)) "
            "comment 'what was bought' tblproperties ('delta.enableChangeDataFeed' = 'true')"
        )
        cursor.execute("insert into lakeledger.shop.orders values (1, 2.5), (2, null)")
        cursor.execute("create view lakeledger.shop.big as select id from lakeledger.shop.orders")
        yield "shop"
        cursor.execute("drop schema lakeledger.shop cascade")
    connection.close()


def one(connect: Connect, sql: str) -> Any:
    with connect().cursor() as cursor:
        return [tuple(row) for row in cursor.execute(sql).fetchall()]


def test_the_catalog_has_the_name_clients_use(connect: Connect, shop: str) -> None:
    assert one(connect, "select current_catalog()") == [("lakeledger",)]
    assert one(connect, "show catalogs") == [("lakeledger",)]
    with connect().cursor() as cursor:
        cursor.execute("use catalog `lakeledger`")
        cursor.execute("use lakeledger.shop")
        assert cursor.execute("select count(*) from orders").fetchone()[0] == 2


def test_information_schema_tells_tables_and_views(connect: Connect, shop: str) -> None:
    found = one(
        connect,
        "select table_catalog, table_name, table_type, data_source_format, comment, "
        "last_altered > current_timestamp() - interval 1 hour "
        "from `system`.`information_schema`.`tables` where table_schema = 'shop' order by 2",
    )
    assert found == [
        ("lakeledger", "big", "VIEW", None, None, True),
        ("lakeledger", "orders", "MANAGED", "DELTA", "what was bought", True),
    ]
    views = "select table_name, view_definition from information_schema.views where "
    assert one(connect, views + "table_name = 'big'")[0][0] == "big"


def test_information_schema_tells_columns(connect: Connect, shop: str) -> None:
    found = one(
        connect,
        "select c.column_name, c.is_nullable, c.full_data_type, c.comment "
        "from lakeledger.information_schema.columns c "
        "where c.table_schema = 'shop' and c.table_name = 'orders' order by ordinal_position",
    )
    assert found == [
        ("id", "NO", "bigint", "the key"),
        ("amount", "YES", "decimal(20,4)", None),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "table_tags", "column_tags", "column_masks", "row_filters", "key_column_usage",
        "table_constraints", "referential_constraints",
    ],
)  # fmt: skip
def test_the_relations_of_what_cannot_be_made_here_are_empty(connect: Connect, name: str) -> None:
    assert one(connect, f"select * from system.information_schema.{name}") == []


def test_schemata_are_told(connect: Connect, shop: str) -> None:
    sql = "select schema_name from information_schema.schemata where schema_name = 'shop'"
    assert one(connect, sql) == [("shop",)]


def test_keys_and_tags_are_taken_and_left_out(connect: Connect, shop: str) -> None:
    for sql in (
        "alter table lakeledger.shop.orders add constraint k primary key (id)",
        "alter table lakeledger.shop.orders set tags ('a' = 'b')",
        "alter table lakeledger.shop.orders alter column id set tags ('pii' = 'no')",
    ):
        assert one(connect, sql) == []


def test_changes_are_read_beside_the_table_itself(connect: Connect, shop: str) -> None:
    changes = "table_changes('`lakeledger`.`shop`.`orders`', 1)"
    found = one(
        connect,
        f"select o.id, c._change_type from lakeledger.shop.orders o join {changes} c using (id) "
        f"where id in (select id from {changes} where _change_type = 'insert') order by 1",
    )
    assert found == [(1, "insert"), (2, "insert")]


def test_two_ranges_of_changes_in_one_statement_stay_apart(connect: Connect, shop: str) -> None:
    with connect().cursor() as cursor:
        cursor.execute("create table lakeledger.shop.steps (n int) tblproperties "
                       "('delta.enableChangeDataFeed' = 'true')")  # fmt: skip
        for number in range(3):
            cursor.execute(f"insert into lakeledger.shop.steps values ({number})")
    first, last = (
        f"select n from table_changes('lakeledger.shop.steps', {v}, {v})" for v in (1, 3)
    )
    assert one(connect, f"select (select max(n) from ({first})) as a, ({last}) as b") == [(0, 2)]


@pytest.mark.parametrize(
    "sql",
    [
        "describe history lakeledger.shop.orders",
        "describe extended lakeledger.shop.orders",
        "show tblproperties lakeledger.shop.orders",
        "show table extended in lakeledger.shop like 'orders|big'",
        "describe detail lakeledger.shop.orders",
        "optimize lakeledger.shop.orders",
        "restore table lakeledger.shop.orders to version as of 1",
        "vacuum lakeledger.shop.orders",
    ],
)
def test_statements_about_tables_pass_and_name_the_clients_catalog(
    connect: Connect, shop: str, sql: str
) -> None:
    found = one(connect, sql)
    assert found
    if sql.startswith(("describe", "show")):
        assert "spark_catalog" not in str(found)


def test_metadata_calls_answer_by_patterns(connect: Connect, shop: str) -> None:
    with connect().cursor() as cursor:
        assert [row[0] for row in cursor.catalogs().fetchall()] == ["lakeledger"]
        assert [row[0] for row in cursor.schemas("lakeledger", "sho_").fetchall()] == ["shop"]
        found = cursor.tables("lakeledger", "sho_", "%r%").fetchall()
        assert [(row.TABLE_NAME, row.TABLE_TYPE) for row in found] == [("orders", "TABLE")]
        views = cursor.tables("lakeledger", "shop", "%", ["VIEW"]).fetchall()
        assert [row.TABLE_NAME for row in views] == ["big"]
        columns = cursor.columns("lakeledger", "shop", "orders", "a%").fetchall()
        assert [(row.COLUMN_NAME, row.TYPE_NAME, row.DECIMAL_DIGITS) for row in columns] == [
            ("amount", "DECIMAL(20,4)", 4)
        ]
        assert cursor.schemas("elsewhere", "%").fetchall() == []


def test_a_delta_table_written_by_path_has_its_name_in_the_next_session(
    connect: Connect, lakehouse: Lakehouse
) -> None:
    folder = lakehouse.root / "external" / "bronze_x" / "usage"
    lakehouse.spark.range(3).write.format("delta").save(str(folder))
    assert one(connect, "select count(*) from lakeledger.bronze_x.usage") == [(3,)]
    lakehouse.spark.range(2).write.format("delta").mode("append").save(str(folder))
    assert one(connect, "select count(*) from lakeledger.bronze_x.usage") == [(5,)]
