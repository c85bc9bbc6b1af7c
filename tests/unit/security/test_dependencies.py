"""What is fetched is what was pinned: jars by their sums, packages by their hashes."""

import hashlib
import re
from pathlib import Path

import pytest

from operations.dbt import PROJECT
from warehouse import jars
from warehouse.errors import JarsUnavailable
from warehouse.jars import JARS, Jar, ensure_jars

CONTENT = b"what was pinned"
PINNED = Jar("org", "name", "1", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one jar; what Ivy would bring lies in `arrives`."""

    def ivy(wanted: list[Jar], home: Path, work: Path) -> str:
        (work / "jars").mkdir()
        for jar in wanted:
            (work / "jars" / jar.file).write_bytes((tmp_path / "arrives").read_bytes())
        return ""

    monkeypatch.setattr(jars, "JARS", (PINNED,))
    monkeypatch.setattr(jars, "java_home", lambda cache: cache)
    monkeypatch.setattr(jars, "_run_ivy", ivy)
    (tmp_path / "arrives").write_bytes(CONTENT)
    return tmp_path


def test_a_jar_is_taken_when_its_sum_is_right(cache: Path) -> None:
    (jar,) = ensure_jars(cache)
    assert jar.read_bytes() == CONTENT


def test_a_jar_of_another_sum_is_thrown_away(cache: Path) -> None:
    (cache / "arrives").write_bytes(b"something else")
    with pytest.raises(JarsUnavailable, match="thrown away"):
        ensure_jars(cache)
    assert not list(cache.rglob("*.jar"))


def test_a_jar_that_was_changed_since_is_fetched_anew(cache: Path) -> None:
    (jar,) = ensure_jars(cache)
    jar.write_bytes(b"changed")
    assert ensure_jars(cache) == [jar]
    assert jar.read_bytes() == CONTENT


def test_every_jar_has_a_sum() -> None:
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in JARS)


def test_packages_are_installed_by_their_hashes_alone() -> None:
    script = (PROJECT / "bootstrap.sh").read_text(encoding="utf-8")
    installs = [
        part
        for part in script.replace("\\\n", " ").splitlines()
        if re.search(r"pip (sync|install)", part) and "--editable ." not in part
    ]
    assert len(installs) == 2
    assert all("--require-hashes" in part for part in installs)
