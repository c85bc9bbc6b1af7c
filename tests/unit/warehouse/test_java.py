"""Which Java is taken, and what the shim in front of the bundled one does."""

import subprocess
from pathlib import Path

import pytest

from warehouse import jars, java
from warehouse.errors import JarsUnavailable


def fake_java(folder: Path, version: str) -> Path:
    home = folder / version
    launcher = home / "bin" / "java"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(
        f"#!/bin/sh\necho '    java.home = {home}' >&2\n"
        f"echo '    java.specification.version = {version}' >&2\n"
    )
    launcher.chmod(0o755)
    return home


def test_an_old_java_is_passed_over_for_the_bundled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, "11")))
    monkeypatch.setattr(java.shutil, "which", lambda _: None)
    assert java.java_home(tmp_path / "cache").parent == tmp_path / "cache" / "java"
    new = fake_java(tmp_path, "21")
    monkeypatch.setenv("JAVA_HOME", str(new))
    assert java.java_home(tmp_path / "cache") == new


def test_the_bundled_java_runs_and_is_spared_the_module_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKELEDGER_JAVA", "bundled")
    home = java.java_home(tmp_path)
    asked = [str(home / "bin" / "java"), "--add-modules=jdk.incubator.vector", "-version"]
    assert "21" in subprocess.run(asked, capture_output=True, text=True, check=True).stderr


def test_jars_that_cannot_be_fetched_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Server access error (java.net.UnknownHostException: nowhere)"
    monkeypatch.setattr(jars, "_run_ivy", lambda *_: said)
    with pytest.raises(JarsUnavailable, match=r"Check the network.*UnknownHostException"):
        jars.ensure_jars(tmp_path)


def test_a_jar_with_other_bytes_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(wanted: list[jars.Jar], home: Path, work: Path) -> str:
        (work / "jars").mkdir()
        for jar in wanted:
            (work / "jars" / jar.file).write_bytes(b"other")
        return ""

    monkeypatch.setattr(jars, "_run_ivy", run)
    with pytest.raises(JarsUnavailable, match="sha256"):
        jars.ensure_jars(tmp_path)
    assert not list((tmp_path / "jars").glob("*.jar"))
