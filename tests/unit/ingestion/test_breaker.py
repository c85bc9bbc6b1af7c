"""A breaker opens when too much fails, and lets one attempt through after a pause."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingestion.breaker import CLOSED, LIMITS, Attempt, Breaker, breaker_of

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def attempts(outcomes: str, every: timedelta = MINUTE) -> list[Attempt]:
    """`.` went well, `x` failed; one after the other."""
    return [
        Attempt(ended_at=START + number * every, succeeded=outcome == ".")
        for number, outcome in enumerate(outcomes)
    ]


def after(outcomes: str, pause: timedelta = timedelta(0)) -> Breaker:
    """The breaker some time after the last of these attempts."""
    made = attempts(outcomes)
    return breaker_of(made, (made[-1].ended_at if made else START) + pause)


def test_few_failures_open_nothing() -> None:
    for outcomes in ("", ".", "x", "xx", "xx.", "..x.x", "x..x.."):
        assert after(outcomes) == CLOSED, outcomes


def test_half_of_the_window_opens_it() -> None:
    for outcomes in ("xxx", ".xx", "......xxxxxx"):
        assert after(outcomes).state == "open", outcomes
    assert after("xxx").until == START + 2 * MINUTE + LIMITS.cool_down


def test_old_failures_leave_the_window() -> None:
    assert after("xx" + 8 * "." + 9 * "." + "xxx") == CLOSED


def test_after_the_pause_one_attempt_decides() -> None:
    assert after("xxx", LIMITS.cool_down).state == "half-open"
    assert after("xxx.") == CLOSED
    assert after("xxx.xx") == CLOSED
    assert after("xxxx").state == "open"
    assert after("xxxx", 2 * LIMITS.cool_down).state == "half-open"
    assert after("xxxx", 2 * LIMITS.cool_down - MINUTE).state == "open"


@given(st.text(alphabet=".x", max_size=40))
def test_any_history_pauses_for_a_bounded_time_and_ends_with_a_success(outcomes: str) -> None:
    made = attempts(outcomes)
    now = made[-1].ended_at if made else START
    found = breaker_of(made, now)
    if found.until is not None:
        assert LIMITS.cool_down <= found.until - now <= LIMITS.longest
        assert outcomes.endswith("x")
    assert breaker_of(made, now + LIMITS.longest).state in ("closed", "half-open")
    healed = [*made, Attempt(ended_at=now + LIMITS.longest, succeeded=True)]
    if found.state != "closed":
        assert breaker_of(healed, now + LIMITS.longest) == CLOSED
