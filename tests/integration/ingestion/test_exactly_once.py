"""Every delivered file lands exactly once, whatever happens in between."""

import gzip
import shutil
import threading
import time
from pathlib import Path

import pytest

from tests.integration.ingestion.bench import Bench

LINES = [b'{"a":1}', b'{"a":2}']
FILE = b"\n".join(LINES)


def test_a_rerun_adds_nothing_and_a_new_file_adds_itself(bench: Bench) -> None:
    bench.put("region=eu/a.json", FILE)
    first = bench.ingest()
    assert (first.status, first.files, first.rows, first.size) == ("ok", 1, 2, len(FILE))
    again = bench.ingest()
    assert (again.status, again.files, again.rows, again.total_rows) == ("ok", 0, 0, 2)
    bench.put("region=eu/b.json", b'{"a":3}')
    assert bench.ingest().rows == 1
    assert bench.rows() == [*LINES, b'{"a":3}']


def test_every_micro_batch_is_one_commit_with_one_time(bench: Bench) -> None:
    for number in range(3):
        bench.put(f"{number}.json", FILE, age=10 - number)
    assert bench.ingest(max_files=1).batches == 3
    stamps = bench.spark.sql(
        "select ingest_batch, count(distinct ingested_at), count(*) "
        f"from delta.`{bench.table}` group by all order by 1"
    ).collect()
    assert [(row[0].rpartition(":")[2], row[1], row[2]) for row in stamps] == [
        ("0", 1, 2),
        ("1", 1, 2),
        ("2", 1, 2),
    ]
    assert len(list((bench.table / "_delta_log").glob("*.json"))) == 4


def test_a_crash_between_table_and_checkpoint_does_not_count_twice(bench: Bench) -> None:
    bench.put("a.json", FILE)
    bench.ingest()
    for mark in (bench.checkpoint / "commits").iterdir():
        mark.unlink()
    assert (bench.ingest().status, bench.rows()) == ("ok", LINES)


def test_a_lost_checkpoint_brings_all_rows_again(bench: Bench) -> None:
    bench.put("a.json", FILE)
    bench.ingest()
    shutil.rmtree(bench.checkpoint)
    assert bench.ingest().rows == 2
    assert bench.rows() == sorted(LINES * 2)
    assert len(set(bench.rows("ingest_batch"))) == 2


def test_an_older_checkpoint_put_back_is_refused_and_its_sentence_helps(bench: Bench) -> None:
    bench.put("a.json", b"1")
    bench.ingest()
    older = bench.checkpoint.with_name("older")
    shutil.copytree(bench.checkpoint, older)
    bench.put("b.json", b"2")
    bench.ingest()
    shutil.rmtree(bench.checkpoint)
    older.rename(bench.checkpoint)
    bench.put("c.json", b"3")
    refused = bench.ingest()
    assert (refused.status, refused.rows) == ("failed", 0)
    assert "is older than the table" in refused.message
    assert "batches of it up to 1; the checkpoint knows 0" in refused.message
    shutil.rmtree(bench.checkpoint)
    assert bench.ingest().status == "ok"
    assert bench.rows() == [b"1", b"1", b"2", b"2", b"3"]


def test_an_older_ledger_of_overwrites_is_refused(bench: Bench) -> None:
    months = bench.of(allow_overwrites=True)
    months.put("a.json", b"1", age=300)
    months.ingest()
    months.put("a.json", b"2", age=200)
    months.ingest()
    ledger = bench.checkpoint / "overwrites.json"
    older = ledger.read_text()
    months.put("a.json", b"3", age=100)
    months.ingest()
    ledger.write_text(older)
    months.put("a.json", b"4", age=50)
    refused = months.ingest()
    assert "batches of it up to 1; the checkpoint knows 0" in refused.message
    assert months.rows() == [b"1", b"2", b"3"]


def test_a_table_that_was_dropped_under_its_checkpoint_is_missed(bench: Bench) -> None:
    bench.put("a.json", FILE)
    bench.ingest()
    shutil.rmtree(bench.table)
    refused = bench.ingest()
    assert (refused.status, refused.total_rows) == ("failed", 0)
    assert "lacks batches that the checkpoint" in refused.message
    shutil.rmtree(bench.checkpoint)
    assert (bench.ingest().status, bench.rows()) == ("ok", LINES)


