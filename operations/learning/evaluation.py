"""How good predictions are, with 95 % intervals, beside a baseline on the same rows.

Intervals are percentiles of a paired bootstrap: each sample draws the same rows for the model and
for the baseline, so that the difference has an interval of its own.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

Vector = npt.NDArray[np.float64]
Metric = Callable[[Vector, Vector], float]
SAMPLES = 1000
SEED = 20101201
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A metric of a model and of its baseline; ``difference`` is model less baseline."""

    metric: str
    baseline_name: str
    model: Interval
    baseline: Interval
    difference: Interval


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose predictions lie close together: their mean, and the share that came true."""

    predicted: float
    observed: float
    count: int


def roc_auc(labels: Vector, scores: Vector) -> float:
    """Area under the ROC curve; 0.5 where only one class is there."""
    return float(roc_auc_score(labels, scores)) if 0 < labels.mean() < 1 else 0.5


def average_precision(labels: Vector, scores: Vector) -> float:
    """Mean precision over recall; 0 where nothing is positive."""
    return float(average_precision_score(labels, scores)) if labels.any() else 0.0


def brier(labels: Vector, probabilities: Vector) -> float:
    """Mean squared error of probabilities: the lower the better."""
    return float(brier_score_loss(labels, probabilities))


def mean_of_rows(_: Vector, values: Vector) -> float:
    """The mean of a figure that each row has by itself."""
    return float(values.mean())


def compared(
    metric: Metric,
    names: tuple[str, str],
    labels: Vector,
    scores: tuple[Vector, Vector],
    samples: int = SAMPLES,
) -> Comparison:
    """A metric of two predictions of the same rows.

    Args:
        names: of the metric and of the baseline.
        scores: of the model and of the baseline, in the order of ``labels``.
    """
    ours, theirs = scores
    rng = np.random.default_rng(SEED)
    drawn = np.empty((samples, 2))
    for number in range(samples):
        chosen = rng.integers(0, len(labels), len(labels))
        drawn[number] = (
            metric(labels[chosen], ours[chosen]),
            metric(labels[chosen], theirs[chosen]),
        )
    values = metric(labels, ours), metric(labels, theirs)
    return Comparison(
        metric=names[0],
        baseline_name=names[1],
        model=_interval(values[0], drawn[:, 0]),
        baseline=_interval(values[1], drawn[:, 1]),
        difference=_interval(values[0] - values[1], drawn[:, 0] - drawn[:, 1]),
    )


def _interval(value: float, drawn: Vector) -> Interval:
    low, high = np.percentile(drawn, _PERCENTILES)
    return Interval(float(value), float(low), float(high))


def reliability(labels: Vector, probabilities: Vector, bins: int = 10) -> list[Bin]:
    """Rows in ``bins`` groups of equal size by their probability, the lowest first."""
    order = np.argsort(probabilities, kind="stable")
    return [
        Bin(float(probabilities[part].mean()), float(labels[part].mean()), len(part))
        for part in np.array_split(order, min(bins, len(order)))
    ]


def calibration_error(labels: Vector, probabilities: Vector, bins: int = 10) -> float:
    """Mean distance between what was predicted and what came true, over groups of equal size."""
    found = reliability(labels, probabilities, bins)
    total = sum(group.count for group in found)
    return sum(abs(group.predicted - group.observed) * group.count for group in found) / total


def average_precision_at(recommended: Sequence[str], bought: Set[str], most: int = 10) -> float:
    """AP@``most`` of one customer: precision at each hit, over the hits that were possible."""
    hits, total = 0, 0.0
    for rank, product in enumerate(recommended[:most], start=1):
        if product in bought:
            hits += 1
            total += hits / rank
    return total / min(most, len(bought)) if bought else 0.0
