"""What each step refuses, and what it writes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from operations.close import steps
from operations.close.model import Content
from operations.close.periods import CloseRefused, Period
from operations.close.writer import seal_id
from tests.unit.close.samples import CONTENT, FEBRUARY_3RD, JANUARY, broken, event, facts


class Recorder:
    """A cursor that keeps what was executed."""

    def __init__(self) -> None:
        self.written: list[Mapping[str, Any]] = []

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> None:
        assert "period_events" in operation
        self.written.append(parameters or {})

    def fetchall(self) -> Sequence[Sequence[Any]]:
        return []


def act(actor: str) -> steps.Act:
    return steps.Act(actor=actor, now=FEBRUARY_3RD, revision="abc")


SOFT = event("soft_closed", "carol")


def test_a_soft_close_is_recorded_once() -> None:
    cursor = Recorder()
    assert "3.5 in 4 rows" in steps.soft_close(cursor, facts(), act("carol"))
    assert "already" in steps.soft_close(cursor, facts(SOFT), act("dora"))
    assert [(row["event"], row["actor"]) for row in cursor.written] == [("soft_closed", "carol")]


def test_an_approval_carries_the_hash_of_what_was_approved() -> None:
    cursor = Recorder()
    steps.approve(cursor, facts(SOFT), act("ann"))
    assert [(row["event"], row["subject"]) for row in cursor.written] == [("approved", "now")]


@pytest.mark.parametrize(
    ("given", "actor", "sentence"),
    [
        (facts(), "ann", "not soft closed"),
        (facts(SOFT), "Carol", "somebody else"),
        (facts(SOFT, event("approved", "ann", "now", minute=1)), "ann", "already"),
        (facts(SOFT, state="CLOSED"), "ann", "nothing left to approve"),
    ],
)
def test_an_approval_that_does_not_count_is_refused(
    given: steps.Facts, actor: str, sentence: str
) -> None:
    cursor = Recorder()
    with pytest.raises(CloseRefused, match=sentence):
        steps.approve(cursor, given, act(actor))
    assert cursor.written == []


def test_who_approved_other_rows_may_approve_again() -> None:
    cursor = Recorder()
    steps.approve(cursor, facts(SOFT, event("approved", "ann", "before", minute=1)), act("ann"))
    assert len(cursor.written) == 1


def test_only_an_open_break_can_be_waived() -> None:
    cursor = Recorder()
    found = facts(breaks=(broken(),))
    with pytest.raises(CloseRefused, match="open are: unpriced_usage"):
        steps.waive(cursor, found, act("ann"), "price_gap", None, "known")
    with pytest.raises(CloseRefused, match="--reason"):
        steps.waive(cursor, found, act("ann"), "unpriced_usage", None, " ")
    steps.waive(cursor, found, act("ann"), "unpriced_usage", "JOBS AWS per DBU", "known")
    assert [(row["subject"], row["reason"]) for row in cursor.written] == [
        ("unpriced_usage: JOBS AWS per DBU", "known")
    ]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201])
def test_a_person_has_a_name(name: str) -> None:
    with pytest.raises(CloseRefused, match="--by"):
        steps.person(name)


def test_an_unknown_period_or_account_is_told_with_what_is_known() -> None:
    states = [facts().state]
    with pytest.raises(CloseRefused, match="2031-01; known are 2026-01 to 2026-01"):
        steps.choose(states, Period(2031, 1), None)
    with pytest.raises(CloseRefused, match="a9 has no usage in 2026-01; with usage: a1"):
        steps.choose(states, Period(2026, 1), "a9")
    assert steps.choose(states, Period(2026, 1), "a1") == tuple(states)


def test_one_blocked_account_keeps_all_from_closing() -> None:
    with pytest.raises(steps.Blocked) as raised:
        steps.check_gates([facts(SOFT, breaks=(broken(),))], act("carol"))
    assert [line.gate for line in raised.value.found[JANUARY]] == ["prices", "approval"]


def test_the_same_rows_have_the_same_seal_and_others_another() -> None:
    assert seal_id(JANUARY, CONTENT) == seal_id(JANUARY, CONTENT)
    assert seal_id(JANUARY, CONTENT) != seal_id(JANUARY, Content(rows_hash="other"))
