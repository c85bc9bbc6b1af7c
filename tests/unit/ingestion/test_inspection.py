"""Looking at a micro-batch's files before they are written."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.checkpoint import ListedFile
from ingestion.errors import FileChanged, FileNotWhole, NotSettled
from ingestion.inspection import BatchFacts, inspect_batch

NOW = 1_700_000_000.0


def listed(
    path: Path, content: bytes = b"{}\n", *, age: float = 60, then: float | None = None
) -> ListedFile:
    path.write_bytes(content)
    touch(path, NOW - age)
    return ListedFile(path, int(1000 * (NOW - age if then is None else then)), 0)


def touch(path: Path, at: float) -> None:
    os.utime(path, (at, at))


def inspect(*files: ListedFile, sleep: Callable[[float], None] = lambda _: None) -> BatchFacts:
    return inspect_batch(
        files, settle_seconds=2, planned_at=NOW - 10, clock=lambda: NOW, sleep=sleep
    )


def test_settled_files_are_counted(tmp_path: Path) -> None:
    facts = inspect(listed(tmp_path / "a"), listed(tmp_path / "b", b""))
    assert facts == BatchFacts(files=2, size=3, missing=())


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = ListedFile(tmp_path / "gone", 0, 0)
    assert inspect(gone) == BatchFacts(files=0, size=0, missing=(gone.path,))


def test_a_young_file_is_waited_for_once_it_rests(tmp_path: Path) -> None:
    waits: list[float] = []
    facts = inspect(listed(tmp_path / "a", age=1), sleep=waits.append)
    assert (facts.files, waits) == (1, [2])


def test_a_clock_that_runs_behind_does_not_block(tmp_path: Path) -> None:
    assert inspect(listed(tmp_path / "a", age=-3600)).files == 1


def test_a_file_that_keeps_growing_is_left_for_the_next_run(tmp_path: Path) -> None:
    file = listed(tmp_path / "a", age=0)

    def grow(_: float) -> None:
        file.path.write_bytes(file.path.read_bytes() + b"x")

    with pytest.raises(NotSettled, match="is still being written after 10 seconds"):
        inspect(file, sleep=grow)


def test_a_change_since_listing_asks_for_a_new_plan(tmp_path: Path) -> None:
    with pytest.raises(FileChanged):
        inspect(listed(tmp_path / "a", age=5, then=NOW - 6))


def test_a_change_before_planning_is_the_file_delivered_again(tmp_path: Path) -> None:
    assert inspect(listed(tmp_path / "a", age=60, then=NOW - 90)).files == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", gzip.compress(b"{}", mtime=0), "holds gzip data; .*name that ends in .gz"),
        ("a.json.gz", b"{}\n", "holds no gzip data, though its name ends in .gz"),
        ("a.json.gz", b"", "is empty, though its name ends in .gz"),
        ("a.json", b"PK\x03\x04rest", "holds zip data, which is not read"),
        ("a.json.gz", b"\x28\xb5\x2f\xfdrest", "holds zstd data"),
    ],
)
def test_content_that_contradicts_the_name_is_refused(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(FileNotWhole, match=says):
        inspect(listed(tmp_path / name, content))


def test_gzip_under_its_name_is_accepted(tmp_path: Path) -> None:
    assert inspect(listed(tmp_path / "a.json.gz", gzip.compress(b"{}"))).files == 1
