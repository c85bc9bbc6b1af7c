"""Checkpoint and landing folder, followed: what is known is not read again."""

import json
import os
import time
from pathlib import Path

import pytest

from ingestion.errors import CheckpointUnreadable, LandingRefused
from ingestion.landing import landed_files
from ingestion.listing import Listing
from ingestion.taken import TakenFiles
from tests.unit.ingestion.test_checkpoint import write_batch, write_log


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """Two batches of one file each."""
    begin(tmp_path, "one")
    for batch in (0, 1):
        write_log(tmp_path, str(batch), (f"file:///l/{batch}", batch, batch))
        write_batch(tmp_path, batch, batch)
    return tmp_path


def begin(checkpoint: Path, name: str) -> None:
    (checkpoint / "metadata").write_text(json.dumps({"id": name}))


def test_what_was_read_is_not_read_again(checkpoint: Path) -> None:
    taken = TakenFiles(checkpoint)
    assert taken.read() == {Path("/l/0"): 0, Path("/l/1"): 1}
    for old in (0, 1):
        (checkpoint / "sources" / "0" / str(old)).write_text("damaged")
    write_log(checkpoint, "2", ("file:///l/2", 2, 2))
    write_batch(checkpoint, 2, 2, done=False)
    assert len(taken.read()) == 2
    write_batch(checkpoint, 2, 2)
    assert taken.read() == {Path("/l/0"): 0, Path("/l/1"): 1, Path("/l/2"): 2}
    with pytest.raises(CheckpointUnreadable):
        TakenFiles(checkpoint).read()


def test_of_a_compacted_log_only_its_end_is_read(checkpoint: Path) -> None:
    taken = TakenFiles(checkpoint)
    taken.read()
    new = json.dumps({"path": "file:///l/9", "timestamp": 9, "batchId": 9})
    old = json.dumps({"path": "file:///l/1", "timestamp": 1, "batchId": 1})
    (checkpoint / "sources" / "0" / "9.compact").write_text(f"v1\nnever read\n{old}\n{new}\n")
    write_batch(checkpoint, 9, 9)
    assert taken.read() == {Path("/l/0"): 0, Path("/l/1"): 1, Path("/l/9"): 9}


@pytest.mark.parametrize("entries", [("file:///l/new", 7, 0)])
def test_another_checkpoint_in_its_place_is_read_from_its_start(
    checkpoint: Path, entries: tuple[str, int, int]
) -> None:
    taken = TakenFiles(checkpoint)
    taken.read()
    begin(checkpoint, "two")
    write_log(checkpoint, "0", entries)
    assert taken.read() == {Path("/l/new"): 7, Path("/l/1"): 1}


def test_a_checkpoint_that_is_gone_has_taken_nothing(checkpoint: Path) -> None:
    taken = TakenFiles(checkpoint)
    taken.read()
    for file in (*checkpoint.glob("*/*"), checkpoint / "metadata"):
        if file.is_file():
            file.unlink()
    assert taken.read() == {}


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Two regions with a file each, of an hour ago."""
    for region in ("eu", "us"):
        land(tmp_path / f"region={region}" / "hour=00" / "a.json")
    return tmp_path


def land(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")
    settle(file.parent)


def settle(folder: Path, age: float = 3600) -> None:
    """As if it had changed so long ago."""
    os.utime(folder, (time.time() - age,) * 2)


def test_a_listing_is_what_ingestion_lists(landing: Path) -> None:
    listing = Listing(landing, "*.json", landing)
    assert listing.files() == landed_files(landing, "*.json")
    (landing / "region=eu" / "hour=00" / "b.json").write_text("{}")
    (landing / "region=eu" / "hour=00" / "c.tmp").write_text("{}")
    (landing / "region=us" / "hour=00" / "a.json").unlink()
    (landing / "region=ap").mkdir()
    (landing / "region=ap" / "a.json").write_text("{}")
    assert listing.files() == landed_files(landing, "*.json")
    assert len(listing.files()) == 3


def test_a_folder_as_it_was_is_not_listed_again(landing: Path) -> None:
    listing = Listing(landing, "*.json", landing)
    listing.files()
    folder = landing / "region=eu" / "hour=00"
    stood = folder.stat()
    (folder / "b.json").write_text("{}")
    os.utime(folder, ns=(stood.st_atime_ns, stood.st_mtime_ns))
    assert len(listing.files()) == 2
    settle(folder, 60)
    assert len(listing.files()) == 3


def test_a_folder_that_changed_just_now_may_change_unseen(landing: Path) -> None:
    folder = landing / "region=eu" / "hour=00"
    settle(folder, 0)
    stood = folder.stat()
    listing = Listing(landing, "*.json", landing)
    listing.files()
    (folder / "b.json").write_text("{}")
    os.utime(folder, ns=(stood.st_atime_ns, stood.st_mtime_ns))
    assert len(listing.files()) == 3


def test_a_link_that_leads_out_is_refused_when_it_comes(
    landing: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    listing = Listing(landing, "*.json", landing)
    listing.files()
    (landing / "region=us" / "out").symlink_to(tmp_path_factory.mktemp("out"))
    with pytest.raises(LandingRefused, match="out of the landing folder"):
        listing.files()


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert Listing(tmp_path / "none", "*.json", tmp_path).files() == {}
