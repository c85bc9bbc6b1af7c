"""A run that failed says which published tables went back, beside what dbt said."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from databricks.sql.exc import ServerOperationError
from rich.console import Console

from ingestion.log_table import TABLE
from operations import pipeline
from operations.dbt import DbtFailed
from operations.pipeline import Run
from warehouse.connection import Connection
from warehouse.settings import Settings

BACK = "gold_billing.fct_usage_daily: is back at version 4, from 6."


class Log:
    """A connection whose log has rows of one run, or none at all."""

    def __init__(self, rows: Sequence[str] | None) -> None:
        self.rows = rows
        self.asked: Mapping[str, Any] = {}

    def connect(self) -> "Log":
        return self

    def cursor(self) -> "Log":
        return self

    def close(self) -> None:
        """Nothing is open."""

    def execute(self, operation: str, parameters: Mapping[str, Any] | None) -> None:
        if self.rows is None and TABLE in operation:
            raise ServerOperationError("[TABLE_OR_VIEW_NOT_FOUND] no log")
        self.asked = parameters or {}

    def fetchall(self) -> Sequence[Sequence[str]]:
        return [[row] for row in self.rows or ()]


def told(log: Log, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `lakeledger run` says of a build that failed."""
    target = home / "target"
    target.mkdir()
    metadata = {"metadata": {"invocation_id": "run-7"}}
    (target / "run_results.json").write_text(json.dumps(metadata))

    def failing(*_: object, **__: object) -> None:
        raise DbtFailed("dbt build failed:\n  a test", ["a test"])

    monkeypatch.setattr(pipeline, "run_dbt_patiently", failing)
    monkeypatch.setattr(pipeline, "_lakeledger", lambda *_: None)
    monkeypatch.setattr(pipeline, "check_gate", lambda *_: None)
    run = Run(settings=Settings(home=home, cache=home), console=Console(quiet=True))
    with pytest.raises(DbtFailed) as failed:
        pipeline.take_in_and_build(run, cast(Connection, Dbt(log)))
    assert failed.value.failures == ("a test",)
    return str(failed.value)


class Dbt(Log):
    """The same, for dbt as well."""

    def __init__(self, log: Log) -> None:
        super().__init__(None)
        self.log = log

    def connect(self) -> Log:
        return self.log

    def dbt_environment(self) -> dict[str, str]:
        return {}


def test_tables_that_went_back_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log([BACK])
    said = told(log, tmp_path, monkeypatch)
    assert said == f"dbt build failed:\n  a test\nPublished tables:\n  {BACK}"
    assert log.asked == {"run_id": "run-7"}


@pytest.mark.parametrize("rows", [[], None], ids=["none went back", "no log"])
def test_without_any_the_failure_is_told_alone(
    rows: Sequence[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(Log(rows), tmp_path, monkeypatch) == "dbt build failed:\n  a test"
