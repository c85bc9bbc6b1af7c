"""Reading Spark's checkpoint and locking it."""

import json
import multiprocessing
from pathlib import Path

import pytest

from ingestion.checkpoint import ListedFile, batch_files, held, taken_files
from ingestion.errors import CheckpointBusy, CheckpointUnreadable


def write_log(checkpoint: Path, name: str, *entries: tuple[str, int, int]) -> None:
    lines = [json.dumps({"path": p, "timestamp": t, "batchId": b}) for p, t, b in entries]
    file = checkpoint / "sources" / "0" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["v1", *lines]))


def write_batch(checkpoint: Path, batch: int, entry: int, *, done: bool = True) -> None:
    for folder, text in (("offsets", f'v1\n{{}}\n{{"logOffset":{entry}}}'), ("commits", "v1\n{}")):
        if folder == "offsets" or done:
            (checkpoint / folder).mkdir(parents=True, exist_ok=True)
            (checkpoint / folder / str(batch)).write_text(text)


def test_a_batch_holds_the_files_since_the_one_before(tmp_path: Path) -> None:
    write_log(tmp_path, "0", ("file:///l/a", 1, 0))
    write_log(tmp_path, "1", ("file:/l/b%20c%23", 2, 1))
    write_log(tmp_path, "2", ("file:///l/d", 3, 2))
    write_batch(tmp_path, 0, 0)
    write_batch(tmp_path, 1, 2)
    assert batch_files(tmp_path, 0) == (ListedFile(Path("/l/a"), 1, 0),)
    assert [str(file.path) for file in batch_files(tmp_path, 1)] == ["/l/b c#", "/l/d"]


def test_a_compacted_log_replaces_what_came_before(tmp_path: Path) -> None:
    write_log(tmp_path, "8", ("file:///l/a", 1, 8))
    write_log(tmp_path, "9.compact", ("file:///l/a", 1, 8), ("file:///l/b", 2, 9))
    write_log(tmp_path, "10", ("file:///l/c", 3, 10))
    write_batch(tmp_path, 9, 9)
    write_batch(tmp_path, 10, 10)
    assert taken_files(tmp_path) == {Path("/l/a"): 1, Path("/l/b"): 2, Path("/l/c"): 3}


def test_a_batch_that_did_not_end_has_taken_nothing(tmp_path: Path) -> None:
    write_log(tmp_path, "0", ("file:///l/a", 1, 0))
    write_log(tmp_path, "1", ("file:///l/b", 1, 1))
    write_batch(tmp_path, 0, 0)
    write_batch(tmp_path, 1, 1, done=False)
    assert taken_files(tmp_path) == {Path("/l/a"): 1}


def test_no_checkpoint_has_taken_nothing(tmp_path: Path) -> None:
    assert taken_files(tmp_path / "none") == {}


def test_another_form_is_refused(tmp_path: Path) -> None:
    write_batch(tmp_path, 0, 0)
    (tmp_path / "offsets" / "0").write_text("v1\n{}\n{}")
    with pytest.raises(CheckpointUnreadable, match="offsets/0 is not as Spark writes it"):
        batch_files(tmp_path, 0)


def _hold(checkpoint: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with held(checkpoint):
        ready.set()
        multiprocessing.Event().wait(60)


def test_a_second_process_is_told_who_holds_the_checkpoint(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold, args=(tmp_path / "usage", ready))
    other.start()
    assert ready.wait(30)
    try:
        with (
            pytest.raises(CheckpointBusy, match=f"Process {other.pid} ingests usage"),
            held(tmp_path / "usage"),
        ):
            pass
    finally:
        other.kill()
        other.join()
    with held(tmp_path / "usage"):  # a killed process holds nothing
        pass
