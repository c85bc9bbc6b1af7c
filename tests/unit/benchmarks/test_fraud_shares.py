"""Shares of a measurement of frauds."""

import pytest

from tests.benchmarks.fraud_accuracy import Judged, Share, precision, recall, report

RUN = Judged(
    orders=100,
    labels={"a": "velocity", "b": "velocity", "c": "high_value"},
    alerts={"a": ("velocity",), "c": ("bulk_order", "high_value"), "x": ("velocity",)},
)


def test_recall_is_by_kind_and_precision_by_rule() -> None:
    assert recall([RUN]) == {
        "all": Share(hits=2, of=3),
        "high_value": Share(hits=1, of=1),
        "velocity": Share(hits=1, of=2),
    }
    assert precision([RUN, RUN]) == {
        "all": Share(hits=4, of=6),
        "bulk_order": Share(hits=2, of=2),
        "high_value": Share(hits=2, of=2),
        "velocity": Share(hits=2, of=4),
    }
    assert "velocity          1/2 = 0.500" in report([RUN])


# Wilson (1927) by hand: 10 of 10 gives 1 / (1 + 1.96² / 10) = 0.722 as the lower end.
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(10, 10, 0.722, 1.0), (0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits=hits, of=of).interval == pytest.approx((low, high), abs=0.0005)
