"""The command over a landing folder, with the suite's session in place of its own."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner, Result

from ingestion import cli
from ingestion.run import run_sources
from ingestion.settings import Settings
from ingestion.sources import load_sources
from tests.integration.ingestion.bench import Bench, half_gzip

PROJECT = Path(__file__).parents[3]
DELIVERED = PROJECT.parent / "shared" / "data"
REAL = {
    "billable_usage": ("databricks_billable_usage", 1, 1182),
    "audit_logs": ("databricks_audit", 1, 75),
    "spark_events": ("databricks_spark_eventlogs", 5, 16945 + 368 + 379),
    "cloudtrail": ("cloudtrail", 26, 1448 + 185 + 103),
}


@pytest.fixture
def command(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Any:
    @contextmanager
    def session(*_: Any, **__: Any) -> Iterator[SparkSession]:
        yield bench.spark

    monkeypatch.setattr(cli, "ingestion_session", session)
    models = bench.home / "models" / "bronze"
    models.mkdir(parents=True)
    (models / "_p__sources.yml").write_text(
        "sources:\n- name: p\n  schema: bronze\n  tables:\n"
        "  - {name: audit, config: {meta: {ingestion: {path: p/audit, format: jsonl}}}}\n"
    )

    def run(*arguments: str) -> Result:
        fixed = ["--home", str(bench.home), "--models", str(models.parent)]
        return CliRunner().invoke(cli.app, [*fixed, *arguments])

    return run


def test_the_result_is_a_table_or_json(bench: Bench, command: Any) -> None:
    bench.put("a.json", b"1\n2\n")
    first = command()
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[1].split()[:4] == ["audit", "1", "2", "2"]
    second = json.loads(command("--json").stdout)
    assert [(r["source"], r["files"], r["rows"], r["total_rows"]) for r in second] == [
        ("audit", 0, 0, 2)
    ]


def test_a_failed_source_ends_with_1_and_its_sentence(bench: Bench, command: Any) -> None:
    bench.put("a.json.gz", half_gzip(b"1\n" * 999))
    result = command()
    assert result.exit_code == 1
    assert "a.json.gz is cut off" in result.stderr
    assert "Traceback" not in result.output


def test_another_folder_may_be_read_for_a_source(bench: Bench, command: Any) -> None:
    (bench.home / "anywhere" / "deep").mkdir(parents=True)
    (bench.home / "anywhere" / "deep" / "x.log").write_bytes(b"1\n")
    result = command("--source-path", f"audit={bench.home / 'anywhere'}", "--settle-seconds", "0")
    assert (result.exit_code, bench.rows()) == (0, [b"1"])


def test_signal_handlers_are_given_back(command: Any) -> None:
    before = signal.getsignal(signal.SIGTERM)
    command()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.real_data
@pytest.mark.skipif(not DELIVERED.is_dir(), reason="the delivered files are not beside the project")
def test_delivered_files_land_completely_and_once(bench: Bench) -> None:
    sources = [s for s in load_sources(PROJECT / "models") if s.name in REAL]
    folders = {name: str(DELIVERED / folder) for name, (folder, _, _) in REAL.items()}
    settings = Settings(
        landing=bench.settings.landing,
        checkpoints=bench.settings.checkpoints,
        tables=bench.home / "external",
        folders=folders,
        settle_seconds=0,
    )
    first = run_sources(bench.spark, sources, settings)
    found = {r.source: (folders[r.source].rpartition("/")[2], r.files, r.rows) for r in first}
    assert found == REAL
    assert [r.rows for r in run_sources(bench.spark, sources, settings)] == [0] * len(sources)
    usage = bench.home / "external" / "bronze_platform" / "billable_usage"
    distinct = bench.spark.sql(f"select count(distinct raw) from delta.`{usage}`").collect()
    assert distinct[0][0] == 591
