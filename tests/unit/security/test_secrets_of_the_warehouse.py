"""The token of the warehouse lies in one file; secrets go to no process without use for them."""

import subprocess
from pathlib import Path

import pytest

from operations.dbt import PROJECT
from warehouse import lifecycle, spark
from warehouse.connection import Connection
from warehouse.run_state import RunState
from warehouse.settings import Settings, make_private, without_secrets

SECRETS = {
    "DBT_ENV_SECRET_LAKELEDGER_TOKEN": "a",
    "DBT_ENV_SECRET_DATABRICKS_TOKEN": "b",
    "DATABRICKS_TOKEN": "c",
    "DATABRICKS_CLIENT_SECRET": "d",
    "AWS_SECRET_ACCESS_KEY": "e",
    "AWS_ACCESS_KEY_ID": "f",
    "ARM_CLIENT_SECRET": "g",
    "GOOGLE_APPLICATION_CREDENTIALS": "h",
    "pgpassword": "i",
}
HARMLESS = {"PATH": "/bin", "LAKELEDGER_HOME": "/h", "JAVA_HOME": "/j", "SSL_CERT_FILE": "/c"}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_token_is_for_its_owner_alone(tmp_path: Path) -> None:
    state = RunState(tmp_path)
    (tmp_path / "run").mkdir(mode=0o755)
    (tmp_path / "run" / "token").write_text("an old one, for all to read")
    with state.owned() as ours:
        assert ours
        state.write(Connection(port=1, token="s3cret", catalog="c", pid=2))
        assert mode(tmp_path / "run") == 0o700
        assert mode(tmp_path / "run" / "token") == 0o600
        others = [p for p in (tmp_path / "run").iterdir() if p.name != "token"]
        assert others
        assert not any("s3cret" in path.read_text() for path in others)
    assert not (tmp_path / "run" / "token").exists()


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir(mode=0o777)
    make_private(tmp_path / "logs")
    make_private(tmp_path / "new" / "run")
    assert (mode(tmp_path / "logs"), mode(tmp_path / "new" / "run")) == (0o700, 0o700)


def test_secrets_are_known_by_their_names() -> None:
    assert without_secrets(SECRETS | HARMLESS) == HARMLESS


def test_the_daemon_gets_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: dict[str, str] = {}

    class Child:
        def __init__(self, command: list[str], *, env: dict[str, str], **_: object) -> None:
            handed.update(env)
            assert not set(SECRETS.values()) & set(command)

    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(lifecycle, "_started", [])
    monkeypatch.setattr(subprocess, "Popen", Child)
    lifecycle._spawn(Settings(home=tmp_path, cache=tmp_path), tmp_path / "log")
    assert handed["LAKELEDGER_HOME"] == str(tmp_path)
    assert not SECRETS.keys() & handed.keys()


def test_the_jvm_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with spark._environment(Path("/java")):
        told = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout
    names = {line.partition("=")[0] for line in told.splitlines()}
    assert "JAVA_HOME" in names
    assert not SECRETS.keys() & names


def test_every_token_of_a_profile_is_one_that_dbt_blots_out_of_its_logs() -> None:
    profiles = (PROJECT / "profiles" / "profiles.yml").read_text(encoding="utf-8")
    tokens = [line for line in profiles.splitlines() if line.strip().startswith("token:")]
    assert len(tokens) == 2
    assert all("env_var('DBT_ENV_SECRET_" in line for line in tokens)
