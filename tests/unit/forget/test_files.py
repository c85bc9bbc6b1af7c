import gzip
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.settings import Settings
from ingestion.sources import load_sources
from ingestion.tombstones import Tombstones, tombstone
from operations.forget.files import erase_landing
from operations.forget.search import search

MODELS = Path(__file__).parents[3] / "models"
SOURCES = load_sources(MODELS)
NAME = "ann@example.com"
FORGOTTEN = Tombstones((tombstone("forgotten-1", b"salt", [NAME]),))
LINE = b'{"requestId":"r","requestParams":{"a":"ann@example.com"}}\n'


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "platform" / "audit_logs" / "region=r1"
    folder.mkdir(parents=True)
    contents = {
        "plain.json": LINE,
        "two.json.gz": gzip.compress(LINE) + gzip.compress(b"{}\n"),
        ".unfinished.json.tmp": LINE,
        "other.json": b'{"requestId":"r"}\n',
        "cut.json.gz": gzip.compress(LINE * 99)[:-20],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        os.utime(folder / name, ns=(10**18, 10**18 + 123_456_789))
    return folder


def test_files_are_written_anew_and_keep_their_time(landing: Path, tmp_path: Path) -> None:
    settings = Settings(landing=str(tmp_path), checkpoints="", tables=tmp_path)
    before = (landing / "other.json").stat().st_ino
    done = erase_landing(SOURCES, settings, FORGOTTEN)
    names = [path.name for path in done.rewritten]
    assert names == [".unfinished.json.tmp", "plain.json", "two.json.gz"]
    assert [path.name for path in done.unreadable] == ["cut.json.gz"]
    assert done.looked_at == 5
    erased = LINE.replace(NAME.encode(), b"forgotten-1")
    assert (landing / "plain.json").read_bytes() == erased
    assert gzip.decompress((landing / "two.json.gz").read_bytes()) == erased + b"{}\n"
    times = {path.stat().st_mtime_ns for path in landing.iterdir()}
    assert times == {10**18 + 123_456_789}
    assert (landing / "other.json").stat().st_ino == before
    assert erase_landing(SOURCES, settings, FORGOTTEN).rewritten == ()


def test_a_search_sees_into_gzip_and_nested_values(landing: Path, tmp_path: Path) -> None:
    values = [{"a": [NAME.upper()], "m": [("k", "x")]}, {"a": None, "m": [(f"of-{NAME}", "y")]}]
    kind = pa.struct([("a", pa.list_(pa.string())), ("m", pa.map_(pa.string(), pa.string()))])
    for name, rows in (("exact", values[:1]), ("alike", values[1:])):
        table = pa.table({"n": [1], "s": pa.array(rows, kind)})
        pq.write_table(
            table, tmp_path / f"{name}.parquet", use_dictionary=False, compression="zstd"
        )
    (tmp_path / NAME).write_bytes(b"")
    found = search([tmp_path], [NAME])
    names = {path.name for path in found.places}
    assert names == {
        "plain.json", "two.json.gz", ".unfinished.json.tmp", "exact.parquet", NAME
    }  # fmt: skip
    assert {path.name: set(which) for path, which in found.lookalikes.items()} == {
        "alike.parquet": {f"of-{NAME}"}
    }
    assert [path.name for path in found.unreadable] == ["cut.json.gz"]


def test_links_are_followed_once_and_stay_links(landing: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "linked.json").write_bytes(LINE)
    (landing / "folder").symlink_to(elsewhere)
    (landing / "file.json").symlink_to(elsewhere / "linked.json")
    (elsewhere / "ring").symlink_to(elsewhere)
    os.mkfifo(landing / "pipe.json")
    settings = Settings(landing=str(tmp_path), checkpoints="", tables=tmp_path)
    erase_landing(SOURCES, settings, FORGOTTEN)
    assert NAME.encode() not in (elsewhere / "linked.json").read_bytes()
    assert (landing / "file.json").is_symlink()
