"""What a user does to have the live system, and to be rid of it."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from ingestion.kafka import read_client_config
from operations.cli import app
from operations.live.cli import CLIENT_FILES
from operations.live.kafka import ensure_topic
from operations.live.services import services
from operations.mail.smtp import read_config
from warehouse.settings import Settings, cache_directory


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKELEDGER_HOME", str(tmp_path))
    monkeypatch.setenv("LAKELEDGER_CACHE", str(cache_directory()))
    return tmp_path


def says(*command: str, code: int = 0) -> str:
    ended = CliRunner().invoke(app, list(command))
    assert ended.exit_code == code, ended.output
    return ended.output


def test_up_status_down(home: Path) -> None:
    assert "not running" in says("status")
    try:
        assert "kafka             started: clients 127.0.0.1:" in says("up")
        assert "ran already" in says("up")
        assert "healthy" in says("status")
        config = read_client_config(home / "kafka.properties")
        assert not ensure_topic(config["bootstrap.servers"], "orders", 4)
        running = services(Settings.from_environment())[0]
        process = running.process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert "started" in says("up")
        assert read_client_config(home / "kafka.properties") == config
    finally:
        said = says("down")
    assert "stopped" in said
    assert "did not run" in says("down")
    assert not any((home / name).exists() for name in CLIENT_FILES)
    assert [p for p in psutil.process_iter(["cmdline"]) if str(home) in str(p.info)] == []


def test_what_is_not_installed_is_left_out_and_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    try:
        said = says("up")
        for package in ("victoria-metrics", "prometheus", "prometheus-alertmanager"):
            assert f"Install it: apt-get install {package}.\n" in said
        assert "kafka             started" in said
        assert "mail              started" in said
        assert "apt-get install prometheus." in says("status")
        assert not (home / "hot_store.ini").exists()
        assert f"smtp 127.0.0.1:{read_config(home / 'smtp.properties').port}" in says("status")
    finally:
        says("down")


def test_settings_that_are_wrong_are_said_and_down_works_nevertheless(home: Path) -> None:
    (home / "live.toml").write_text("[limits]\nsilence = 3\n")
    try:
        assert "[limits] has no silence; it has silent_seconds" in says("up", code=1)
    finally:
        assert "kafka             stopped" in says("down")


def test_a_broker_that_cannot_start_says_why(home: Path) -> None:
    log = home / "live" / "kafka" / "log"
    log.mkdir(parents=True)
    (log / "meta.properties").write_text("version=1\ncluster.id=another\nnode.id=7\n")
    said = " ".join(says("up", code=1).split())
    assert "kafka ended at its start" in said
    assert "node.id" in said or "node id" in said.lower()
