"""Files that wait, against a checkpoint as Spark writes it."""

import json
import os
import time
from pathlib import Path

import pytest

from ingestion.settings import Settings
from ingestion.sources import Source
from operations.exporter import landing as module
from operations.exporter.landing import Landing

SOURCE = Source(
    name="audit_logs",
    schema="bronze",
    table_name="audit_logs",
    path="platform/audit_logs",
    format="jsonl",
    files="*.json",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(landing=str(tmp_path / "landing"), checkpoints=str(tmp_path / "checkpoints"))


def land(settings: Settings, region: str, name: str, age: float, text: str = "{}\n") -> Path:
    folder = Path(settings.landing) / SOURCE.path / f"region={region}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text)
    os.utime(file, (time.time() - age,) * 2)
    return file


def take(settings: Settings, *files: Path) -> Path:
    checkpoint = Path(settings.checkpoint(SOURCE.name))
    for name in ("offsets", "commits", "sources/0"):
        (checkpoint / name).mkdir(parents=True)
    (checkpoint / "metadata").write_text(json.dumps({"id": "1"}))
    entries = [{"path": f"file://{f}", "timestamp": 0, "batchId": 0} for f in files]
    (checkpoint / "sources/0/0").write_text("\n".join(["v1", *map(json.dumps, entries)]))
    (checkpoint / "offsets/0").write_text('v1\n{}\n{"logOffset": 0}')
    (checkpoint / "commits/0").write_text("v1\n{}")
    return checkpoint


def figures(settings: Settings) -> dict[tuple[str, ...], float]:
    return {(one.name, *one.labels): one.value for one in Landing([SOURCE], settings)()}


def test_what_waits_by_region(settings: Settings) -> None:
    old = land(settings, "us", "a.json", 900)
    take(settings, old, land(settings, "eu", "a.json", 60))
    land(settings, "us", "b.json", 500, "x" * 30)
    land(settings, "us", "c.json", 100, "x" * 12)
    found = figures(settings)
    assert found["files_outstanding", "audit_logs", "us"] == 2
    assert found["outstanding_bytes", "audit_logs", "us"] == 42
    assert found["lag_seconds", "audit_logs", "us"] == pytest.approx(500, abs=30)
    assert found["files_outstanding", "audit_logs", "eu"] == 0
    assert found["lag_seconds", "audit_logs", "eu"] == 0
    taken_at = found["newest_taken_timestamp_seconds", "audit_logs", "us"]
    assert taken_at == pytest.approx(old.stat().st_mtime, abs=0.01)
    assert found["checkpoint_readable", "audit_logs"] == 1
    assert found["checkpoint_timestamp_seconds", "audit_logs"] == pytest.approx(time.time(), abs=30)


def test_before_the_first_run_everything_waits(settings: Settings) -> None:
    land(settings, "us", "a.json", 10)
    found = figures(settings)
    assert found["files_outstanding", "audit_logs", "us"] == 1
    assert ("checkpoint_readable", "audit_logs") not in found


def test_nothing_landed_is_no_series(settings: Settings) -> None:
    assert figures(settings) == {}


def test_a_damaged_checkpoint_is_told_and_nothing_is_guessed(settings: Settings) -> None:
    checkpoint = take(settings, land(settings, "us", "a.json", 10))
    (checkpoint / "metadata").write_text("{")
    assert figures(settings) == {("checkpoint_readable", "audit_logs"): 0}


def test_ever_new_regions_make_no_ever_new_series(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_REGIONS", 3)
    for number in range(6):
        land(settings, f"r{number}", "a.json", 10)
    found = {name[2]: v for name, v in figures(settings).items() if name[0] == "files_outstanding"}
    assert found == {"r0": 1, "r1": 1, "r2": 1, "other": 3}
