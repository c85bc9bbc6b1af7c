"""From dbt's files to statements, and what a user is told."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from operations.artifacts.reading import (
    LONGEST_MESSAGE,
    Invocation,
    invocation_of,
    read_artifacts,
)
from operations.artifacts.tables import COLUMNS, INVOCATIONS, NODES, add, statement
from operations.cli import app
from tests.unit.artifacts.samples import SCHEMA, result, run_results
from warehouse.settings import PROJECT

MANIFEST = {
    "nodes": {
        "model.p.a": {"resource_type": "model", "config": {"materialized": "incremental"}},
        "test.p.t": {"resource_type": "test", "attached_node": "model.p.a", "config": {}},
        "test.p.s": {
            "resource_type": "test",
            "depends_on": {"nodes": ["model.p.a", "model.p.b"]},
            "config": {},
        },
    },
    "unit_tests": {
        "unit_test.p.a.u": {"resource_type": "unit_test", "depends_on": {"nodes": ["model.p.a"]}}
    },
}
SOURCES = {
    "metadata": {
        "invocation_id": "i2",
        "dbt_schema_version": SCHEMA.format("sources"),
        "dbt_version": "1.11.16",
        "generated_at": "2026-01-05T11:00:00Z",
    },
    "elapsed_time": 3.0,
    "results": [result("source.p.s.t", status="warn", max_loaded_at_time_ago_in_s=77.5)],
}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    ran = run_results(
        result("model.p.a", adapter_response={"rows_affected": 12}),
        result("test.p.t", status="fail", failures=3, message="Got 3\n  results " + "x" * 900),
        result("test.p.s", status="pass"),
        result("unit_test.p.a.u", status="pass"),
        result("model.p.b", status="skipped", timing=[], message=None),
    )
    for name, content in (("run_results", ran), ("sources", SOURCES), ("manifest", MANIFEST)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


class Recorder:
    """A cursor that keeps statements, and knows some invocations."""

    def __init__(self, *known: str) -> None:
        self.known, self.said = known, list[str]()

    def execute(self, operation: str, parameters: Any = None) -> None:
        self.said.append(operation)

    def fetchall(self) -> list[tuple[int]]:
        return [(1,) for name in self.known if f"'{name}'" in self.said[-1]]


def test_nodes_of_a_run_and_ages_of_sources(target: Path) -> None:
    ran, looked = read_artifacts(target)
    assert (ran.command, looked.command) == ("build", "source freshness")
    assert ran.started_at == datetime(2026, 1, 5, 10, 0, 0, 500_000, UTC)
    nodes = {node.unique_id: node for node in ran.nodes}
    assert nodes["model.p.a"].rows_affected == 12
    assert nodes["model.p.a"].materialized == "incremental"
    assert nodes["test.p.t"].failures == 3
    assert len(nodes["test.p.t"].message or "") == LONGEST_MESSAGE
    assert nodes["model.p.b"].started_at is None
    tested = {name: node.tested_id for name, node in nodes.items() if "test" in name}
    assert tested == {"test.p.t": "model.p.a", "test.p.s": None, "unit_test.p.a.u": "model.p.a"}
    (source,) = looked.nodes
    assert (source.resource_type, source.age_seconds) == ("source", 77.5)


def test_what_is_there_is_not_added_again(target: Path) -> None:
    ran, _ = read_artifacts(target)
    known, new = Recorder("i1"), Recorder("i2")
    assert not add(known, ran)
    assert len(known.said) == 1
    assert add(new, ran)
    assert [re.match(r"\w+ into (\S+)", one)[1] for one in new.said[1:]] == [NODES, INVOCATIONS]  # type: ignore[index]


def test_an_invocation_says_last_that_its_nodes_are_there() -> None:
    nodes = [result(f"model.p.m{number}") for number in range(1001)]
    ran = invocation(*nodes)
    cursor = Recorder()
    add(cursor, ran)
    assert len(cursor.said) == 5
    assert sum(one.count("'model.p.m") for one in cursor.said) == 1001
    assert cursor.said[-1].startswith(f"merge into {INVOCATIONS} ")


def invocation(*results: dict[str, Any]) -> Invocation:
    return invocation_of(run_results(*results), {})


def test_texts_are_literals() -> None:
    row = dict.fromkeys(COLUMNS[NODES]) | {"message": "it's \\ '); drop table x; --"}
    said = statement(NODES, [row])
    assert r"cast('it\'s \\ \'); drop table x; --' as string)" in said


def test_the_macro_makes_the_columns_that_are_written() -> None:
    text = (PROJECT / "macros" / "dbt_artifacts.sql").read_text()
    sources = yaml.safe_load(
        (PROJECT / "models/gold/operational/platform/_dbt_artifacts__sources.yml").read_text()
    )["sources"][0]["tables"]
    for table in sources:
        body = re.search(rf"{table['name']}_columns\(\) -%\}}(.*?)\{{%- endmacro", text, re.DOTALL)
        assert body is not None
        made = dict(re.findall(r"(\w+) (\w+)(?: not null)?,?\n", body[1]))
        assert made == COLUMNS[f"operations.{table['name']}"]
        assert {one["name"]: one["data_type"] for one in table["columns"]} == made


def test_a_user_is_told_what_is_wrong(tmp_path: Path) -> None:
    def says() -> str:
        ended = CliRunner().invoke(app, ["artifacts", "load", str(tmp_path)])
        assert ended.exit_code == 1
        assert isinstance(ended.exception, SystemExit)
        return ended.output

    assert "holds neither run_results.json nor sources.json" in says()
    (tmp_path / "run_results.json").write_text("{")
    assert "cannot be read" in says()
    (tmp_path / "run_results.json").write_text("[]")
    assert "no object" in says()
    (tmp_path / "run_results.json").write_text('{"metadata": {}}')
    assert "is not as dbt 1.11 writes it" in says()
