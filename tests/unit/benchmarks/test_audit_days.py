"""Events for benchmarks: the delivered shape, the wanted size, always the same."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.audit_days import Batch, days_before, write

BATCH = Batch(day=date(2026, 1, 5), events=2500, per_file=1000)


def lines(paths: tuple[Path, ...]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def day_of(event: dict[str, Any]) -> date:
    return datetime.fromtimestamp(event["timestamp"] / 1000, UTC).date()


def test_files_lie_where_a_landing_folder_has_them(tmp_path: Path) -> None:
    paths = write(BATCH, tmp_path)
    assert [path.name for path in paths] == [f"batch-0001-0000{n}.json" for n in range(3)]
    assert len({path.parent.parent.parent for path in paths}) == 3
    events = lines(paths)
    assert len(events) == len({event["requestId"] for event in events}) == 2500
    assert {day_of(event) for event in events} == {BATCH.day}


def test_the_same_batch_is_the_same_to_the_byte(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write(BATCH, tmp_path / "a")]
    assert first == [path.read_bytes() for path in write(BATCH, tmp_path / "b")]
    other = write(replace(BATCH, seed=2), tmp_path / "c")
    assert first != [path.read_bytes() for path in other]


@pytest.mark.parametrize("size", [1000, 1500, 4000])
def test_events_have_the_size_that_was_asked_for(tmp_path: Path, size: int) -> None:
    paths = write(replace(BATCH, size=size), tmp_path)
    mean = sum(path.stat().st_size for path in paths) / BATCH.events
    assert mean == pytest.approx(size, rel=0.05)


def test_compressed_files_hold_the_same(tmp_path: Path) -> None:
    plain = write(BATCH, tmp_path / "a")
    packed = write(replace(BATCH, compressed=True), tmp_path / "b")
    assert all(path.suffix == ".gz" for path in packed)
    assert [gzip.decompress(path.read_bytes()) for path in packed] == [
        path.read_bytes() for path in plain
    ]


def test_late_events_fall_on_the_thirty_days_before(tmp_path: Path) -> None:
    events = lines(write(replace(BATCH, late=0.1), tmp_path))
    ages = [(BATCH.day - day_of(event)).days for event in events]
    assert 150 < sum(age > 0 for age in ages) < 350
    assert max(ages) == 30


def test_days_before_come_oldest_first() -> None:
    assert list(days_before(BATCH.day, 2)) == [date(2026, 1, 3), date(2026, 1, 4)]