def test_an_old_file_that_comes_late_is_taken(bench: Bench) -> None:
    bench.put("new.json", b"1")
    bench.ingest()
    bench.put("old.json", b"2", age=400 * 86400)
    assert (bench.ingest().rows, bench.rows()) == (1, [b"1", b"2"])


def test_a_file_in_work_is_taken_once_it_has_its_name(bench: Bench) -> None:
    bench.put("a.json", b"1")
    for name in ("b.json.tmp", "c.json.gz.inprogress", ".d.json", "_e.json", "_tmp/f.json"):
        bench.put(name, b"half")
    assert (bench.ingest().files, bench.rows()) == (1, [b"1"])
    (bench.folder / "b.json.tmp").rename(bench.folder / "b.json")
    assert (bench.ingest().rows, bench.rows()) == (1, [b"1", b"half"])


def test_a_file_still_being_written_waits_for_the_next_run(bench: Bench) -> None:
    path = bench.put("a.json", b"1\n", age=0)
    done = threading.Event()

    def write() -> None:
        while not done.wait(0.05):
            with path.open("ab") as file:
                file.write(b"2\n")

    writer = threading.Thread(target=write)
    writer.start()
    result = bench.ingest()
    done.set()
    writer.join()
    assert (result.status, result.rows) == ("waiting", 0)
    assert "a.json is still being written after 1 seconds" in result.message
    bench.ingest()
    assert len(bench.rows()) == path.read_bytes().count(b"\n")


def test_a_file_finished_while_we_wait_is_taken_whole(bench: Bench) -> None:
    path = bench.put("a.json", b"1\n", age=0)

    def finish() -> None:
        time.sleep(0.5)
        with path.open("ab") as file:
            file.write(b"2\n")

    writer = threading.Thread(target=finish)
    writer.start()
    result = bench.ingest(settle_seconds=1.0)
    writer.join()
    assert (result.status, bench.rows()) == ("ok", [b"1", b"2"])


def test_a_file_delivered_anew_is_told_and_not_read(bench: Bench) -> None:
    path = bench.put("a.json", b"1")
    bench.ingest()
    bench.put("a.json", b"2", age=100)
    result = bench.ingest()
    assert (result.changed, result.rows) == ((str(path),), 0)


def test_with_allow_overwrites_each_version_lands_once(bench: Bench) -> None:
    monthly = bench.of(format="csv", allow_overwrites=True)
    monthly.put("2023-11.csv", b"day\n1\n")
    monthly.ingest()
    monthly.put("2023-11.csv", b"day\n1\n2\n", age=100)
    again = monthly.ingest()
    assert (again.files, again.rows) == (1, 2)
    assert monthly.ingest().rows == 0
    assert monthly.rows() == [b'{"day":"1"}', b'{"day":"1"}', b'{"day":"2"}']


def test_an_overwritten_file_that_is_cut_off_lands_once_it_is_whole(bench: Bench) -> None:
    monthly = bench.of(allow_overwrites=True)
    monthly.put("a.json.gz", gzip.compress(b"1\n"))
    monthly.ingest()
    monthly.put("a.json.gz", gzip.compress(b"1\n2\n" * 99)[:-9], age=100)
    assert (failed := monthly.ingest()).status == "failed"
    assert "a.json.gz is cut off" in failed.message
    monthly.put("a.json.gz", gzip.compress(b"2\n"), age=50)
    assert (monthly.ingest().rows, monthly.ingest().rows) == (1, 0)
    assert monthly.rows() == [b"1", b"2"]


def test_a_continuous_run_takes_files_as_they_come_until_it_is_stopped(bench: Bench) -> None:
    results = []
    thread = threading.Thread(target=lambda: results.append(bench.ingest(continuous=0.2)))
    thread.start()
    try:
        bench.put("a.json", b"1")
        wait_for(bench, 1)
        bench.put("b.json", b"2")
        wait_for(bench, 2)
    finally:
        bench.stop.set()
        thread.join(30)
    assert [(result.status, result.rows) for result in results] == [("stopped", 2)]


def wait_for(bench: Bench, commits: int) -> None:
    """Waits until the stream has finished that many micro-batches."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if len(list((bench.checkpoint / "commits").glob("[0-9]*"))) >= commits:
            return
        time.sleep(0.1)
    pytest.fail(f"no {commits} micro-batches in {Path(bench.checkpoint)}")
