"""What a stranger may put into a landing folder, and what is not read of it."""

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.checkpoint import ListedFile
from ingestion.errors import LandingRefused, LandingUnreadable, WrongUse
from ingestion.inspection import inspect_batch
from ingestion.landing import FINISHED_ENDINGS, TEMPORARY_NAMES, landed_files, shown
from ingestion.selection import Choice, choose
from ingestion.settings import Settings


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing" / "source"
    folder.mkdir(parents=True)
    (folder / "good.json").write_text("{}")
    (tmp_path / "secret.json").write_text("not yours")
    return folder


def refused(landing: Path, pattern: str = "*") -> str:
    with pytest.raises(LandingRefused) as told:
        landed_files(landing, pattern, landing.parent)
    return str(told.value)


def test_a_link_to_a_file_outside_is_refused_by_name(landing: Path) -> None:
    (landing / "link.json").symlink_to(landing.parent.parent / "secret.json")
    said = refused(landing)
    assert f"{landing}/link.json leads to {landing.parent.parent}/secret.json" in said
    assert "nothing of this source was taken" in said


def test_a_link_to_a_folder_outside_is_refused_by_name(landing: Path) -> None:
    (landing / "region=a").symlink_to(landing.parent.parent)
    assert "region=a leads to" in refused(landing)


def test_so_is_a_link_through_another_link(landing: Path) -> None:
    (landing.parent / "door").symlink_to(landing.parent.parent)
    (landing / "link.json").symlink_to("../door/secret.json")
    assert "link.json leads to" in refused(landing)


def test_a_source_folder_that_is_a_link_outside_is_refused(landing: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (landing.parent / "other").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LandingRefused, match="other leads to"):
        landed_files(landing.parent / "other", "*", landing.parent)


def test_a_folder_that_the_user_named_may_be_a_link(landing: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(landing)
    assert list(landed_files(tmp_path / "mine", "*")) == [tmp_path / "mine" / "good.json"]


def test_links_that_stay_inside_are_followed(landing: Path) -> None:
    (landing / "b").mkdir()
    (landing / "b" / "again.json").symlink_to(landing / "good.json")
    (landing / "c").symlink_to(landing / "b")
    names = [path.relative_to(landing).as_posix() for path in landed_files(landing, "*")]
    assert names == ["b/again.json", "c/again.json", "good.json"]


def test_links_in_a_ring_are_refused(landing: Path) -> None:
    (landing / "a").mkdir()
    (landing / "a" / "up").symlink_to(landing)
    assert "is a link to a folder that it lies in" in refused(landing)


def test_two_folders_that_link_to_each_other_are_refused(landing: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (landing / name).mkdir()
        (landing / name / "to").symlink_to(landing / other)
    assert "is a link to a folder that it lies in" in refused(landing)


def test_a_link_to_itself_is_unreadable(landing: Path) -> None:
    (landing / "self.json").symlink_to("self.json")
    with pytest.raises(LandingUnreadable, match=r"self\.json"):
        landed_files(landing, "*", landing.parent)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # an address has room for 100 characters
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)
    os.chdir(here)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("make", [pipe, unix_socket])
def test_what_is_no_plain_file_is_refused_and_not_waited_for(
    landing: Path, make: Callable[[Path], None]
) -> None:
    make(landing / "odd.json")
    assert "odd.json is no plain file" in refused(landing)
    # A name that the source does not read stops nothing.
    assert list(landed_files(landing, "good*", landing.parent)) == [landing / "good.json"]


@pytest.mark.timeout(10)
def test_a_file_that_became_a_pipe_is_not_waited_for(landing: Path) -> None:
    pipe(landing / "odd.json")
    listed = ListedFile(landing / "odd.json", 0, 0)
    with pytest.raises(LandingRefused, match="no plain file"):
        inspect_batch([listed], settle_seconds=0, planned_at=0)


def test_a_file_that_became_a_link_is_refused(landing: Path) -> None:
    (landing / "odd.json").symlink_to(landing.parent.parent / "secret.json")
    listed = ListedFile(landing / "odd.json", 0, 0)
    with pytest.raises(LandingRefused, match="leads to"):
        inspect_batch([listed], settle_seconds=0, planned_at=0, bounds=landing.parent)


@pytest.mark.parametrize("name", ["a:b.json", os.fsdecode(b"a\xffb.json"), "hour=10:00/x.json"])
def test_names_that_would_be_lost_are_refused(landing: Path, name: str) -> None:
    (landing / name).parent.mkdir(exist_ok=True)
    (landing / name).write_text("{}")
    assert "which is not read" in refused(landing)


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a'b", "a`b", 'a"; drop', "ü🎉", "x.."])
def test_other_odd_names_are_files_like_any(landing: Path, name: str) -> None:
    (landing / f"{name}.json").write_text("{}")
    assert landing / f"{name}.json" in landed_files(landing, "*.json", landing.parent)


def test_a_name_that_only_looks_unfinished_is_finished() -> None:
    assert TEMPORARY_NAMES.search("a.tmp")
    assert not TEMPORARY_NAMES.search("a.tmp\n")


@pytest.mark.parametrize("ending", FINISHED_ENDINGS)
def test_names_that_are_not_looked_at_closely_are_finished(ending: str) -> None:
    assert not TEMPORARY_NAMES.search(f"a{ending}")


@given(st.text())
def test_what_is_shown_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert shown(text).isprintable()


def test_a_source_path_is_taken_without_its_dots(tmp_path: Path) -> None:
    (tmp_path / "_x__sources.yml").touch()
    declared = tmp_path / "bronze"
    declared.mkdir()
    (declared / "_x__sources.yml").write_text(
        "sources: [{name: x, tables: [{name: t, config: {meta: {ingestion: "
        "{path: p, format: jsonl}}}}]}]"
    )
    choice = Choice(models=tmp_path, home=tmp_path, source_paths=(f"t={tmp_path}/a/../b",))
    _, settings, _ = choose(choice)
    assert settings.folder("t", "p") == settings.bounds("t") == str(tmp_path / "b")
    assert settings.bounds("other") == str(tmp_path / "landing")
    with pytest.raises(WrongUse, match="No source is called"):
        choose(replace(choice, source_paths=("../t=x",)))


def test_the_landing_root_bounds_every_source_in_it() -> None:
    settings = Settings(landing="/l", checkpoints="/c")
    assert settings.bounds("any") == "/l"
