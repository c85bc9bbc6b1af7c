"""Metrics have their known values, intervals hold what they say, drift is seen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.learning.drift import drift_of, psi, reference_of, shares_of
from operations.learning.evaluation import (
    average_precision,
    average_precision_at,
    brier,
    calibration_error,
    compared,
    mean_of_rows,
    reliability,
    roc_auc,
)


def test_known_values() -> None:
    labels, scores = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.1, 0.4, 0.35, 0.8])
    assert roc_auc(labels, scores) == 0.75
    assert average_precision(labels, scores) == pytest.approx(0.8333, abs=1e-4)
    assert brier(labels, scores) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)
    assert roc_auc(np.ones(3), np.arange(3.0)) == 0.5
    assert average_precision(np.zeros(3), np.arange(3.0)) == 0.0


@pytest.mark.parametrize(
    ("recommended", "bought", "expected"),
    [
        (["a", "b", "c"], {"a", "c"}, (1 + 2 / 3) / 2),
        (["a", "b"], {"x"}, 0.0),
        (["x"], {"x", "y", "z"}, 1 / 3),
        ([], {"x"}, 0.0),
        (["a"], set(), 0.0),
        ([*"abcdefghij", "x"], {"x"}, 0.0),
        ([*"abcdefghij"], set("abcdefghijklm"), 1.0),
    ],
)
def test_average_precision_of_a_list(
    recommended: list[str], bought: set[str], expected: float
) -> None:
    assert average_precision_at(recommended, bought) == pytest.approx(expected)


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        values = rng.normal(0.3, 1, 80)
        one = compared(mean_of_rows, ("m", "b"), np.zeros(80), (values, np.zeros(80)), 200)
        held += one.difference.low <= 0.3 <= one.difference.high
    assert 86 <= held <= 100


def test_a_difference_is_paired() -> None:
    """Both swing with the rows that are drawn, their difference does not."""
    rng = np.random.default_rng(2)
    theirs = rng.normal(0, 10, 200)
    one = compared(mean_of_rows, ("m", "b"), np.zeros(200), (theirs + 0.1, theirs), 300)
    assert one.model.high - one.model.low > 1
    assert one.difference.low == pytest.approx(0.1)
    assert one.difference.high == pytest.approx(0.1)


def test_the_same_rows_give_the_same_interval() -> None:
    rng = np.random.default_rng(3)
    labels, scores = (rng.random(100) > 0.5).astype(float), rng.random(100)
    twice = [compared(roc_auc, ("a", "b"), labels, (scores, -scores), 50) for _ in range(2)]
    assert twice[0] == twice[1]


def test_calibration() -> None:
    probabilities = np.repeat([0.2, 0.8], 50)
    exact = np.concatenate([np.tile([1, 0, 0, 0, 0], 10), np.tile([1, 1, 1, 1, 0], 10)])
    assert calibration_error(exact.astype(float), probabilities) == pytest.approx(0)
    assert calibration_error(1 - exact.astype(float), probabilities) == pytest.approx(0.6)
    groups = reliability(exact.astype(float), probabilities, bins=2)
    assert [(round(g.predicted, 6), g.observed, g.count) for g in groups] == [
        (0.2, 0.2, 50),
        (0.8, 0.8, 50),
    ]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_no_drift_from_itself(values: list[float]) -> None:
    found = np.array(values)
    assert psi(shares_of(found), found) == pytest.approx(0, abs=1e-12)


def test_psi_has_its_known_value() -> None:
    before = {"borders": [1.0], "shares": [0.5, 0.5]}
    after = np.array([0.0, 2.0, 2.0, 2.0])
    assert psi(before, after) == pytest.approx(-0.25 * np.log(0.5) + 0.25 * np.log(1.5))


def test_only_what_moved_has_drifted() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"stays": rng.random(2000), "moves": rng.random(2000)})
    later = pd.DataFrame({"stays": rng.random(2000), "moves": rng.random(2000) + 0.5, "new": 1.0})
    found = drift_of(reference_of(frame), later)
    assert found.keys() == {"stays", "moves"}
    assert found["stays"] < 0.05 < 0.25 < found["moves"]
