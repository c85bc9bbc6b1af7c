"""Column lineage of every model, out of SQL that was compiled without a warehouse."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.cli import app
from operations.dbt import PROJECT
from operations.lineage.column_text import find, table_lines, tree_lines
from operations.lineage.columns_of_project import ColumnLineage, column_lineage
from operations.lineage.compiling import ARGUMENTS
from operations.lineage.errors import ColumnsUnknown
from operations.lineage.walk import TableColumn

Document = dict[str, Any]
# A literal, a null or an empty list of a type, the clock, a count of rows.
_PLAIN = re.compile(
    r"'[^']*'|\d+|TRUE|FALSE|CAST\((NULL|\d+|array\(\)) AS .*\)|current_timestamp\(\)"
    r"|(5 \* )?count\(\*\)( OVER \w+)?|whether the row is gone"
)
# Made of more than that, and why.
_LISTED = {
    "explode(sequence": "days of a calendar",
    "VALUES … AS actions": "what actions of the audit log mean",
    "VALUES … AS services": "what products are called in FOCUS",
    "VALUES … AS moves": "a macro reads histories of tables while it compiles",
}


@pytest.fixture(scope="module")
def document(compiled: Path) -> Document:
    found: Document = json.loads(compiled.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def lineage(document: Document) -> ColumnLineage:
    return column_lineage(document)


def test_every_column_of_every_contract_is_followed(lineage: ColumnLineage) -> None:
    assert lineage.unread == {}
    models = [one for one in lineage.tables.values() if one.kind == "model"]
    assert len(models) > 150
    for table in models:
        followed = {one.name for one in lineage.found if one.table == table.relation}
        assert followed == table.columns.keys(), table.name


def test_no_name_is_unknown(lineage: ColumnLineage) -> None:
    assert {one: found.unknown for one, found in lineage.found.items() if found.unknown} == {}


def test_what_comes_from_nowhere_is_constant(lineage: ColumnLineage) -> None:
    made = {
        (column.table[2], column.name, text)
        for column, found in lineage.found.items()
        if not found.columns
        for text in found.made
    }
    without = [one for one, found in lineage.found.items() if not (found.columns or found.made)]
    assert without == []
    odd = {one for one in made if not _PLAIN.fullmatch(one[2])}
    assert {one for one in odd if not one[2].startswith(tuple(_LISTED))} == set()
    assert all(any(one[2].startswith(start) for one in odd) for start in _LISTED)


def test_columns_come_from_tables_that_dbt_knows_as_parents(
    lineage: ColumnLineage, document: Document
) -> None:
    nodes = {**document["nodes"], **document["sources"]}
    relations = {
        key: (node["database"], node["schema"], node.get("identifier") or node["alias"])
        for key, node in nodes.items()
        if key.startswith(("model.", "snapshot.", "seed.", "source."))
    }
    read: dict[Any, set[Any]] = {}
    for column, found in lineage.found.items():
        read.setdefault(column.table, set()).update(one.table for one in found.columns)
    for key, relation in relations.items():
        if key.startswith(("model.", "snapshot.")):
            parents = {relations[one] for one in document["parent_map"][key] if one in relations}
            assert read[relation] <= parents, key


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("gold_billing.fct_usage_daily.billed_cost", {"gold_billing.fct_usage_hourly.billed_cost"}),
        (
            "gold_billing.fct_usage_hourly.list_cost",
            {
                "silver.int_platform__priced_usage_records.list_price",
                "silver.int_platform__priced_usage_records.usage_quantity",
            },
        ),
        ("silver.stg_orders__orders.amount", {"bronze_orders.orders.raw"}),
        (
            "silver.int_orders__enriched_orders.category",
            {"silver.stg_orders__orders.category", "silver.stg_orders__dishes.category"},
        ),
        (
            "snapshots.snap_platform__jobs.version_key",
            {
                "silver.int_platform__jobs_current.changed_at",
                "silver.int_platform__jobs_current.job_key",
            },
        ),
        ("gold_operational.ops_order_anomalies.metric", set()),
    ],
)  # fmt: skip
def test_columns_that_were_followed_by_hand(
    lineage: ColumnLineage, column: str, expected: set[str]
) -> None:
    schema, table, name = column.split(".")
    found = lineage.derived_from(TableColumn(("lakeledger", schema, table), name))
    assert {".".join([*one.table[1:], one.name]) for one in found} == expected


def test_each_is_read_by_what_it_gives_to(lineage: ColumnLineage) -> None:
    pairs = {(one, to) for to, found in lineage.found.items() for one in found.columns}
    assert {(one, to) for one, all_of in lineage.read_by.items() for to in all_of} == pairs


def test_a_manifest_without_compiled_sql_is_refused(manifest: Document) -> None:
    with pytest.raises(ColumnsUnknown, match="no compiled SQL"):
        column_lineage(manifest)


def test_the_site_compiles_as_the_command_does() -> None:
    recipe = (PROJECT / "Makefile").read_text(encoding="utf-8").partition("\nsite:")[2]
    assert [one for one in ARGUMENTS if one not in recipe.partition("\n\n")[0].split()] == []


@pytest.fixture
def home(compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which the project is compiled already."""
    (tmp_path / "columns").mkdir()
    shutil.copyfile(compiled, tmp_path / "columns" / "manifest.json")
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path))
    return tmp_path


