"""Which customers buy nothing within the horizon: logistic regression, beside a recency rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from operations.learning.candidate import Candidate, Champion
from operations.learning.drift import reference_of
from operations.learning.errors import TooLittleHistory
from operations.learning.evaluation import (
    SAMPLES,
    Comparison,
    Vector,
    average_precision,
    brier,
    calibration_error,
    compared,
    reliability,
    roc_auc,
)

BASELINE = "recency_rule"
# Columns of the features that the model sees, in this order. Not those of 90 days: with less than
# 90 days of history before the cut-offs of training they say the same as those without a limit.
FEATURES = (
    "recency_days", "tenure_days", "order_count", "order_count_30d", "order_days", "revenue",
    "revenue_30d", "average_basket", "returned_share", "mean_gap_days",
)  # fmt: skip
PARAMETERS: Mapping[str, str | int | float] = {"C": 0.1, "calibration": "sigmoid", "folds": 5}
_FEWEST_TRAIN, _FEWEST_TEST = 200, 50
_RULE_DAYS = 15


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to learn from, whose horizon was over by ``cutoff``, and rows of ``cutoff`` itself."""

    train: pd.DataFrame
    test: pd.DataFrame
    cutoff: date


def split(history: pd.DataFrame) -> Split:
    """The newest cut-off whose outcome is known is for judging, what was over by then to learn.

    Args:
        history: features with ``is_churned`` and ``horizon_ended_date``, a row per customer and
            cut-off.

    Raises:
        TooLittleHistory: if either side has too few rows or only one kind of customers.
    """
    cutoff = max(history["cutoff_date"])
    train = history[history["horizon_ended_date"] <= cutoff]
    test = history[history["cutoff_date"] == cutoff]
    one_kind = any(side["is_churned"].nunique() < 2 for side in (train, test))
    if len(train) < _FEWEST_TRAIN or len(test) < _FEWEST_TEST or one_kind:
        raise TooLittleHistory(
            f"churn: judged on the cut-off {cutoff}, there are {len(train)} rows whose horizon was "
            f"over by then and {len(test)} to judge by; it takes {_FEWEST_TRAIN} and "
            f"{_FEWEST_TEST} with lost and kept customers on both sides. Take in more days."
        )
    return Split(train.reset_index(drop=True), test.reset_index(drop=True), cutoff)


def matrix(features: pd.DataFrame) -> pd.DataFrame:
    """What the model computes with: logarithms, and whether there is a gap to speak of."""
    values = features[list(FEATURES)].astype(float)
    single = values["mean_gap_days"].isna()
    gap = values["mean_gap_days"].fillna(values["tenure_days"])
    overdue = values["recency_days"] / gap.clip(lower=1)
    values = values.assign(mean_gap_days=gap, overdue=overdue.where(~single, 1.0))
    # Times and amounts span orders of magnitude; what was returned cannot be below zero.
    logs: pd.DataFrame = np.log1p(values.clip(lower=0))
    return logs.assign(single=single.astype(float))


def fit(train: pd.DataFrame) -> Any:
    """A calibrated classifier. No customer is in two folds: its probabilities are of strangers."""
    inputs, labels = matrix(train), train["is_churned"].to_numpy(dtype=float)
    folds = GroupKFold(int(PARAMETERS["folds"]))
    places = list(folds.split(inputs, labels, groups=train["customer_key"]))
    classifier = make_pipeline(
        StandardScaler(), LogisticRegression(C=float(PARAMETERS["C"]), max_iter=1000)
    )
    calibrated = CalibratedClassifierCV(
        classifier, method=str(PARAMETERS["calibration"]), cv=places, ensemble=False
    ).fit(inputs, labels)
    # Where rows stood in the training is nothing to keep.
    return calibrated.set_params(cv=len(places))


def predict(estimator: Any, features: pd.DataFrame) -> Vector:
    """Probability of churn, in the order of the rows."""
    return np.asarray(estimator.predict_proba(matrix(features))[:, 1])


def recency_rule(train: pd.DataFrame, features: pd.DataFrame) -> Vector:
    """What somebody would do without a model: the share that was lost at that recency."""
    groups = train["recency_days"] // _RULE_DAYS
    rates = train.groupby(groups)["is_churned"].mean()
    asked = (features["recency_days"] // _RULE_DAYS).to_numpy(dtype=float)
    known = rates.index.to_numpy(dtype=float)
    return np.asarray(np.interp(asked, known, rates.to_numpy(dtype=float)))


def candidate(
    history: pd.DataFrame, champion: Champion | None, samples: int = SAMPLES
) -> Candidate:
    """Trains, and judges beside the rule and the version in use.

    Raises:
        TooLittleHistory: see split.
    """
    parts = split(history)
    estimator = fit(parts.train)
    probabilities = predict(estimator, parts.test)
    labels = parts.test["is_churned"].to_numpy(dtype=float)
    against = None
    if champion is not None:
        theirs = predict(champion.estimator, parts.test)
        names = ("roc_auc", f"version {champion.version}")
        against = compared(roc_auc, names, labels, (probabilities, theirs), samples).difference
    return Candidate(
        model="churn",
        estimator=estimator,
        example=matrix(parts.test.head(20)),
        cutoff=parts.cutoff,
        train_rows=len(parts.train),
        test_rows=len(parts.test),
        comparisons=_comparisons(parts, labels, probabilities, samples),
        against_champion=against,
        reference=reference_of(matrix(parts.train).assign(score=predict(estimator, parts.train))),
        parameters=PARAMETERS,
        tables=_tables(parts, estimator, labels, probabilities),
    )


def _comparisons(
    parts: Split, labels: Vector, probabilities: Vector, samples: int
) -> tuple[Comparison, ...]:
    # Days since the last purchase rank more finely than the rule's groups: the harder baseline.
    recency = parts.test["recency_days"].to_numpy(dtype=float)
    rule = recency_rule(parts.train, parts.test)
    return (
        compared(roc_auc, ("roc_auc", BASELINE), labels, (probabilities, recency), samples),
        compared(
            average_precision,
            ("average_precision", BASELINE),
            labels,
            (probabilities, recency),
            samples,
        ),
        compared(brier, ("brier", BASELINE), labels, (probabilities, rule), samples),
        compared(
            calibration_error, ("calibration_error", BASELINE), labels, (probabilities, rule),
            samples,
        ),
    )  # fmt: skip


def _tables(
    parts: Split, estimator: Any, labels: Vector, probabilities: Vector
) -> dict[str, pd.DataFrame]:
    inner = estimator.calibrated_classifiers_[0].estimator
    weights = inner.named_steps["logisticregression"].coef_[0]
    names = matrix(parts.train.head(1)).columns
    order = np.argsort(-np.abs(weights))
    return {
        "Reliability: tenths of customers by their probability": pd.DataFrame(
            [
                (f"{group.predicted:.3f}", f"{group.observed:.3f}", group.count)
                for group in reliability(labels, probabilities)
            ],
            columns=["predicted", "lost", "customers"],
        ),
        "Weights of the features, as logarithms in standard deviations": pd.DataFrame(
            [(names[place], f"{weights[place]:+.3f}") for place in order],
            columns=["feature", "weight"],
        ),
    }
