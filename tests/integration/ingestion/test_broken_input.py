"""What cannot be read stops its own source with a sentence, and nothing is lost."""

import gzip
import shutil

import pytest

from ingestion.checkpoint import held
from ingestion.sources import Source
from tests.integration.ingestion.bench import Bench, half_gzip

WHOLE = b'{"a":1}\n' * 500


def test_a_cut_off_gzip_fails_its_batch_whole(bench: Bench) -> None:
    bench.put("a.json.gz", half_gzip(WHOLE))
    bench.put("b.json", b"b")
    result = bench.ingest()
    assert (result.status, result.rows, bench.rows()) == ("failed", 0, [])
    assert str(bench.folder / "a.json.gz") in result.message
    assert "cut off" in result.message
    assert "nothing of its batch was kept" in result.message
    bench.put("a.json.gz", gzip.compress(WHOLE))
    assert (bench.ingest().rows, bench.ingest().rows) == (501, 0)


def test_a_bad_file_that_is_moved_away_does_not_hold_up_the_rest(bench: Bench) -> None:
    bad = bench.put("a.json.gz", half_gzip(WHOLE))
    bench.put("b.json", b"b")
    bench.ingest()
    bad.rename(bench.home / "kept.gz")
    result = bench.ingest()
    assert (result.status, result.missing) == ("ok", (str(bad),))
    assert bench.rows() == [b"b"]
    (bench.folder / "c.json.gz").write_bytes(gzip.compress(b"c"))
    assert (bench.ingest().status, bench.rows()) == ("ok", [b"b", b"c"])


def test_a_cut_off_gzip_of_a_cut_format_fails_too(bench: Bench) -> None:
    bench.of(format="csv").put("a.csv.gz", half_gzip(b"a\n" + b"1\n" * 500))
    result = bench.of(format="csv").ingest()
    assert (result.status, bench.rows()) == ("failed", [])
    assert "a.csv.gz is cut off" in result.message


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("a.json", gzip.compress(WHOLE, mtime=0), "give it a name that ends in .gz"),
        ("a.json.gz", WHOLE, "deliver it again"),
    ],
)
def test_content_that_contradicts_the_name_lands_nothing(
    bench: Bench, name: str, content: bytes, remedy: str
) -> None:
    bench.put(name, content)
    result = bench.ingest()
    assert (result.status, bench.rows()) == ("failed", [])
    assert remedy in result.message


def test_a_gzip_renamed_as_told_is_taken(bench: Bench) -> None:
    path = bench.put("a.json", gzip.compress(WHOLE))
    bench.ingest()
    path.rename(path.with_name("a.json.gz"))
    assert (bench.ingest().rows, bench.ingest().rows) == (500, 0)


def test_nothing_landed_is_no_error_and_makes_the_empty_table(bench: Bench) -> None:
    for _ in range(2):
        result = bench.ingest()
        assert (result.status, result.total_rows) == ("nothing landed", 0)
        bench.folder.mkdir(parents=True, exist_ok=True)
    assert bench.rows() == []


def test_a_dangling_link_stops_its_source_and_loses_nothing(bench: Bench) -> None:
    bench.put("a.json", b"1")
    link = bench.folder / "b.json"
    link.symlink_to(bench.home / "gone")
    result = bench.ingest()
    assert (result.status, bench.rows()) == ("failed", [])
    assert f"{link} cannot be read" in result.message
    link.unlink()
    assert bench.ingest().rows == 1


def test_a_file_in_place_of_the_folder_stops_its_source(bench: Bench) -> None:
    bench.folder.parent.mkdir(parents=True)
    bench.folder.write_text("no folder")
    result = bench.ingest()
    assert (result.status, result.total_rows) == ("failed", 0)
    assert f"folder {bench.folder} cannot be read" in result.message


def test_one_failing_source_does_not_stop_the_others(bench: Bench) -> None:
    other = Source(name="jobs", schema="bronze", table_name="jobs", path="p/jobs", format="jsonl")
    bench.put("a.json.gz", half_gzip(WHOLE))
    bench.of(name="jobs", table_name="jobs", path="p/jobs").put("a.json", b"1")
    failed, fine = bench.ingest_all([bench.source, other])
    assert (failed.status, fine.status, fine.rows) == ("failed", "ok", 1)


def test_a_checkpoint_in_use_is_refused_with_a_sentence(bench: Bench) -> None:
    bench.put("a.json", b"1")
    with held(bench.checkpoint):
        result = bench.ingest()
    assert result.status == "failed"
    assert "ingests audit already" in result.message
    assert bench.ingest().rows == 1


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("offsets/0", ""),
        ("offsets/0", "v1\n{"),
        ("sources/0/0", "v1\n{"),
        ("commits/0", "x"),
        ("metadata", ""),
    ],
)
def test_a_damaged_checkpoint_is_told_with_what_to_do(
    bench: Bench, file: str, content: str
) -> None:
    bench.put("a.json", b"1\n")
    bench.ingest()
    damaged = bench.checkpoint / file
    damaged.with_name(f".{damaged.name}.crc").unlink(missing_ok=True)
    damaged.write_text(content)
    bench.put("b.json", b"2\n")
    result = bench.ingest()
    assert (result.status, bench.rows()) == ("failed", [b"1"])
    assert f"Delete the folder {bench.checkpoint}" in result.message, result.message
    shutil.rmtree(bench.checkpoint)
    assert (bench.ingest().status, bench.rows()) == ("ok", [b"1", b"1", b"2"])
