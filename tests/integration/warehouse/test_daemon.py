"""The daemon's life: start, answer, start again, stop, and a killed one that leaves nothing."""

import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from warehouse import lifecycle
from warehouse.errors import WarehouseNotStarted
from warehouse.run_state import RunState
from warehouse.settings import Settings, cache_directory


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.1)


def engine_of(pid: int) -> psutil.Process:
    """The JVM below a daemon."""
    children = psutil.Process(pid).children(recursive=True)
    return next(child for child in children if child.name() == "java")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, cache=cache_directory(), port=0)


def test_a_daemon_lives_answers_stops_and_leaves_no_jvm_even_when_killed(
    settings: Settings,
) -> None:
    assert lifecycle.stop(settings) is False
    with lifecycle.running_warehouse(settings.home) as found:
        assert lifecycle.start(settings) == found
        token = settings.home / "run" / "token"
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
        assert found.dbt_environment()["LAKELEDGER_HOST"] == f"http://127.0.0.1:{found.port}"
        with found.connect() as connection, connection.cursor() as cursor:
            cursor.execute("create table lakeledger.default.kept as select 7 as n")
        jvm = engine_of(found.pid)
    until(lambda: not jvm.is_running())
    assert not token.exists()
    assert lifecycle.status(settings) is None

    again = lifecycle.start(settings)
    with again.connect() as connection, connection.cursor() as cursor:
        assert cursor.execute("select n from lakeledger.default.kept").fetchone()[0] == 7
    assert again.token != found.token
    engine_of(again.pid).kill()
    # A daemon without its engine would take every start for done and answer nothing.
    until(lambda: lifecycle.status(settings) is None)

    third = lifecycle.start(settings)
    jvm = engine_of(third.pid)
    os.kill(third.pid, signal.SIGKILL)
    until(lambda: not jvm.is_running())
    assert lifecycle.status(settings) is None
    assert lifecycle.stop(settings) is False


def test_a_taken_port_is_told_with_the_setting_to_change(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        wanted = Settings(home=settings.home, cache=settings.cache, port=port)
        with pytest.raises(WarehouseNotStarted, match=f"Port {port} .*LAKELEDGER_PORT"):
            lifecycle.start(wanted)


def test_files_of_a_daemon_that_is_gone_are_not_taken_for_a_living_one(settings: Settings) -> None:
    run = settings.home / "run"
    run.mkdir()
    (run / "warehouse.json").write_text('{"pid": 1, "port": 1, "catalog": "x"}')
    (run / "token").write_text("old")
    (run / "warehouse.lock").touch()
    assert RunState(settings.home).read() is None
