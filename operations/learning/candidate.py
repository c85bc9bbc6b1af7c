"""A trained model with everything that decides about it, and the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from operations.learning.drift import Reference
from operations.learning.evaluation import Comparison, Interval

# A candidate may be that much below the version in use: less is noise of a few customers.
TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Champion:
    """The version in use: its number, the cut-off it was judged on, and what was saved of it."""

    version: str
    cutoff: date
    estimator: Any
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a training came to.

    ``comparisons``: metrics beside the baseline; the first decides, and higher is better in it.
    ``against_champion``: the same metric, candidate less champion, on the same rows; None where
    there is no champion. ``tables``: further figures for the model card, title to lines.
    """

    model: str
    estimator: Any
    example: pd.DataFrame
    cutoff: date
    train_rows: int
    test_rows: int
    comparisons: tuple[Comparison, ...]
    against_champion: Interval | None
    reference: Reference
    parameters: Mapping[str, str | int | float]
    tables: Mapping[str, pd.DataFrame]
    obstacles: tuple[str, ...] = ()

    @property
    def main(self) -> Comparison:
        """The comparison that decides."""
        return self.comparisons[0]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a candidate takes the place of the champion, and why, as a sentence."""

    promoted: bool
    reason: str

    @property
    def status(self) -> str:
        """As it is written down."""
        return "promoted" if self.promoted else "refused"


def decide(candidate: Candidate, champion: Champion | None = None) -> Decision:
    """Promoted is what surely beats its baseline and is not worse than the version in use."""
    main, against = candidate.main, candidate.against_champion
    if champion is not None and champion.cutoff > candidate.cutoff:
        return Decision(
            False,
            f"The version in use was judged on a later cut-off, {champion.cutoff}: it has learned "
            f"from what came after {candidate.cutoff}.",
        )
    if candidate.obstacles:
        return Decision(False, " ".join(candidate.obstacles))
    if main.difference.low <= 0:
        return Decision(
            False,
            f"{main.metric} is not surely above that of {main.baseline_name}: "
            f"the difference is {main.difference}.",
        )
    if against is not None and against.value < -TOLERANCE:
        return Decision(False, f"{main.metric} is below that of the version in use by {against}.")
    said = f"{main.metric} is above that of {main.baseline_name} by {main.difference}"
    if against is None:
        return Decision(True, f"{said}; it is the first.")
    return Decision(True, f"{said}, and not below that of the version in use ({against}).")
