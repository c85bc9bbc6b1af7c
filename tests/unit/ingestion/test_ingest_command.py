"""The command itself, without an engine: help, wrong use, exit codes, output."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.cli import app, exit_code
from ingestion.report import as_json, print_table, sentences
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult
from ingestion.writer import Target, create_statement, target_of

OK = SourceResult(source="usage", table="b.usage", status="ok", files=2, rows=1234, total_rows=5000)
FAILED = SourceResult(source="audit", table="b.audit", status="failed", message="a.gz is cut off.")


def test_help_shows_examples() -> None:
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "120"})
    assert result.exit_code == 0
    assert "lakeledger ingest --continuous 20" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--landing", "/nowhere"], "landing folder /nowhere does not exist"),
        (["--source", "nonsense"], "No source is called nonsense"),
        (["--models", "/nowhere"], "There is no _*__sources.yml"),
        (["--source-path", "audit_logs=/nowhere"], "landing folder /nowhere does not exist"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


def test_a_failed_source_makes_the_exit_code_1() -> None:
    stopped = SourceResult(source="x", table="b.x", status="stopped")
    assert exit_code([OK], continuous=False) == 0
    assert exit_code([OK, FAILED], continuous=False) == 1
    assert exit_code([stopped], continuous=False) == 1
    assert exit_code([stopped], continuous=True) == 0


def test_the_table_has_a_line_per_source(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+") as stream:
        print_table([OK, FAILED], stream)
        stream.seek(0)
        lines = [line.split() for line in stream]
    assert lines[0] == ["source", "files", "new", "rows", "total", "rows", "seconds", "status"]
    assert lines[1] == ["usage", "2", "1,234", "5,000", "0.0", "ok"]
    assert lines[2] == ["audit", "0", "0", "-", "0.0", "failed"]


def test_json_holds_every_figure() -> None:
    (first, second) = json.loads(as_json([OK, FAILED]))
    assert (first["rows"], first["total_rows"], first["status"]) == (1234, 5000, "ok")
    assert second["message"] == "a.gz is cut off."


def test_files_that_changed_or_vanished_are_told() -> None:
    told = SourceResult(
        source="u", table="b.u", status="ok", missing=("/l/a",), changed=("/l/b", "/l/c")
    )
    missing, changed = sentences(told)
    assert "1 listed files were gone before they were read, first /l/a" in missing
    assert "2 files were changed after they had been taken, first /l/b" in changed


def test_tables_go_by_path_locally_and_by_name_on_databricks() -> None:
    source = Source(name="usage", schema="bronze", table_name="usage", path="u", format="jsonl")
    local = Settings(landing="/l", checkpoints="/c", tables=Path("/h/external"))
    remote = Settings(landing="/l", checkpoints="/c", catalog="main", platform="databricks")
    assert target_of(source, local).identifier == "delta.`/h/external/bronze/usage`"
    assert target_of(source, remote).identifier == "`main`.`bronze`.`usage`"


def test_the_table_is_made_with_its_change_feed() -> None:
    statement = create_statement(Target(name="c.s.t"))
    assert statement.startswith(
        "CREATE TABLE IF NOT EXISTS `c`.`s`.`t` (raw STRING, region STRING,"
    )
    assert "PARTITIONED BY (region)" in statement
    assert "'delta.enableChangeDataFeed' = 'true'" in statement
