"""A replay of landing files gives bronze what it lacks, and nothing else, however often it runs."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.checkpoint import held
from ingestion.errors import CheckpointBusy, FileNotWhole
from ingestion.replay import files_in_window, replay_files
from tests.integration.ingestion.bench import Bench, half_gzip


def replayed(bench: Bench, max_files: int = 100) -> list[int]:
    """Lines that each chunk added."""
    settings = replace(bench.settings, settle_seconds=0)
    now = datetime.now(UTC)
    files = files_in_window(bench.source, settings, now - timedelta(days=1), now)
    results = replay_files(bench.spark, bench.source, settings, files, max_files=max_files)
    return [result.lines for result in results]


def commits(bench: Bench) -> int:
    return len(list((bench.table / "_delta_log").glob("*.json")))


def test_lost_lines_come_back_as_often_as_they_were_delivered(bench: Bench) -> None:
    bench.put("region=eu/a b+%=.json", b"1\n1\n2\n")
    bench.put("region=us/b.json", b"1\n")
    bench.ingest()
    before = bench.rows()
    assert (replayed(bench), commits(bench)) == ([0], 2)
    bench.spark.sql(f"delete from delta.`{bench.table}` where region = 'eu'")
    assert (replayed(bench, max_files=1), replayed(bench)) == ([3, 0], [0])
    assert bench.rows() == before
    # Lost once more, they come once more: what decides is what bronze has.
    bench.spark.sql(f"delete from delta.`{bench.table}` where region = 'eu' and raw = '1'")
    assert replayed(bench) == [2]
    assert bench.rows() == before


def test_a_line_of_a_known_file_keeps_the_time_of_its_landing(bench: Bench) -> None:
    path = bench.put("a.json", b"1\n2\n")
    bench.ingest()
    bench.spark.sql(f"delete from delta.`{bench.table}` where raw = '1'")
    restored = (datetime.now(UTC) - timedelta(minutes=5)).timestamp()
    os.utime(path, (restored, restored))
    assert replayed(bench) == [1]
    assert len(set(bench.rows("file_modified_at"))) == 1


def test_files_that_were_never_taken_are_taken(bench: Bench) -> None:
    bench.put("a.json", b"1\n")
    assert replayed(bench) == [1]
    batches = {str(batch) for batch in bench.rows("ingest_batch")}
    assert [batch.split("-")[0] for batch in batches] == ["replay"]


def test_a_file_delivered_anew_is_another_file(bench: Bench) -> None:
    monthly = bench.of(format="csv", allow_overwrites=True)
    monthly.put("2023-11.csv", b"day\n1\n")
    monthly.ingest()
    monthly.put("2023-11.csv", b"day\n1\n2\n", age=100)
    assert (replayed(monthly), replayed(monthly)) == ([2], [0])


def test_chunks_before_a_broken_file_stay_and_the_rest_comes_once_it_is_mended(
    bench: Bench,
) -> None:
    bench.put("a.json", b"1\n", age=300)
    bad: Path = bench.put("b.json.gz", half_gzip(b"2\n" * 500), age=200)
    with pytest.raises(FileNotWhole, match="cut off"):
        replayed(bench, max_files=1)
    assert bench.rows() == [b"1"]
    bad.unlink()
    bench.put("b.json", b"2\n", age=200)
    assert replayed(bench, max_files=1) == [0, 1]


def test_a_source_that_is_being_ingested_is_not_replayed(bench: Bench) -> None:
    bench.put("a.json", b"1\n")
    with held(bench.checkpoint), pytest.raises(CheckpointBusy, match="ingests audit already"):
        replayed(bench)
