"""The split is honest, probabilities are probabilities, the rule is the rule, decisions hold."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from operations.learning import churn
from operations.learning.candidate import Candidate, Champion, decide
from operations.learning.errors import TooLittleHistory
from operations.learning.evaluation import Comparison, Interval
from tests.unit.learning.customers import FIRST, history


@pytest.fixture(scope="module")
def trained() -> Candidate:
    return churn.candidate(history(), None, samples=100)


def test_what_is_learned_from_was_over_by_the_cutoff_that_judges() -> None:
    parts = churn.split(history(weeks=16, horizon=28))
    assert parts.cutoff == FIRST + timedelta(weeks=15)
    assert set(parts.test["cutoff_date"]) == {parts.cutoff}
    assert max(parts.train["horizon_ended_date"]) == parts.cutoff
    assert max(parts.train["cutoff_date"]) == parts.cutoff - timedelta(days=28)


@pytest.mark.parametrize(
    "frame",
    [history(weeks=4), history(weeks=16, customers=10), history().assign(is_churned=True)],
)
def test_too_little_is_said_with_what_is_missing(frame: pd.DataFrame) -> None:
    with pytest.raises(TooLittleHistory, match=r"churn: judged on the cut-off 2011-.*it takes 200"):
        churn.split(frame)


def test_it_finds_what_is_there_and_beats_the_rule(trained: Candidate) -> None:
    assert trained.main.metric == "roc_auc"
    assert trained.main.model.value > trained.main.baseline.value
    assert (trained.train_rows, trained.test_rows) == (12 * 60, 60)
    assert decide(trained).promoted


def test_probabilities_are_calibrated_on_strangers(trained: Candidate) -> None:
    rows = history(seed=8)
    chances = churn.predict(trained.estimator, rows)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert chances.mean() == pytest.approx(rows["is_churned"].mean(), abs=0.05)


def test_the_same_rows_make_the_same_model(trained: Candidate) -> None:
    again = churn.candidate(history(), None, samples=100)
    rows = history(seed=9)
    assert (
        churn.predict(again.estimator, rows) == churn.predict(trained.estimator, rows)
    ).all()  # fmt: skip
    assert again.comparisons == trained.comparisons


def test_the_rule_is_the_share_lost_at_that_recency() -> None:
    train = pd.DataFrame(
        {
            "recency_days": [1, 2, 3, 4, 40, 41],
            "is_churned": [True, False, False, False, True, True],
        }
    )
    asked = pd.DataFrame({"recency_days": [5.0, 44.0, 500.0]})
    assert churn.recency_rule(train, asked).tolist() == [0.25, 1.0, 1.0]


def test_outcomes_are_no_features() -> None:
    assert not {"is_churned", "horizon_ended_date"} & set(churn.FEATURES)
    rows = history(weeks=1)
    flipped = rows.assign(is_churned=~rows["is_churned"])
    assert churn.matrix(rows).equals(churn.matrix(flipped))
    assert churn.matrix(rows).notna().all(axis=None)


def difference(value: float, low: float, high: float) -> Interval:
    return Interval(value, low, high)


def judged(trained: Candidate, low: float, against: Interval | None = None) -> Candidate:
    main: Comparison = replace(trained.main, difference=difference(low + 0.05, low, low + 0.1))
    return replace(trained, comparisons=(main,), against_champion=against)


def test_only_what_surely_beats_the_baseline_is_promoted(trained: Candidate) -> None:
    refused = decide(judged(trained, low=-0.001))
    assert (refused.promoted, refused.status) == (False, "refused")
    assert "not surely above that of recency_rule" in refused.reason
    assert decide(judged(trained, low=0.001)).status == "promoted"


def test_a_version_worse_than_the_one_in_use_is_refused(trained: Candidate) -> None:
    worse = decide(judged(trained, 0.1, difference(-0.02, -0.03, 0.01)))
    assert not worse.promoted
    assert "below that of the version in use" in worse.reason
    assert decide(judged(trained, 0.1, difference(-0.004, -0.03, 0.01))).promoted


def test_a_version_in_use_that_knows_the_future_is_no_measure(trained: Candidate) -> None:
    later = Champion("7", date(2030, 1, 7), trained.estimator, trained.reference)
    decision = decide(trained, later)
    assert not decision.promoted
    assert "2030-01-07" in decision.reason


def test_a_champion_on_the_same_rows_differs_by_nothing(trained: Candidate) -> None:
    champion = Champion("1", trained.cutoff, trained.estimator, trained.reference)
    again = churn.candidate(history(), champion, samples=50)
    assert again.against_champion == Interval(0.0, 0.0, 0.0)


def test_no_customer_is_in_two_folds() -> None:
    """Two models: one would know each customer by heart, if it met it twice."""
    rows = history(weeks=16, customers=60)
    rows["is_churned"] = np.arange(len(rows)) % 60 < 30  # who is lost is lost in every week
    rows[["recency_days", "order_count", "revenue"]] = 10.0
    chances = churn.predict(churn.fit(churn.split(rows).train), rows)
    assert chances.std() < 0.2
