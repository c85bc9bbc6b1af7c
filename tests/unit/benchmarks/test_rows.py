"""The SQL that makes rows up, as text; and that it covers what panels read."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.benchmarks import console_marts
from tests.benchmarks.lakehouse import Content, inserts, of_panels
from tests.benchmarks.marts import tables
from tests.benchmarks.project import shapes, tables_read
from tests.benchmarks.rows import (
    NoRows,
    Rows,
    axes_of,
    by_type,
    expression,
    insert_statement,
    numbered,
    one_of,
)
from tests.benchmarks.scale import FULL, QUICK, Scale
from tests.benchmarks.vocabulary import COMMON

GRID = Rows(axes={"day_no": 9, "hour_no": 24, "sku_no": 12})


def test_the_number_of_a_row_spans_all_axes_the_last_one_turning_fastest() -> None:
    sql = numbered(GRID)
    assert GRID.candidates == 9 * 24 * 12
    assert "id div 288 % 9 as day_no" in sql
    assert "id div 12 % 24 as hour_no" in sql
    assert "id div 1 % 12 as sku_no" in sql
    assert sql.endswith("from range(2592))")


def test_a_share_of_the_combinations_is_left_by_chance_that_is_always_the_same() -> None:
    sql = numbered(replace(GRID, share=0.4))
    assert " where pmod(xxhash64(id, 'share', " in sql
    assert sql.endswith("10000) < 4000)")


def test_derived_axes_stand_outside_where_the_axes_have_names() -> None:
    sql = numbered(Rows(axes={"job_no": 5}, derived={"workspace_no": "job_no % 2"}))
    assert sql.startswith("select *, job_no % 2 as workspace_no from (select id,")


def test_a_column_is_made_by_its_own_expression_else_by_name_else_by_type() -> None:
    own = replace(GRID, columns={"region": "'mine'"})
    common = {"region": ("concat('r', workspace_no)", "concat('r', sku_no)")}
    assert expression("region", "string", own, common) == "'mine'"
    assert expression("region", "string", GRID, common) == "concat('r', sku_no)"
    assert expression("team", "string", GRID, common).startswith("concat('team-', pmod(")


def test_a_decimal_stays_within_its_type() -> None:
    assert by_type("share", "decimal(5,4)", frozenset()).endswith("/ 1000000 * 9.9")
    assert by_type("cost", "decimal(38,18)", frozenset()).endswith("/ 1000000 * 990")


def test_an_unknown_type_is_told() -> None:
    with pytest.raises(NoRows, match="binary"):
        by_type("payload", "binary", frozenset())


def test_axes_and_values() -> None:
    assert axes_of("if(day_no = 0, hour_no, 1)") == {"day_no", "hour_no"}
    assert (
        one_of(("a", "b"), "sku_no") == "element_at(array('a', 'b'), cast(sku_no % 2 as int) + 1)"
    )


def test_an_insert_casts_to_the_contract_and_keeps_a_day_in_one_file() -> None:
    sql = insert_statement(
        "gold.facts",
        {"usage_date": "date", "cost": "decimal(38,18)"},
        (GRID, GRID),
        common={},
        partition_by="usage_date",
    )
    assert sql.startswith(
        "insert overwrite gold.facts by name select * from (select cast(date_sub("
    )
    assert " as decimal(38,18)) as cost from (" in sql
    assert sql.count(" union all ") == 1
    assert sql.endswith(" distribute by usage_date")


def test_the_full_scale_is_what_the_documentation_says() -> None:
    full = {name: sum(part.candidates for part in parts) for name, parts in tables(FULL).items()}
    assert full["ops_job_health_daily"] == 450_000
    assert full["ops_cluster_utilization_5m"] == 1_555_200
    quick = {name: sum(part.candidates for part in parts) for name, parts in tables(QUICK).items()}
    assert quick.keys() == full.keys()
    assert all(quick[name] <= full[name] for name in full)


def node(name: str, kind: str, materialized: str, parents: list[str], **more: Any) -> Any:
    config = {"materialized": materialized, "partition_by": more.pop("partition_by", None)}
    columns = {"usage_date": {"name": "usage_date", "data_type": "date"}}
    return {"name": name, "resource_type": kind, "config": config, "columns": columns,
            "depends_on": {"nodes": parents}, "relation_name": f"gold.{name}", "raw_code": name,
            **more}  # fmt: skip


def manifest(*parents: str) -> dict[str, Any]:
    return {
        "nodes": {
            "a": node("panel", "analysis", "view", list(parents)),
            "v": node("a_view", "model", "view", ["t"]),
            "t": node("fct_charges", "model", "incremental", ["raw"], partition_by="usage_date"),
            "x": node("fct_new", "model", "incremental", []),
        }
    }


def test_views_are_looked_through_and_tables_are_not() -> None:
    (table,) = tables_read(manifest("v"))
    assert (table.name, table.relation, table.partition_by) == (
        "fct_charges", "gold.fct_charges", "usage_date")  # fmt: skip


def test_shapes_change_with_a_column_and_with_a_view() -> None:
    before = manifest("v")
    changed = json.loads(json.dumps(before))
    changed["nodes"]["v"]["raw_code"] = "another"
    same = json.loads(json.dumps(before))
    assert shapes(before, tables_read(before)) == shapes(same, tables_read(same))
    assert shapes(before, tables_read(before)) != shapes(changed, tables_read(changed))


def test_a_table_without_rows_is_told() -> None:
    assert inserts(of_panels(manifest("t"), QUICK)).keys() == {"fct_charges"}
    with pytest.raises(NoRows, match="fct_new"):
        inserts(of_panels(manifest("t", "x"), QUICK))


def test_an_analysis_that_is_named_is_followed_to_sources_and_a_table_may_stay_empty() -> None:
    known = manifest("v", "s")
    known["sources"] = {"s": node("platform_logs", "source", "table", [])}
    read = tables_read(known, {"panel"})
    assert [table.name for table in read] == ["fct_charges", "platform_logs"]
    assert inserts(Content(read, {"fct_charges": (GRID,), "platform_logs": ()})).keys() == {
        "fct_charges"
    }


@pytest.mark.parametrize("scale", [FULL, QUICK], ids=["full", "quick"])
def test_what_the_console_reads_is_made_of_axes_that_there_are(scale: Scale) -> None:
    for name, parts in console_marts.tables(scale).items():
        for part in parts:
            assert part.candidates > 0
            for made in (*part.columns.values(), *part.derived.values()):
                assert axes_of(made) <= part.known, name


def test_common_expressions_name_axes_that_some_table_has() -> None:
    known = {axis for parts in tables(QUICK).values() for part in parts for axis in part.known}
    named = {axis for options in COMMON.values() for option in options for axis in axes_of(option)}
    assert named <= known
