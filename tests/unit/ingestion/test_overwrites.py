"""The record of files that were taken again."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.errors import CheckpointUnreadable
from ingestion.overwrites import Ledger, changed_files

A, B, C = Path("/l/a"), Path("/l/b"), Path("/l/c")


def test_only_taken_files_with_another_time_have_changed() -> None:
    assert changed_files({A: 1, B: 5, C: 3}, {A: 1, B: 2}) == {B: 5}


def test_the_ledger_is_kept(tmp_path: Path) -> None:
    ledger = replace(Ledger(), version=3, files={"/l/a": 1}, pending={"/l/b": 2})
    ledger.write(tmp_path)
    assert Ledger.read(tmp_path) == ledger


def test_a_new_checkpoint_has_a_new_ledger(tmp_path: Path) -> None:
    assert Ledger.read(tmp_path).version == -1
    assert Ledger.read(tmp_path).id != Ledger.read(tmp_path).id


def test_a_damaged_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "overwrites.json").write_text("{")
    with pytest.raises(CheckpointUnreadable, match=r"overwrites\.json is damaged"):
        Ledger.read(tmp_path)
