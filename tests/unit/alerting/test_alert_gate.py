"""What stops the pipeline, and what lets it go on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from databricks.sql.exc import ServerOperationError
from rich.console import Console
from typer.testing import CliRunner

from operations import cli, pipeline
from operations.alerting import gate
from operations.alerting.acknowledge import chosen
from operations.alerting.errors import AlertUnknown, PipelineStopped
from operations.alerting.model import alert_id_of
from operations.alerting.questions import Answered
from operations.alerting.store import TABLE
from tests.unit.alerting.samples import NOON, History, finding, rule
from warehouse.settings import Settings

LEVELS = (("HIGH", 85.0), ("CRITICAL", 70.0))
QUALITY = rule("quality", LEVELS, side="below", stops_pipeline=True)
ID = alert_id_of("quality", "silver platform")


def stopping(history: History, score: float) -> list[str]:
    answered = Answered(findings={"quality": [finding("silver platform", score)]})
    return gate.stops([QUALITY], answered, history.state)


def checked(score: float) -> History:
    history = History(rules=(QUALITY,))
    history.check({"quality": [finding("silver platform", score)]})
    return history


def test_what_is_critical_stops_whether_it_was_checked_or_not() -> None:
    assert stopping(History(), 69) == ["quality of silver platform is 69 hours"]
    assert stopping(checked(69), 69)
    assert stopping(checked(84), 69)


def test_what_is_high_or_good_stops_nothing() -> None:
    assert stopping(History(), 70) == []
    assert stopping(checked(69), 90) == []


def test_whoever_answers_for_it_lets_the_pipeline_go_on() -> None:
    history = checked(69)
    history.acknowledge(ID)
    assert stopping(history, 69) == []


def test_an_answer_for_something_milder_is_none() -> None:
    history = checked(84)
    history.acknowledge(ID)
    assert stopping(history, 69)
    history.check({"quality": [finding("silver platform", 69)]})
    assert stopping(history, 69)


class Tables:
    """A home with scores, and a history of alerts or none yet."""

    def __init__(self, scores: Sequence[Sequence[Any]] | None, has_history: bool = False) -> None:
        self.scores, self.has_history = scores, has_history
        self.asked = ""

    def execute(self, operation: str, parameters: object = None) -> None:
        self.asked = operation
        if TABLE in operation and not self.has_history:
            raise ServerOperationError("[TABLE_OR_VIEW_NOT_FOUND] `operations`.`alert_events`")
        if TABLE not in operation and self.scores is None:
            raise ServerOperationError("[TABLE_OR_VIEW_NOT_FOUND] `gold_operational`.`x`")

    def fetchall(self) -> Any:
        return [] if TABLE in self.asked else self.scores


@pytest.mark.parametrize("has_history", [True, False])
def test_the_gate_asks_now_and_says_what_to_do(has_history: bool) -> None:
    with pytest.raises(PipelineStopped) as stopped:
        gate.check_gate(Tables([["silver platform", 62.5, "worst"]], has_history), NOON)
    said = str(stopped.value)
    assert "quality of silver platform is 62.5 of 100" in said
    assert "docs/runbooks/alerts.md#quality" in said
    assert stopped.value.exit_code == 3


def test_a_home_where_nothing_was_measured_is_built() -> None:
    gate.check_gate(Tables(None), NOON)
    gate.check_gate(Tables([["silver platform", 99.9, ""]]), NOON)


def test_a_run_that_is_stopped_ends_with_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_: object) -> None:
        raise PipelineStopped("Nothing is built: too poor.")

    monkeypatch.setattr(cli, "run_pipeline", stopped)
    ended = CliRunner().invoke(cli.app, ["run"])
    assert ended.exit_code == 3
    assert ended.output == "Error: Nothing is built: too poor.\n"


class Connection:
    """A connection of which nothing is asked."""

    def connect(self) -> "Connection":
        return self

    def cursor(self) -> None:
        """None is needed."""

    def close(self) -> None:
        """Nothing is open."""


def test_what_has_landed_is_taken_in_and_nothing_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[str] = []

    def shut(*_: object) -> None:
        done.append("gate")
        raise PipelineStopped("too poor")

    monkeypatch.setattr(pipeline, "check_gate", shut)
    monkeypatch.setattr(pipeline, "_lakeledger", lambda _, title, *__: done.append(title))
    monkeypatch.setattr(pipeline, "run_dbt_patiently", lambda *_, **__: done.append("dbt"))
    run = pipeline.Run(
        settings=Settings(home=tmp_path, cache=tmp_path), console=Console(quiet=True)
    )
    with pytest.raises(PipelineStopped):
        pipeline.take_in_and_build(run, cast(Any, Connection()))
    assert done == ["Ingest", "gate"]


def test_an_alert_is_meant_by_how_its_id_begins() -> None:
    state = checked(69).state
    assert chosen(state, ID[:3]).alert_id == ID
    for wrong in ("", "xyz", f"{ID}0"):
        with pytest.raises(AlertUnknown, match="lakeledger alerts list"):
            chosen(state, wrong)
