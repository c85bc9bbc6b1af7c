"""Finding finished files in a landing folder."""

import os
from pathlib import Path

import pytest

from ingestion.errors import LandingMissing, LandingUnreadable
from ingestion.landing import check_root, glob_regex, landed_files


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def test_only_finished_files_that_match_are_found(tmp_path: Path) -> None:
    unfinished = (".a.json", "_b.json", "c.json.tmp", "d.json.INPROGRESS", "e.json~", "_x/f.json")
    put(tmp_path, "region=a/g.json", "_day=1/h.json.gz", "i.csv", *unfinished)
    found = {str(path.relative_to(tmp_path)) for path in landed_files(tmp_path, "*.json*")}
    assert found == {"region=a/g.json", "_day=1/h.json.gz"}


def test_the_time_of_change_is_in_milliseconds(tmp_path: Path) -> None:
    put(tmp_path, "a")
    os.utime(tmp_path / "a", ns=(0, 1_700_000_000_123_456_789))
    assert landed_files(tmp_path, "*") == {tmp_path / "a": 1_700_000_000_123}


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert landed_files(tmp_path / "none", "*") == {}


def test_a_dangling_link_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "gone")
    with pytest.raises(LandingUnreadable, match=r"file .*a\.json cannot be read"):
        landed_files(tmp_path, "*")


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    put(tmp_path, "usage")
    with pytest.raises(LandingUnreadable, match=r"folder .*usage cannot be read"):
        landed_files(tmp_path / "usage", "*")


def test_a_missing_root_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(LandingMissing, match="--landing"):
        check_root(str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*.json*", "a.json.gz", True),
        ("*.json", "a.json.gz", False),
        ("event?.log", "event1.log", True),
        ("{a,b}*.csv", "b1.csv", True),
        ("{a,b}*.csv", "c1.csv", False),
        ("[a-c]x", "bx", True),
        ("[^a]x", "ax", False),
        ("a,b", "a,b", True),
        ("a+b(1)", "a+b(1)", True),
    ],
)
def test_patterns_mean_what_spark_means(pattern: str, name: str, matches: bool) -> None:
    assert bool(glob_regex(pattern).fullmatch(name)) == matches
