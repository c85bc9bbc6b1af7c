"""Columns of a query are followed to columns of tables, through every shape of SQL in use."""

import pytest

from operations.lineage.columns import UnreadableSql, origins, schema_of

ORDERS, USERS = ("c", "silver", "orders"), ("c", "silver", "users")
SCHEMA = schema_of({
    ORDERS: {"order_id": "string", "user_id": "string", "amount": "decimal(18,2)",
             "at": "timestamp", "items": "array<struct<dish:string,price:int>>",
             "raw": "variant", "tags": "map<string,string>"},
    USERS: {"user_id": "string", "city": "string", "orders": "int", "born": "date"},
})  # fmt: skip
ORDER, USER = "`c`.`silver`.`orders`", "`c`.`silver`.`users`"


def read(sql: str) -> dict[str, str]:
    """What each column is derived from, as `o.amount u.city`; `?` and what is unknown."""
    short = {ORDERS: "o", USERS: "u"}
    return {
        name: " ".join(
            sorted(f"{short[one.table]}.{one.name}" for one in found.columns)
            + sorted(f"?{one}" for one in found.unknown)
        )
        for name, found in origins(sql, SCHEMA).items()
    }


SHAPES = {
    "chain of CTEs": (
        f"""with orders as (select * from {ORDER}),
        paid as (select user_id, amount * 2 as twice from orders),
        named as (select *, twice + 1 as more from paid) select more, user_id from named""",
        {"more": "o.amount", "user_id": "o.user_id"},
    ),
    "union by place, not by name": (
        f"select order_id as id, at as at_it from {ORDER} union all select city, born from {USER}",
        {"id": "o.order_id u.city", "at_it": "o.at u.born"},
    ),
    "three parts of a union": (
        f"select amount as n from {ORDER} union all select orders from {USER} union all select 1",
        {"n": "o.amount u.orders"},
    ),
    "except keeps values of the left": (
        f"select user_id from {ORDER} except select user_id from {USER}",
        {"user_id": "o.user_id"},
    ),
    "join using": (
        f"select user_id, city, amount from {ORDER} inner join {USER} using (user_id)",
        {"user_id": "o.user_id u.user_id", "city": "u.city", "amount": "o.amount"},
    ),
    "a join's condition and a filter give no value": (
        f"""select a.amount from {ORDER} as a left join {USER} as b on a.user_id = b.user_id
        where b.born is null""",
        {"amount": "o.amount"},
    ),
    "window": (
        f"""select sum(amount) over (partition by user_id order by at) as so_far,
        row_number() over (order by order_id) as place from {ORDER}""",
        {"so_far": "o.amount o.at o.user_id", "place": "o.order_id"},
    ),
    "explode, its array and what it takes out": (
        f"select item.dish, a.order_id from {ORDER} as a lateral view explode(a.items) as item",
        {"dish": "o.items", "order_id": "o.order_id"},
    ),
    "inline as a lateral view, by place": (
        f"""select kind, value from {ORDER} lateral view inline(array(
        struct('a', amount), struct('b', user_id))) as kind, value""",
        {"kind": "", "value": "o.amount o.user_id"},
    ),
    "inline in a select, named by its first struct": (
        f"""with each as (select order_id, inline(array(struct('x' as kind, amount as value),
        struct('y', at))) from {ORDER}) select order_id, kind, value from each""",
        {"order_id": "o.order_id", "kind": "", "value": "o.amount o.at"},
    ),
    "members of a struct": (
        f"""with made as (select
        named_struct('who', user_id, 'what', struct(amount as much, at)) as record from {ORDER})
        select record.who, record.what.much as much, record.what.at as at, record from made""",
        {"who": "o.user_id", "much": "o.amount", "at": "o.at",
         "record": "o.amount o.at o.user_id"},
    ),
    "a member of the newest struct": (
        f"""with newest as (select
        user_id, max_by(struct(amount, order_id as id), at) as last from {ORDER} group by all)
        select user_id, last.id from newest""",
        {"user_id": "o.user_id", "id": "o.at o.order_id"},
    ),
    "paths end at their column": (
        f"""select raw:a.b::string as path, tags['k'] as tag,
        get_json_object(order_id, '$.x') as text, element_at(items, 1).dish as dish from {ORDER}""",
        {"path": "o.raw", "tag": "o.tags", "text": "o.order_id", "dish": "o.items"},
    ),
    "star with exceptions and more": (
        f"select * except (orders, born), 2 as two from {USER}",
        {"user_id": "u.user_id", "city": "u.city", "two": ""},
    ),
    "aggregates": (
        f"""select count(*) as n, count_if(amount > 1) as many,
        sum(amount) filter (where at > '2026-01-01') as late from {ORDER} group by user_id""",
        {"n": "", "many": "o.amount", "late": "o.amount o.at"},
    ),
    "a case with its conditions": (
        f"""select case when city = 'x' then orders else null end as n,
        if(born is null, 1, 2) as k from {USER}""",
        {"n": "u.city u.orders", "k": "u.born"},
    ),
    "anti and semi join": (
        f"select o.order_id from {ORDER} as o left anti join {USER} as u using (user_id)",
        {"order_id": "o.order_id"},
    ),
    "functions of rows and their arguments": (
        f"select transform(filter(items, i -> i.price > 1), i -> i.dish) as dishes from {ORDER}",
        {"dishes": "o.items"},
    ),
    "a column named beside its use": (
        f"select amount * 2 as twice, twice + 1 as more from {ORDER}",
        {"twice": "o.amount", "more": "o.amount"},
    ),
    "scalar subquery, tied to the row": (
        f"""select (select max(u.city) from {USER} as u where u.user_id = o.user_id) as city
        from {ORDER} as o""",
        {"city": "u.city"},
    ),
    "values": (
        f"select k, v, city from {USER} cross join values (1, 'a'), (2, 'b') as t (k, v)",
        {"k": "", "v": "", "city": "u.city"},
    ),
    "changes of a table": (
        """with changed as (select * except (_change_type, _commit_version, _commit_timestamp)
        from table_changes('`c`.`silver`.`users`', 3, 5) where _change_type in ('insert'))
        select user_id, city from changed""",
        {"user_id": "u.user_id", "city": "u.city"},
    ),
    "a column that no table has": (f"select colour from {ORDER}", {"colour": "?colour"}),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_column_comes_from_the_columns_of_its_expression(shape: str) -> None:
    sql, expected = SHAPES[shape]
    assert read(sql) == expected


def test_of_a_column_that_is_made_here_its_sql_is_known() -> None:
    found = origins(
        f"select count(*) as n, 'x' as k from {ORDER} union select 1, 'y' from {USER}", SCHEMA
    )
    assert found["n"].made == {"count(*)", "1"}
    assert found["k"].made == {"'x'", "'y'"}


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select from where", "Expected|Invalid"),
        ("select * from c.silver.nowhere", "columns are not declared"),
        ("drop table c.silver.users", "no query"),
    ],
)
def test_what_cannot_be_read_is_said(sql: str, why: str) -> None:
    with pytest.raises(UnreadableSql, match=why):
        origins(sql, SCHEMA)
