"""Ingestion tells OpenLineage of runs that really were, and takes data whether it can or not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.ingestion.bench import Bench, half_gzip
from tests.unit.lineage.specification import facets_in, faults


def test_runs_are_told_as_they_went(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    log = bench.home / "events"
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(log))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    content = b'{"a": 1}\n{"a": 2}\n'
    bench.put("region=r1/one.json", content)
    broken = replace(bench.source, name="broken", table_name="broken", path="p/broken")
    bench.of(name="broken", path="p/broken").put("half.json.gz", half_gzip(content * 1000))
    assert [result.status for result in bench.ingest_all([bench.source, broken])] == [
        "ok",
        "failed",
    ]

    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [found for event in events if (found := faults(event))] == []
    ends = {event["job"]["name"]: event for event in events if event["eventType"] != "START"}
    assert len(events) == 2 * len(ends) == 4
    taken = ends["ingest.audit"]
    assert taken["eventType"] == "COMPLETE"
    assert taken["inputs"][0]["name"] == str(bench.folder)
    assert taken["outputs"][0]["name"] == "lakeledger.bronze.audit"
    found = dict(facets_in(taken))
    assert (found["inputStatistics"]["fileCount"], found["inputStatistics"]["size"]) == (
        1,
        len(content),
    )
    assert found["outputStatistics"]["rowCount"] == len(bench.rows()) == 2
    columns = bench.spark.sql(f"select * from delta.`{bench.table}`").columns
    assert [field["name"] for field in found["schema"]["fields"]] == columns
    assert ends["ingest.broken"]["eventType"] == "FAIL"
    assert "half.json.gz" in dict(facets_in(ends["ingest.broken"]))["errorMessage"]["message"]


def test_a_server_that_is_not_there_costs_no_row(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "http")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__RETRY", '{"total": 0}')
    bench.put("one.json", b'{"a": 1}\n')
    assert bench.ingest().status == "ok"
    assert bench.rows() == [b'{"a": 1}']
