"""Which landing files a replay reads."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.replay import LandedFile, files_in_window, in_chunks, region_of, replay_id
from ingestion.settings import Settings
from ingestion.sources import Source

SOURCE = Source(name="audit", schema="b", table_name="audit", path="audit", format="jsonl")


def moment(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def put(landing: Path, name: str, landed: datetime) -> Path:
    path = landing / "audit" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{}\n")
    os.utime(path, (landed.timestamp(), landed.timestamp()))
    return path


def test_files_belong_to_the_window_that_they_landed_in(tmp_path: Path) -> None:
    put(tmp_path, "region=r1/before.json", moment(4, 23))
    first = put(tmp_path, "region=r1/date=2026-01-01/first.json", moment(5))
    last = put(tmp_path, "region=r2/last.json", moment(5, 23))
    put(tmp_path, "region=r2/after.json", moment(6))
    put(tmp_path, "region=r2/half.json.tmp", moment(5, 12))
    settings = Settings(landing=str(tmp_path), checkpoints=str(tmp_path / "c"))
    found = files_in_window(SOURCE, settings, moment(5), moment(6))
    assert [(file.path, file.region, file.size) for file in found] == [
        (first, "r1", 3),
        (last, "r2", 3),
    ]


@pytest.mark.parametrize(("path", "region"), [("/l/region=eu/a", "eu"), ("/l/a", "unknown")])
def test_the_region_is_that_of_the_envelope(path: str, region: str) -> None:
    assert region_of(SOURCE, Path(path)) == region


def test_the_same_files_are_the_same_replay() -> None:
    files = [LandedFile(path=Path(f"/{n}"), region="r", landed_ms=n, size=1) for n in range(5)]
    assert replay_id(SOURCE, files) == replay_id(SOURCE, list(files))
    assert replay_id(SOURCE, files) != replay_id(SOURCE, files[1:])
    assert [len(chunk) for chunk in in_chunks(files, 2)] == [2, 2, 1]
