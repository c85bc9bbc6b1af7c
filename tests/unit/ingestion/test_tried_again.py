"""A source that fails in a continuous run is tried again, if the settings say after how long."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from ingestion.breaker import CLOSED, Breaker
from ingestion.run import _again
from ingestion.settings import Settings
from ingestion.stream import SourceResult

FAILED = SourceResult(source="audit", table="b.audit", status="failed", message="no right to read")
ENDED = replace(FAILED, status="stopped", message="")
OPEN = Breaker(state="open")
CONTINUOUS = Settings(landing="/l", checkpoints="/c", continuous=10, retry_seconds=0.001)


def results(*wanted: SourceResult) -> tuple[Callable[[Breaker], SourceResult], list[Breaker]]:
    """A source that ends with these results, one after the other; and the breakers it was given."""
    left, given = list(wanted), list[Breaker]()

    def run(breaker: Breaker) -> SourceResult:
        given.append(breaker)
        return left.pop(0)

    return run, given


def test_each_failure_is_told_and_tried_again_until_it_goes_well() -> None:
    run, breakers = results(replace(FAILED, status="held off"), FAILED, ENDED)
    told: list[SourceResult] = []
    assert _again(run, OPEN, CONTINUOUS, threading.Event(), told.append) == ENDED
    assert [result.status for result in told] == ["held off", "failed"]
    # The pause stands for the breaker once that was heard: it was read when the run began.
    assert breakers == [OPEN, CLOSED, CLOSED]


def test_a_stop_ends_the_pause_and_the_failure_is_told_once() -> None:
    run, _ = results(FAILED)
    stop, told = threading.Event(), list[SourceResult]()
    stop.set()
    settings = replace(CONTINUOUS, retry_seconds=3600.0)
    assert _again(run, CLOSED, settings, stop, told.append) == ENDED
    assert told == [FAILED]


@pytest.mark.parametrize(
    "settings", [replace(CONTINUOUS, retry_seconds=None), replace(CONTINUOUS, continuous=None)]
)
def test_else_a_failure_is_the_result(settings: Settings) -> None:
    run, _ = results(FAILED)
    assert _again(run, CLOSED, settings, threading.Event(), pytest.fail) == FAILED
