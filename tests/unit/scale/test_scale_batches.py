"""Batches against sums done by hand, and what has to hold whatever lands."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.scale.batches import (
    Curve,
    Server,
    backlog,
    freshness,
    landed_by,
    percentile,
    serve,
    together,
)

EVENTS = st.lists(st.integers(0, 50), min_size=1, max_size=200).map(
    lambda counts: np.array(counts, dtype=np.float64)
)


def server(each: float, fixed: float = 0.0, every: float = 0.0, limit: float = np.inf) -> Server:
    return Server(
        seconds=lambda new, _: fixed + new * each if new else fixed, every=every, limit=limit
    )


def constant(rate: float, seconds: int) -> Curve:
    return np.full(seconds, rate)


@given(EVENTS, st.floats(0, 2), st.floats(0, 20), st.sampled_from([0.0, 5.0]), st.floats(1, 99))
@settings(max_examples=150, deadline=None)
def test_what_landed_is_shown_or_waits(
    landed: Curve, each: float, fixed: float, every: float, limit: float
) -> None:
    shown = serve(landed_by(landed), server(each, fixed, every, limit), 5_000)
    seen = shown.at(np.arange(1.0, landed.size + 1))
    assert seen + backlog(landed, shown) == pytest.approx(np.cumsum(landed))
    assert (np.diff(shown.counts, prepend=0.0) <= limit + 1e-9).all()
    assert (shown.begins[1:] >= shown.ends[:-1]).all()
    # Nothing is shown that had not landed when its batch began.
    there = np.array([landed_by(landed)(begin) for begin in shown.begins])
    assert (shown.counts <= there + 1e-9).all()


@given(EVENTS, st.floats(0, 0.01), st.floats(0, 5))
@settings(max_examples=100, deadline=None)
def test_with_time_enough_all_is_shown(landed: Curve, each: float, fixed: float) -> None:
    shown = serve(landed_by(landed), server(each, fixed), 5_000)
    assert shown.by(10_000) == landed.sum()
    ages = freshness(landed, shown)[landed > 0]
    assert np.isfinite(ages).all()
    assert (ages >= fixed).all()


@given(EVENTS, st.floats(1, 100), st.floats(1, 5))
@settings(max_examples=150, deadline=None)
def test_more_cores_are_never_worse_where_a_batch_keeps_within_its_interval(
    landed: Curve, limit: float, factor: float
) -> None:
    """Batches then begin at every multiple of 5 s: at each, the faster has taken no less."""
    slow = serve(landed_by(landed), server(5 / limit, 0, 5, limit), 100_000)
    fast = serve(landed_by(landed), server(5 / limit / factor, 0, 5, limit * factor), 100_000)
    ticks = np.arange(5.0, 1_000.0, 5.0)
    assert (fast.at(ticks) >= slow.at(ticks) - 1e-6).all()


def test_a_rate_below_capacity_waits_for_two_rounds_at_most() -> None:
    """A round of r = fixed + rate * r * each seconds; a file waits for one and for its own."""
    rate, each, fixed = 40.0, 0.01, 60.0
    landed, lasts = constant(rate, 20_000), fixed / (1 - rate * each)
    shown = serve(landed_by(landed), server(each, fixed), 40_000)
    later = slice(10_000, 19_000)
    ages = freshness(landed, shown)[later]
    assert ages.max() == pytest.approx(2 * lasts, abs=3)
    assert np.median(ages) == pytest.approx(1.5 * lasts, abs=3)
    assert ages.min() == pytest.approx(lasts, abs=3)
    assert backlog(landed, shown)[later].max() == pytest.approx(2 * lasts * rate, rel=0.03)


def test_a_rate_above_capacity_grows_by_the_difference() -> None:
    landed = constant(15, 1_000)
    shown = serve(landed_by(landed), server(0.1), 1_000)
    waiting = backlog(landed, shown)
    # Whole batches double, so what is seen lags by one; what has been served does not.
    last = np.searchsorted(shown.ends, 1_000)
    assert shown.ends[last - 1] - shown.counts[last - 1] * 0.1 == pytest.approx(1, abs=1)
    assert waiting[-1] > 5 * 1_000


def test_the_limit_of_a_batch_is_served_as_a_fluid_would_be() -> None:
    """Nothing for 600 s, then six times the rate until it is made up for: the closed form."""
    rate, capacity, length, factor = 100.0, 250.0, 600, 6
    catching_up = length // (factor - 1)
    landed = np.concatenate(
        [constant(rate, 100), constant(0, length), constant(factor * rate, catching_up),
         constant(rate, 2_000)]
    )  # fmt: skip
    shown = serve(landed_by(landed), server(1 / capacity, 0, 1, capacity), 10_000)
    waiting = backlog(landed, shown)
    most = (factor * rate - capacity) * catching_up
    assert waiting.max() == pytest.approx(most, rel=0.02)
    drained = 100 + length + catching_up + most / (capacity - rate)
    over = np.flatnonzero(waiting > 2.5 * rate)[-1]
    assert over == pytest.approx(drained, rel=0.02)


def test_one_server_behind_two_sees_the_sum() -> None:
    groups = tuple(
        serve(landed_by(constant(rate, 50)), server(0.001, every=every), 100)
        for rate, every in ((3.0, 5.0), (7.0, 4.0))
    )
    there = together(groups)
    for time in (0.0, 4.0, 4.5, 33.3, 90.0):
        assert there(time) == pytest.approx(sum(group.by(time) for group in groups))
    assert there(90.0) == pytest.approx(500)


def test_percentiles_weigh() -> None:
    values, weights = np.array([30.0, 10.0, 20.0]), np.array([1.0, 98.0, 1.0])
    assert percentile(values, weights, 0.5) == 10
    assert percentile(values, weights, 0.99) == 20
    assert percentile(values, weights, 1.0) == 30
    assert percentile(values, np.zeros(3), 0.5) == 0
