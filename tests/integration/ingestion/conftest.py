"""A bench of one test's own over the suite's one Spark session."""

from pathlib import Path
from typing import Any

import pytest

from ingestion.settings import Settings
from ingestion.sources import Source
from tests.integration.ingestion.bench import Bench


@pytest.fixture
def bench(lakehouse: Any, tmp_path: Path) -> Bench:
    (tmp_path / "landing").mkdir()
    settings = Settings(
        landing=str(tmp_path / "landing"),
        checkpoints=str(tmp_path / "checkpoints"),
        tables=tmp_path / "external",
        settle_seconds=0.2,
    )
    source = Source(
        name="audit", schema="bronze", table_name="audit", path="p/audit", format="jsonl"
    )
    return Bench(lakehouse.spark, tmp_path, settings, source)
