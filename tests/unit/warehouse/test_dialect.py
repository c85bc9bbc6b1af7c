"""What becomes of a statement on its way to the engine, by rule."""

import pytest

from warehouse.dialect import Dialect
from warehouse.errors import NotEmulated
from warehouse.pushdown import Wanted, wanted_tables
from warehouse.refusals import is_ignored, refuse, without_keys
from warehouse.tokens import significant_tokens


def dialect(asked: list[tuple[str, Wanted]] | None = None) -> Dialect:
    def relation(name: str, wanted: Wanted) -> str:
        if asked is not None:
            asked.append((name, wanted))
        return f"ROWS OF {name}"

    return Dialect("lakeledger", relation)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from lakeledger.a.b", "select * from spark_catalog.a.b"),
        ("select * from `LakeLedger`.`a`.`b`", "select * from spark_catalog.`a`.`b`"),
        ("select lakeledger . a.b.c", "select spark_catalog . a.b.c"),
        ("select 'lakeledger.a', \"lakeledger.b\"", None),
        ("select 1 -- lakeledger.a", None),
        ("/* lakeledger.a /* nested */ lakeledger.b */ select 1", None),
        ("select a.lakeledger.b, `x.lakeledger.y`, lakeledger from t", None),
        ("select r'\\', lakeledger.a.b", "select r'\\', spark_catalog.a.b"),
        ("select 'it\\'s', lakeledger.a.b", "select 'it\\'s', spark_catalog.a.b"),
        ("use catalog `lakeledger`", "USE spark_catalog"),
        ("set catalog 'lakeledger';", "USE spark_catalog;"),
        ("show schemas in `lakeledger`", "show schemas in spark_catalog"),
        ("show schemas in `lakeledger` like 'x'", "show schemas in spark_catalog like 'x'"),
        ("select current_catalog()", "select 'lakeledger' AS `current_catalog()`"),
        ("select 1 where current_catalog() = 'x'", "select 1 where 'lakeledger' = 'x'"),
        ("select identifier('lakeledger.a.b')", "select identifier('spark_catalog.a.b')"),
    ],
)
def test_names_are_mapped_and_strings_and_comments_are_left(sql: str, expected: str | None) -> None:
    assert dialect().translate(sql) == (sql if expected is None else expected)


def test_the_table_in_table_changes_is_mapped_and_spelled_apart() -> None:
    one = "table_changes('`lakeledger`.`s`.`tab`', 1)"
    assert dialect().translate(f"select * from {one}") == (
        "select * from table_changes('spark_catalog.`s`.`Tab`', 1)"
    )
    assert dialect().translate(
        "select * from table_changes('s.tab', 1), table_changes('s.tab', 2)"
    ) == ("select * from table_changes('s.Tab', 1), table_changes('s.tAb', 2)")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from information_schema.tables", "select * from (ROWS OF tables) AS `tables`"),
        (
            "select * from `system`.`information_schema`.`columns` c where 1=1",
            "select * from (ROWS OF columns) c where 1=1",
        ),
        (
            "select * from lakeledger.information_schema.views where x",
            "select * from (ROWS OF views) AS `views` where x",
        ),
        ("select 'system.information_schema.tables'", "select 'system.information_schema.tables'"),
    ],
)
def test_information_schema_becomes_rows(sql: str, expected: str) -> None:
    assert dialect().translate(sql) == expected


def test_another_catalog_is_refused() -> None:
    with pytest.raises(NotEmulated, match="NO_SUCH_CATALOG"):
        dialect().translate("use catalog other")


@pytest.mark.parametrize(
    ("condition", "schemas", "tables"),
    [
        ("table_schema = 'A' and table_name = 'b'", {"a"}, {"b"}),
        ("table_schema = 'a'", {"a"}, None),
        (
            "c = 'x' and ((table_schema = 'a' and table_name = 'b') or "
            "(table_schema = 'c' and table_name = 'd'))",
            {"a", "c"},
            {"b", "d"},
        ),
        ("table_schema = 'a' or table_name = 'b'", None, None),
        ("table_schema = 'a' and (table_name = 'b' or 1 = 1)", None, None),
        ("not (table_schema = 'a')", None, None),
        ("lower(table_name) = 'a'", None, None),
        ("table_name <> 'a'", None, None),
    ],
)
def test_only_what_a_condition_surely_asks_for_is_looked_at(
    condition: str, schemas: set[str] | None, tables: set[str] | None
) -> None:
    found = wanted_tables(significant_tokens(f"select * from x where {condition}"))
    assert found.schemas == (None if schemas is None else frozenset(schemas))
    assert found.tables == (None if tables is None else frozenset(tables))


def test_two_relations_in_one_statement_are_not_narrowed() -> None:
    asked: list[tuple[str, Wanted]] = []
    dialect(asked).translate(
        "select * from information_schema.tables t, information_schema.columns c "
        "where t.table_name = 'a'"
    )
    assert asked == [("tables", Wanted()), ("columns", Wanted())]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "create table t (id int not null, constraint pk primary key (id)) using delta",
            "create table t (id int not null) using delta",
        ),
        (
            "create table t (a decimal(2,1), foreign key (a) references u (a), b int)",
            "create table t (a decimal(2,1), b int)",
        ),
        ("create table t (c int, constraint k check (c > 0))", None),
        ("select 'primary key'", None),
    ],
)
def test_keys_are_left_out_of_a_create_table(sql: str, expected: str | None) -> None:
    assert without_keys(sql) == (sql if expected is None else expected)


@pytest.mark.parametrize(
    ("sql", "ignored"),
    [
        ("alter table t add constraint n primary key (a)", True),
        ("alter table t add foreign key (a) references u", True),
        ("alter table t set tags ('a' = 'b')", True),
        ("alter table t add constraint n check (a > 0)", False),
        ("alter table t add columns (primary_key int)", False),
        ("select 1", False),
    ],
)
def test_notes_that_nothing_reads_are_told_apart(sql: str, ignored: bool) -> None:
    assert is_ignored(significant_tokens(sql)) is ignored


def test_words_of_refused_statements_are_no_matter_in_names_and_strings() -> None:
    refuse(significant_tokens("select 'grant', `materialized view` from t -- copy into"))
    refuse(significant_tokens("select get(array(1), 0)"))
    with pytest.raises(NotEmulated, match="GRANT"):
        refuse(significant_tokens("/* c */ grant select on t to u"))
