"""The whole live system in one command: orders flow, are built and mailed about, and add up."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from operations.live import alertmanager, prometheus, victoria_metrics
from tests.installed import Installed
from warehouse.settings import cache_directory

PROGRAMS = (victoria_metrics.PROGRAM, prometheus.PROGRAM, alertmanager.PROGRAM)


@pytest.mark.timeout(900)
@pytest.mark.full
def test_orders_flow_are_counted_in_every_way_and_everything_stops(
    tmp_path: Path, installed: Installed
) -> None:
    for program in PROGRAMS:
        installed(program)
    chosen = {"LAKELEDGER_HOME": str(tmp_path), "LAKELEDGER_CACHE": str(cache_directory())}
    ended = subprocess.run(
        [sys.executable, "-m", "operations", "live", "--rate", "30", "--seconds", "15"],
        env={**os.environ, **chosen, "LAKELEDGER_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = ended.stdout
    assert ended.returncode == 0, said + ended.stderr
    for name in ("kafka", "victoria-metrics", "streams", "prometheus", "alertmanager", "mail"):
        assert f"\n{name:<18}started" in f"\n{said}", said
        assert f"\n{name:<18}stopped" in said, said
    assert said.count("equal") == 4, said
    assert "differs" not in said
    assert list((tmp_path / "mail").glob("*.eml")), said
    left = [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(p.info)]
    assert left == []
    refused = subprocess.run(
        [sys.executable, "-m", "operations", "live"],
        env={**os.environ, **chosen, "LAKELEDGER_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "holds orders already" in refused.stderr
