"""What checks change, and where alerts stand by what was written down."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from operations.alerting.fold import fold
from operations.alerting.model import Kind, Severity, alert_id_of
from tests.unit.alerting.samples import MINUTE, History, finding, rule

HOUR = 60 * MINUTE
ID = alert_id_of("stale-data", "source-0")


def test_an_alert_opens_once_becomes_worse_once_and_is_over() -> None:
    history = History()
    assert history.stale(23.9) == []
    assert history.stale(24.0) == []
    assert history.stale(25) == [Kind.opened]
    assert history.state.open[ID].severity is Severity.MEDIUM
    assert history.stale(40) == []
    assert history.stale(49) == [Kind.raised]
    assert history.state.open[ID].severity is Severity.HIGH
    assert history.stale(30) == []
    assert history.state.open[ID].severity is Severity.HIGH
    assert history.stale(0) == [Kind.resolved]
    assert history.state.open == {}
    assert history.stale(25) == [Kind.opened]


def test_a_subject_that_is_asked_about_no_more_is_over() -> None:
    history = History()
    history.stale(25, 25)
    assert history.stale(25) == [Kind.resolved]
    assert [alert.subject for alert in history.state.open.values()] == ["source-0"]


def test_what_cannot_be_asked_stays_as_it_is() -> None:
    history = History()
    history.stale(25)
    assert history.check({}) == []
    assert list(history.state.open) == [ID]


def test_an_alert_of_a_rule_that_is_gone_is_over() -> None:
    history = History()
    history.stale(25)
    history.rules = (rule("another"),)
    assert history.check({}) == [Kind.resolved]


def test_of_two_rows_about_the_same_the_worse_counts() -> None:
    history = History()
    assert history.check({"stale-data": [finding(value=25), finding(value=50)]}) == [Kind.opened]
    (alert,) = history.state.open.values()
    assert alert.severity is Severity.HIGH
    assert alert.newest.value == 50


def test_nobody_answers_and_it_is_escalated_once() -> None:
    history = History()
    history.stale(25)
    assert history.check({"stale-data": [finding("source-0")]}, 59 * MINUTE) == []
    assert history.check({"stale-data": [finding("source-0")]}, 1 * MINUTE) == [Kind.escalated]
    assert history.check({"stale-data": [finding("source-0")]}, 5 * HOUR) == []


def test_who_answers_keeps_it_from_being_escalated_until_it_is_worse() -> None:
    history = History()
    history.stale(25)
    history.acknowledge(ID)
    answered = history.state.open[ID].acknowledged
    assert answered is not None
    assert (answered.actor, answered.detail) == ("on duty", "is mended")
    same = {"stale-data": [finding("source-0")]}
    assert history.check(same, 5 * HOUR) == []
    worse = {"stale-data": [finding("source-0", 49)]}
    assert history.check(worse) == [Kind.raised]
    assert history.state.open[ID].acknowledged is None
    assert history.check(worse, 59 * MINUTE) == []
    assert history.check(worse, 1 * MINUTE) == [Kind.escalated]


def test_what_cannot_be_asked_is_escalated_all_the_same() -> None:
    history = History()
    history.stale(25)
    assert history.check({}, 2 * HOUR) == [Kind.escalated]


def test_below_is_the_other_side() -> None:
    levels = (("HIGH", 85.0), ("CRITICAL", 70.0))
    history = History(rules=(rule("quality", levels, side="below"),))
    opened = [finding("good", 85), finding("poor", 84.9), finding("bad", 69.9)]
    assert history.check({"quality": opened}) == [Kind.opened, Kind.opened]
    found = {alert.subject: alert.severity for alert in history.state.open.values()}
    assert found == {"poor": Severity.HIGH, "bad": Severity.CRITICAL}


def test_the_worst_and_then_the_oldest_stands_first() -> None:
    history = History()
    history.stale(25)
    history.stale(25, 50, 25)
    subjects = [alert.subject for alert in history.state.by_severity()]
    assert subjects == ["source-1", "source-0", "source-2"]


# A check: hours of each of two sources, or that they cannot be asked; minutes since the one before.
CHECKS = st.lists(
    st.tuples(
        st.none() | st.tuples(*[st.sampled_from((0.0, 25.0, 49.0))] * 2),
        st.sampled_from((1, 10, 70)),
    ),
    max_size=12,
)


def played(checks: list[tuple[tuple[float, float] | None, int]]) -> History:
    history = History()
    for values, minutes in checks:
        found = [finding(f"source-{n}", value) for n, value in enumerate(values or ())]
        history.check({} if values is None else {"stale-data": found}, minutes * MINUTE)
    return history


@given(CHECKS)
def test_what_is_open_is_what_was_last_found(
    checks: list[tuple[tuple[float, float] | None, int]],
) -> None:
    asked = [values for values, _ in checks if values is not None]
    expected = {f"source-{n}" for n, value in enumerate(asked[-1] if asked else ()) if value > 24}
    assert {alert.subject for alert in played(checks).state.open.values()} == expected


@given(CHECKS)
def test_a_check_that_is_repeated_changes_nothing(
    checks: list[tuple[tuple[float, float] | None, int]],
) -> None:
    history = played(checks)
    last = next((values for values, _ in reversed(checks) if values is not None), None)
    found = [finding(f"source-{n}", value) for n, value in enumerate(last or ())]
    kinds = history.check({"stale-data": found} if last else {}, timedelta(microseconds=1))
    assert kinds == []


@given(CHECKS, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_read_does_not_matter(
    checks: list[tuple[tuple[float, float] | None, int]], dice: random.Random
) -> None:
    history = played(checks)
    shuffled = [*history.events, *history.events[:1]]
    dice.shuffle(shuffled)
    assert fold(shuffled).open.keys() == history.state.open.keys()
    assert len({event.event_id for event in history.events}) == len(history.events)


@given(CHECKS)
def test_openings_and_endings_of_an_alert_alternate(
    checks: list[tuple[tuple[float, float] | None, int]],
) -> None:
    for subject in ("source-0", "source-1"):
        kinds = [
            event.kind
            for event in played(checks).events
            if event.subject == subject and event.kind in (Kind.opened, Kind.resolved)
        ]
        assert kinds[::2] == [Kind.opened] * len(kinds[::2])
        assert kinds[1::2] == [Kind.resolved] * len(kinds[1::2])