def said(*arguments: str) -> tuple[int, list[str]]:
    ended = CliRunner().invoke(app, ["lineage", "columns", *arguments])
    return ended.exit_code, ended.output.splitlines()


def test_the_command_shows_origins_down_to_bronze(home: Path) -> None:
    code, lines = said("gold_billing.FCT_usage_daily.usage_quantity")
    assert (code, lines[0]) == (0, "gold_billing.fct_usage_daily.usage_quantity")
    assert lines[1] == "└─ gold_billing.fct_usage_hourly.usage_quantity"
    assert lines[-1].strip() == "└─ bronze_platform.billing_usage.raw"


def test_the_command_refuses_in_a_sentence(home: Path) -> None:
    code, lines = said("fct_usage_dayly")
    assert code == 1
    assert lines[0].startswith("Error: There is no model, snapshot, seed or source fct_usage_dayly")
    assert "close to it: fct_usage_daily" in lines[0]


def test_what_comes_from_a_column_is_shown_once(lineage: ColumnLineage) -> None:
    table, column = find(lineage, "bronze_platform.list_prices.raw")
    assert column == "raw"
    lines = list(tree_lines(lineage, TableColumn(table.relation, column), down=True))
    assert any("fct_usage_daily.list_cost" in line for line in lines)
    whole = [line.strip("│├└─ ") for line in lines if not line.endswith(" …")]
    below = [one for one in whole if "fct_usage_hourly.list_cost" in one]
    assert len(below) == 1


def test_a_table_shows_what_each_column_is_taken_from(lineage: ColumnLineage) -> None:
    table, _ = find(lineage, "fct_usage_hourly")
    lines = list(table_lines(lineage, table, down=False))
    at = lines.index("gold_billing.fct_usage_hourly.record_count")
    assert lines[at + 1] == "  made here: count(*)"
    read = list(table_lines(lineage, table, down=True))
    at = read.index("gold_billing.fct_usage_hourly.billed_cost")
    assert "  gold_billing.fct_usage_daily.billed_cost" in read[at:]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("fct_usage_daily.biled_cost", "fct_usage_daily has no column biled_cost; close to it: b"),
        ("gold_billing.nothing", "There is no model, snapshot, seed or source gold_billing.n"),
        ("fct_usage_dayly.billed_cost", "seed or source fct_usage_dayly; close to it: fct_"),
        ("", "There is no model"),
        (".", "There is no model"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_answered_with_close_ones(
    lineage: ColumnLineage, asked: str, answer: str
) -> None:
    with pytest.raises(ColumnsUnknown, match=re.escape(answer)):
        find(lineage, asked)
