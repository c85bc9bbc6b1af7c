"""Groups of customers alike in recency, frequency and monetary value, with names that last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_samples
from sklearn.preprocessing import StandardScaler

from operations.learning.candidate import Candidate, Champion
from operations.learning.drift import reference_of
from operations.learning.errors import TooLittleHistory
from operations.learning.evaluation import SAMPLES, SEED, Vector, compared, mean_of_rows

BASELINE = "rfm_score"
RFM = ("recency_days", "order_count", "revenue")
SIZES = (3, 4, 5, 6)
STABLE = 0.8
PARAMETERS: Mapping[str, str | int | float] = {
    "sizes": "3 to 6", "stable_from": STABLE, "bootstraps": 20,
}  # fmt: skip
_FEWEST = 100
Labels = npt.NDArray[np.int64]


@dataclass
class Segments:
    """Centres of segments with their names; what is saved as a model."""

    mean_: Vector
    scale_: Vector
    centres_: Vector
    names_: list[str]

    def numbers(self, frame: pd.DataFrame) -> Labels:
        """Place of the nearest centre, in the order of the rows."""
        distances = cdist(self.scaled(frame), self.centres_)
        return np.asarray(distances.argmin(axis=1), dtype=np.int64)

    def scaled(self, frame: pd.DataFrame) -> Vector:
        """Rows in the units in which distances count."""
        return np.asarray((logs(frame).to_numpy() - self.mean_) / self.scale_)

    def predict(self, frame: pd.DataFrame) -> list[str]:
        """Name of the segment of each row."""
        return [self.names_[number] for number in self.numbers(frame)]

    def plain_centres(self) -> pd.DataFrame:
        """Centres in days, purchases and money."""
        return pd.DataFrame(np.expm1(self.centres_ * self.scale_ + self.mean_), columns=list(RFM))


def logs(frame: pd.DataFrame) -> pd.DataFrame:
    """Logarithms of recency, frequency and monetary value."""
    found: pd.DataFrame = np.log1p(frame[list(RFM)].astype(float).clip(lower=0))
    return found


def fit(frame: pd.DataFrame, size: int, seed: int = SEED) -> Segments:
    """k-means over scaled logarithms; segments have no names yet."""
    values = logs(frame).to_numpy()
    scaler = StandardScaler().fit(values)
    means = KMeans(size, n_init=10, random_state=seed).fit(scaler.transform(values))
    return Segments(scaler.mean_, scaler.scale_, means.cluster_centers_, [])


def silhouettes(segments: Segments, frame: pd.DataFrame, numbers: Labels) -> Vector:
    """How much nearer each row is to its own group than to the next, -1 to 1."""
    if len(np.unique(numbers)) < 2:
        return np.zeros(len(frame))
    return np.asarray(silhouette_samples(segments.scaled(frame), numbers))


def stability(frame: pd.DataFrame, segments: Segments, bootstraps: int = 20) -> Vector:
    """Adjusted Rand index between these segments and those of each bootstrap of the customers."""
    rng, ours = np.random.default_rng(SEED), segments.numbers(frame)
    found = []
    for number in range(bootstraps):
        drawn = frame.iloc[rng.integers(0, len(frame), len(frame))]
        again = fit(drawn, len(segments.centres_), seed=SEED + number)
        found.append(adjusted_rand_score(ours, again.numbers(frame)))
    return np.array(found)


def choose(frame: pd.DataFrame, bootstraps: int = 20) -> tuple[Segments, bool, pd.DataFrame]:
    """The number of segments with the highest silhouette of those that are stable.

    Stable is a mean adjusted Rand index of 0.8 over the bootstraps; where none is, the most stable.
    Returns the segments, whether they are stable, and a table of what was tried.
    """
    tried = []
    for size in SIZES:
        segments = fit(frame, size)
        stable = float(stability(frame, segments, bootstraps).mean())
        score = float(silhouettes(segments, frame, segments.numbers(frame)).mean())
        tried.append((stable >= STABLE, score if stable >= STABLE else stable, segments, stable,
                      score))  # fmt: skip
    is_stable, _, best, *_ = max(tried, key=lambda one: (one[0], one[1]))
    table = pd.DataFrame(
        [
            (len(one[2].centres_), f"{one[4]:.3f}", f"{one[3]:.3f}",
             "chosen" if one[2] is best else "") for one in tried
        ],
        columns=["segments", "silhouette", "stability (adjusted Rand)", ""],
    )  # fmt: skip
    return best, is_stable, table


def name_of(recency_days: float, order_count: float) -> str:
    """Name of a centre: how lately and how often its customers buy."""
    lately = "active" if recency_days <= 30 else "cooling" if recency_days <= 90 else "lapsed"
    often = "frequent" if order_count >= 5 else "repeat" if order_count >= 1.7 else "single"
    return f"{lately} {often}"


def named(segments: Segments, before: Segments | None) -> list[str]:
    """A name for each centre: that of the nearest of the version in use, else of its own figures.

    Names stay with their meaning: centres are paired so that all distances together are smallest,
    and a pair farther apart than one standard deviation per measure is none.
    """
    found: dict[int, str] = {}
    if before is not None:
        ours = segments.centres_ * segments.scale_ + segments.mean_
        theirs = before.centres_ * before.scale_ + before.mean_
        distances = cdist(ours / segments.scale_, theirs / segments.scale_)
        for one, other in zip(*linear_sum_assignment(distances), strict=True):
            if distances[one, other] <= 1:
                found[int(one)] = before.names_[other]
    for place, centre in segments.plain_centres().iterrows():
        if place not in found:
            own = name_of(centre["recency_days"], centre["order_count"])
            found[int(place)] = _unused(own, list(found.values()))
    return [found[place] for place in range(len(segments.centres_))]


def _unused(name: str, used: Sequence[str]) -> str:
    number = 2
    chosen = name
    while chosen in used:
        chosen, number = f"{name} {number}", number + 1
    return chosen


def rfm_groups(frame: pd.DataFrame, size: int) -> Labels:
    """What somebody would do without a model: fifths of each measure, added up, in equal groups."""
    signs = {"recency_days": -1, "order_count": 1, "revenue": 1}
    ranks = [(frame[name].astype(float) * sign).rank(pct=True) for name, sign in signs.items()]
    score = sum(np.ceil(rank * 5) for rank in ranks)
    groups = np.ceil(pd.Series(score).rank(pct=True) * size)
    return np.asarray(groups, dtype=np.int64)


def candidate(
    features: pd.DataFrame, champion: Champion | None, samples: int = SAMPLES, bootstraps: int = 20
) -> Candidate:
    """Segments of the newest cut-off's customers, beside those by a sum of scores.

    Raises:
        TooLittleHistory: if there are too few customers.
    """
    cutoff = max(features["cutoff_date"])
    frame = features[features["cutoff_date"] == cutoff].reset_index(drop=True)
    if len(frame) < _FEWEST:
        raise TooLittleHistory(
            f"segments: {len(frame)} customers at the cut-off {cutoff}; it takes {_FEWEST}. "
            "Take in more days."
        )
    segments, is_stable, tried = choose(frame, bootstraps)
    before: Segments | None = champion.estimator if champion else None
    segments.names_ = named(segments, before)
    numbers = segments.numbers(frame)
    rows = silhouettes(segments, frame, numbers)
    theirs = silhouettes(segments, frame, rfm_groups(frame, len(segments.centres_)))
    labels, against = np.zeros(len(frame)), None
    if before is not None:
        used = silhouettes(segments, frame, before.numbers(frame))
        names = ("silhouette", "version in use")
        against = compared(mean_of_rows, names, labels, (rows, used), samples).difference
    return Candidate(
        model="segments",
        estimator=segments,
        example=frame[list(RFM)].astype(float).head(20),
        cutoff=cutoff,
        train_rows=len(frame),
        test_rows=len(frame),
        comparisons=(
            compared(mean_of_rows, ("silhouette", BASELINE), labels, (rows, theirs), samples),
        ),
        against_champion=against,
        reference=reference_of(logs(frame).assign(score=numbers)),
        parameters={**PARAMETERS, "segments": len(segments.centres_)},
        tables={"Numbers of segments": tried, "Segments": _profile(segments, numbers)},
        obstacles=() if is_stable else ("No number of segments is stable.",),
    )


def _profile(segments: Segments, numbers: Labels) -> pd.DataFrame:
    centres = segments.plain_centres()
    return pd.DataFrame(
        [
            (
                segments.names_[place],
                int((numbers == place).sum()),
                f"{centres['recency_days'][place]:.0f}",
                f"{centres['order_count'][place]:.1f}",
                f"{centres['revenue'][place]:.0f}",
            )
            for place in range(len(centres))
        ],
        columns=["segment", "customers", "days since the last purchase", "purchases", "revenue"],
    )
