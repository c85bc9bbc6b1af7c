"""Answers that are kept: asked once for all readers, a page's at once, failures never kept."""

import threading
import time

import pytest

from operations.console.answers import Answers
from operations.console.frames import Answer
from operations.console.kinds import Query
from operations.console.queries import ANOMALIES, DRIFT, QUARANTINE
from tests.unit.console import made_up


class Counted:
    """Answers, and counts by query how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def __call__(self, query: Query) -> Answer:
        self.asked.append(query.analysis)
        if self.fails:
            raise ConnectionError("gone")
        return made_up.empty(query)


def test_an_answer_is_given_again_until_its_time_is_over_or_it_is_forgotten() -> None:
    ask = Counted()
    answers = Answers(ask)
    assert answers.ask(DRIFT) is answers.ask(DRIFT)
    answers.ahead([DRIFT, ANOMALIES])
    answers.ask(ANOMALIES)
    assert ask.asked == [DRIFT.analysis, ANOMALIES.analysis]
    answers.forget()
    answers.ask(DRIFT)
    assert ask.asked.count(DRIFT.analysis) == 2
    short = Answers(ask, seconds=0)
    for _ in range(2):
        short.ahead([DRIFT])
        short.ask(DRIFT)
    assert ask.asked.count(DRIFT.analysis) == 4


def test_a_failure_is_raised_and_the_next_reader_asks_anew() -> None:
    ask = Counted()
    answers = Answers(ask)
    ask.fails = True
    answers.ahead([DRIFT])
    with pytest.raises(ConnectionError):
        answers.ask(DRIFT)
    ask.fails = False
    assert answers.ask(DRIFT).frame.empty


def test_questions_of_a_page_are_asked_at_once() -> None:
    # Passes only if all three are being asked at the same time.
    together = threading.Barrier(3, timeout=30)

    def ask(query: Query) -> Answer:
        together.wait()
        return made_up.empty(query)

    answers = Answers(ask)
    answers.ahead([DRIFT, ANOMALIES, QUARANTINE])
    assert all(answers.ask(query).frame.empty for query in (DRIFT, ANOMALIES, QUARANTINE))


def test_readers_who_come_at_once_wait_for_one_answer() -> None:
    go, asked = threading.Event(), []

    def ask(query: Query) -> Answer:
        asked.append(query)
        go.wait(30)
        return made_up.empty(query)

    answers = Answers(ask)
    readers = [threading.Thread(target=answers.ask, args=(DRIFT,)) for _ in range(3)]
    for reader in readers:
        reader.start()
    go.set()
    for reader in readers:
        reader.join()
    assert len(asked) == 1


class Slow:
    """Answers at once the first time; later ones wait until they are let."""

    def __init__(self) -> None:
        self.let, self.count = threading.Event(), 0

    def __call__(self, query: Query) -> Answer:
        self.count += 1
        if self.count > 1:
            self.let.wait(30)
        return made_up.empty(query)


def test_who_waits_too_long_for_an_answer_anew_has_the_one_before() -> None:
    ask = Slow()
    answers = Answers(ask, seconds=0, patience=0.05)
    first = answers.ask(DRIFT)
    answers.ahead([DRIFT])
    assert answers.ask(DRIFT) is first
    assert answers.ask(DRIFT) is first
    assert ask.count == 2  # it is still being asked for, once
    ask.let.set()
    while answers.ask(DRIFT) is first:
        time.sleep(0.01)


def test_an_answer_that_is_too_old_is_not_given_for_want_of_a_new_one() -> None:
    ask = Slow()
    answers = Answers(ask, seconds=0, patience=0.05, oldest=0)
    first = answers.ask(DRIFT)
    answers.ahead([DRIFT])
    threading.Timer(0.3, ask.let.set).start()
    assert answers.ask(DRIFT) is not first


def test_a_failure_anew_is_told_and_not_hidden_by_the_answer_before() -> None:
    ask = Counted()
    answers = Answers(ask, seconds=0)
    answers.ask(DRIFT)
    ask.fails = True
    answers.ahead([DRIFT])
    with pytest.raises(ConnectionError):
        answers.ask(DRIFT)


def test_questions_of_other_pages_are_read_one_at_a_time_and_once() -> None:
    at_once, most = 0, 0
    lock = threading.Lock()
    counted = Counted()

    def ask(query: Query) -> Answer:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        return counted(query)

    answers = Answers(ask)
    answers.ask(DRIFT)
    answers.in_advance([DRIFT, ANOMALIES, QUARANTINE])
    answers.in_advance([DRIFT, ANOMALIES, QUARANTINE])
    deadline = time.monotonic() + 30
    while len(counted.asked) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    answers.in_advance([DRIFT, ANOMALIES, QUARANTINE])
    assert sorted(counted.asked) == sorted(
        query.analysis for query in (DRIFT, ANOMALIES, QUARANTINE)
    )
    assert most == 1


def test_an_answer_that_was_young_enough_when_the_page_began_is_not_waited_for() -> None:
    ask = Slow()
    answers = Answers(ask, seconds=0.2, patience=30)
    first = answers.ask(DRIFT)
    answers.ahead([DRIFT])
    time.sleep(0.3)
    assert answers.ask(DRIFT) is first
    assert ask.count == 1


def test_a_failure_that_was_read_in_advance_is_not_kept() -> None:
    ask = Counted()
    answers = Answers(ask)
    ask.fails = True
    answers.in_advance([DRIFT])
    deadline = time.monotonic() + 30
    while answers._in_advance.locked() and time.monotonic() < deadline:
        time.sleep(0.01)
    ask.fails = False
    answers.ahead([DRIFT])
    assert answers.ask(DRIFT).frame.empty
    assert len(ask.asked) == 2
