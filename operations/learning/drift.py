"""How far features and predictions have moved since the training: population stability index."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np
import pandas as pd

from operations.learning.evaluation import Vector

_BINS = 10
_FLOOR = 1e-4


class Shares(TypedDict):
    """Inner borders between groups of values, and the part of the rows in each group."""

    borders: list[float]
    shares: list[float]


Reference = Mapping[str, Shares]


def shares_of(values: Vector) -> Shares:
    """Tenths of the values; fewer groups where many are equal."""
    quantiles = np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1])
    borders = np.unique(quantiles)
    return {"borders": borders.tolist(), "shares": _shares(values, borders).tolist()}


def reference_of(frame: pd.DataFrame) -> dict[str, Shares]:
    """The distribution of each column."""
    return {str(name): shares_of(frame[name].to_numpy(dtype=float)) for name in frame.columns}


def psi(before: Shares, values: Vector) -> float:
    """0 where values are spread as before; above 0.1 they moved, above 0.25 a lot."""
    now = _shares(values, np.array(before["borders"]))
    then = np.array(before["shares"])
    now, then = np.maximum(now, _FLOOR), np.maximum(then, _FLOOR)
    return float(((now - then) * np.log(now / then)).sum())


def drift_of(reference: Reference, frame: pd.DataFrame) -> dict[str, float]:
    """PSI of each column that the reference knows."""
    return {
        name: psi(shares, frame[name].to_numpy(dtype=float))
        for name, shares in reference.items()
        if name in frame.columns
    }


def _shares(values: Vector, borders: Vector | Sequence[float]) -> Vector:
    # A value on a border belongs above it.
    groups = np.searchsorted(borders, values, side="right")
    counts = np.bincount(groups, minlength=len(borders) + 1)
    return np.asarray(counts / len(values), dtype=np.float64)
