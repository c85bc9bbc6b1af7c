"""From dbt's manifest to the tables that are measured, and what is asked of each."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from operations.profiling.checks import check_of
from operations.profiling.errors import ProfileRefused
from operations.profiling.model import Check, Last, Metric, Table
from operations.profiling.planner import plan, read_plan
from operations.profiling.statement import figures, statement

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ORDERS = Table(
    name="gold.orders",
    relation="`c`.`gold`.`orders`",
    layer="gold",
    domain="commerce",
    columns=("order_id", "shop", "country"),
    nullable=("country",),
    key=("order_id", "shop"),
    checks=(Check("in_set", "shop", "coalesce(cast(shop as string) in ('a'), false)"),),
    clock="landed_at",
    day="order_date",
    allowed_seconds=60,
    refused_seconds=120,
)


def node(kind: str, name: str, **more: Any) -> dict[str, Any]:
    config = {"materialized": "incremental", "meta": {}, "unique_key": None, "where": None}
    return {
        "resource_type": kind,
        "name": name,
        "fqn": ["lakeledger", *more.pop("folder", ()), name],
        "schema": more.pop("schema", "silver"),
        "relation_name": f"`lakeledger`.`silver`.`{name}`",
        "columns": {
            column: {"name": column, "constraints": [{"type": "not_null"}] if fixed else []}
            for column, fixed in more.pop("columns", {}).items()
        },
        "config": config | more.pop("config", {}),
        **more,
    }


def on(model: str, name: str, **kwargs: Any) -> dict[str, Any]:
    """A test of a model; `where` limits it."""
    where = kwargs.pop("where", None)
    metadata = {"name": name, "kwargs": {"model": "…", **kwargs}}
    depends = {"nodes": [model]}
    made = node("test", name, test_metadata=metadata, attached_node=model, depends_on=depends)
    return made | {"config": made["config"] | {"where": where}}


@pytest.fixture
def manifest() -> dict[str, Any]:
    """A source, the staging model on it, a mart, a snapshot, a view, and tests."""
    source = node(
        "source", "lines", source_name="commerce", schema="bronze_commerce",
        columns={"raw": False, "rescue_reason": False, "ingested_at": False},
        config={"meta": {"ingestion": {"path": "x"}}},
        freshness={"warn_after": {"count": 2, "period": "hour"}, "error_after": {}},
    )  # fmt: skip
    slow = source | {
        "name": "products",
        "freshness": {
            "warn_after": {"count": 1, "period": "day"},
            "error_after": {"count": 2, "period": "day"},
        },
    }
    nodes = {
        "model.stg": node(
            "model", "stg", folder=("silver", "commerce"), config={"unique_key": "record_key"},
            columns={"record_key": True, "country": False, "landed_at": True},
        ),
        "model.fct": node(
            "model", "fct", folder=("gold", "billing", "commerce"), schema="gold_billing",
            columns={"day": True, "shop": True}, config={"meta": {"day": "day"}},
        ),
        "model.view": node("model", "v", folder=("gold", "x"), config={"materialized": "view"}),
        "snapshot.s": node("snapshot", "snap_commerce__products", schema="snapshots",
                           config={"unique_key": "product_key"}),
        "seed.s": node("seed", "prices"),
        "test.1": on("model.fct", "expect_compound_columns_to_be_unique",
                     column_list=["day", "shop"]),
        "test.2": on("model.stg", "accepted_values", column_name="country", values=["FR", "UK"]),
        "test.3": on("model.stg", "not_null", column_name="country"),
        "test.4": on("snapshot.s", "unique", column_name="version_key"),
        "test.5": on("model.stg", "accepted_values", column_name="country", values=["FR"],
                     where="x"),
    }  # fmt: skip
    return {
        "nodes": nodes,
        "sources": {"source.lines": source, "source.products": slow},
        "parent_map": {
            "model.stg": ["source.lines"],
            "model.fct": ["model.stg", "source.products"],
        },
    }


def test_tables_of_every_layer_and_no_views_or_seeds(manifest: dict[str, Any]) -> None:
    found = {table.name: (table.layer, table.domain) for table in plan(manifest)}
    assert found == {
        "bronze_commerce.lines": ("bronze", "commerce"),
        "bronze_commerce.products": ("bronze", "commerce"),
        "gold_billing.fct": ("gold", "commerce"),
        "silver.stg": ("silver", "commerce"),
        "snapshots.snap_commerce__products": ("snapshots", "commerce"),
    }


def test_what_is_measured_is_what_is_declared(manifest: dict[str, Any]) -> None:
    tables = {table.name: table for table in plan(manifest)}
    staging, mart = tables["silver.stg"], tables["gold_billing.fct"]
    assert (staging.key, staging.nullable, staging.clock) == (
        ("record_key",),
        ("country",),
        "landed_at",
    )
    assert staging.checks == (
        Check("accepted_values", "country", "cast(country as string) in ('FR', 'UK')"),
    )
    assert (mart.key, mart.day, mart.clock) == (("day", "shop"), "day", None)
    assert tables["snapshots.snap_commerce__products"].key == ("version_key",)
    rescued = Check("rescued", "raw", "rescue_reason is null")
    assert tables["bronze_commerce.lines"].checks == (rescued,)


def test_the_slowest_source_behind_a_table_says_how_old_it_may_be(
    manifest: dict[str, Any],
) -> None:
    tables = {table.name: table for table in plan(manifest)}
    ages = {name: (table.allowed_seconds, table.refused_seconds) for name, table in tables.items()}
    assert ages["bronze_commerce.lines"] == ages["silver.stg"] == (7_200, 7_200)
    assert ages["gold_billing.fct"] == (86_400, 172_800)
    assert ages["snapshots.snap_commerce__products"] == (None, None)


@pytest.mark.parametrize(
    ("name", "arguments", "condition"),
    [
        ("accepted_values", {"values": [1, 2], "quote": False}, "c in (1, 2)"),
        (
            "expect_column_values_to_be_in_set",
            {"value_set": ["it's"]},
            r"coalesce(cast(c as string) in ('it\'s'), false)",
        ),
        ("expect_column_values_to_be_between", {"min_value": 0}, "c >= 0"),
        (
            "expect_column_values_to_be_between",
            {"min_value": 0, "max_value": 1, "strictly": True, "row_condition": "d"},
            "not (d) or (c > 0 and c < 1)",
        ),
        (
            "expect_column_values_to_match_regex",
            {"regex": r"^\d$"},
            r"regexp_instr(c, '^\\d$') > 0",
        ),
        ("expect_column_value_lengths_to_equal", {"value": 32}, "length(c) = 32"),
        (
            "expect_column_pair_values_A_to_be_greater_than_B",
            {"column_A": "c", "column_B": "b", "or_equal": True},
            "c >= b",
        ),
    ],
)  # fmt: skip
def test_tests_that_are_conditions(name: str, arguments: dict[str, Any], condition: str) -> None:
    column = {} if "column_A" in arguments else {"column_name": "c"}
    found = check_of(name, column | arguments)
    assert found is not None
    assert (found.column, found.condition) == ("c", condition)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unique", {"column_name": "c"}),
        ("relationships", {"column_name": "c", "to": "x", "field": "y"}),
        ("expect_column_values_to_match_regex", {"column_name": "c", "regex": "a", "flags": "i"}),
    ],
)
def test_a_test_that_is_no_condition_or_asked_in_another_way_is_left_alone(
    name: str, arguments: dict[str, Any]
) -> None:
    assert check_of(name, arguments) is None


def test_one_statement_asks_all_of_a_table() -> None:
    assert statement(ORDERS) == (
        "select count(*) as figure_0, count(*) as figure_1,"
        " unix_seconds(max(`landed_at`)) as figure_2,"
        " count(distinct struct(`order_id`, `shop`)) as figure_3,"
        " count_if(`country` is null) as figure_4,"
        " count_if(not (coalesce(cast(shop as string) in ('a'), false))) as figure_5"
        " from `c`.`gold`.`orders`"
    )


def test_since_limits_what_is_read_and_still_counts_all() -> None:
    asked = statement(ORDERS, date(2026, 1, 4))
    assert asked.startswith("select (select count(*) from `c`.`gold`.`orders`) as figure_0, count")
    assert asked.endswith(" where `order_date` >= date'2026-01-04'")


def test_figures_are_shares_of_the_rows_read() -> None:
    answer = (10, 8, int(NOW.timestamp()) - 90, 6, 2, 1)
    last = Last(version=1, row_count=7, measured_at=NOW)
    rows, found = figures(ORDERS, answer, NOW, NOW, last)
    assert rows == 10
    assert set(found) == {
        Metric("rows", Decimal(10)),
        Metric("profiled_rows", Decimal(8)),
        Metric("column_count", Decimal(3)),
        Metric("added_rows", Decimal(3)),
        Metric("age_seconds", Decimal(90)),
        Metric("allowed_seconds", Decimal(60)),
        Metric("refused_seconds", Decimal(120)),
        Metric("null_share", Decimal("0.25"), "country"),
        Metric("failed_share", Decimal("0.125"), "shop", "in_set"),
        Metric("distinct_share", Decimal("0.75"), "order_id, shop"),
    }


def test_an_empty_table_has_an_age_and_no_shares() -> None:
    committed = datetime(2026, 1, 5, 11, 59, tzinfo=UTC)
    _, found = figures(ORDERS, (0, 0, None, 0, 0, 0), committed, NOW, None)
    assert Metric("age_seconds", Decimal(60)) in found
    assert not [metric for metric in found if metric.metric.endswith("_share")]
    assert not [metric for metric in found if metric.metric == "added_rows"]


def test_without_a_manifest_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProfileRefused, match=r"Nothing has been built in .*: lakeledger run"):
        read_plan(tmp_path / "target" / "manifest.json")


def test_a_manifest_of_before_says_what_to_do(tmp_path: Path, manifest: dict[str, Any]) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest))
    with pytest.raises(ProfileRefused, match="build once more"):
        read_plan(file)


def test_a_manifest_that_is_being_written_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text('{"nodes": {')
    with pytest.raises(ProfileRefused, match="try again after the build"):
        read_plan(file)
