"""Recommendations come from before the cut-off, are new to the customer, and beat popularity."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from operations.learning import recommendations
from operations.learning.candidate import Champion, decide
from operations.learning.errors import TooLittleHistory
from operations.learning.evaluation import Vector
from operations.learning.recommendations import Recommender, last_cutoff
from tests.unit.learning.customers import FIRST, purchases


def by_taste(interactions: pd.DataFrame) -> Vector:
    """Factors as somebody would give them who knows the two tastes."""
    products = sorted(interactions["product_key"].unique())
    return np.array([(1.0, 0.0) if name.startswith("a") else (0.0, 1.0) for name in products])


def test_a_cutoff_is_a_monday_by_which_all_has_been_heard() -> None:
    assert last_cutoff(date(2011, 1, 10)) == date(2011, 1, 10)
    assert last_cutoff(date(2011, 1, 16)) == date(2011, 1, 10)
    assert last_cutoff(date(2011, 1, 16), 1) == date(2011, 1, 3)


def test_what_came_later_changes_nothing_before() -> None:
    bought = purchases()
    cutoff = FIRST + timedelta(weeks=6)
    past = bought[bought["order_date"] < cutoff]
    before = recommendations.interactions_before(bought, cutoff)
    assert before.equals(recommendations.interactions_before(past, cutoff))
    assert recommendations.popular(bought, cutoff) == recommendations.popular(past, cutoff)


def test_the_window_ends_180_days_before() -> None:
    cutoff = date(2011, 7, 4)
    days = [cutoff - timedelta(days=n) for n in (181, 180, 1, 0)]
    bought = pd.DataFrame(
        {"customer_key": "c", "product_key": [*"pqrs"], "order_date": days, "order_count": 1.0}
    )
    found = recommendations.interactions_before(bought, cutoff)
    assert found["product_key"].tolist() == ["q", "r"]


def test_a_customer_gets_what_like_ones_buy_and_nothing_twice() -> None:
    before = recommendations.interactions_before(purchases(), FIRST + timedelta(weeks=6))
    model = Recommender(sorted(before["product_key"].unique()), by_taste(before), 2.0, 0.1)
    found = model.predict(before)
    owned = set(zip(before["customer_key"], before["product_key"], strict=True))
    shown = list(zip(found["customer_key"], found["product_key"], strict=True))
    assert len(shown) == len(set(shown)) == 10 * before["customer_key"].nunique()
    assert not owned & set(shown)
    assert all((int(who[1:]) % 2 == 0) == what.startswith("a") for who, what in shown)
    assert (
        found.groupby("customer_key")["recommendation_rank"]
        .agg(["min", "max"])
        .eq([1, 10])
        .all(axis=None)
    )


def test_a_customers_factors_solve_the_equation_of_als() -> None:
    """(Y'CY + λnI) x = Y'C p with C = 1 + alpha x count on what was bought, 1 elsewhere."""
    rng = np.random.default_rng(0)
    factors, counts = rng.normal(size=(5, 3)), np.array([2.0, 1.0])
    model = Recommender([*"abcde"], factors, 2.0, 0.1)
    confidence, preference = np.ones(5), np.zeros(5)
    confidence[[1, 3]], preference[[1, 3]] = 1 + 2.0 * counts, 1
    left = factors.T @ np.diag(confidence) @ factors + 0.1 * 2 * np.eye(3)
    expected = np.linalg.solve(left, factors.T @ (confidence * preference))
    assert model.vector([1, 3], counts) == pytest.approx(expected)


def test_it_is_judged_by_new_products_of_four_weeks_after() -> None:
    cutoff = FIRST + timedelta(weeks=1)
    days = [FIRST, cutoff, cutoff, cutoff + timedelta(days=27), cutoff + timedelta(days=28), cutoff]
    bought = pd.DataFrame(
        {
            "customer_key": [*"cccccd"],
            "product_key": [*"ppqrsq"],
            "order_date": days,
            "order_count": 1.0,
        }
    )
    found = recommendations.new_purchases(bought, cutoff, {"c": {"p"}})
    assert found == {"c": {"q", "r"}}


def test_it_beats_popularity_and_is_compared_with_the_version_in_use() -> None:
    bought = purchases()
    newest = max(bought["order_date"])
    first = recommendations.candidate(bought, newest, by_taste, None, samples=100)
    assert first.cutoff == last_cutoff(newest, 4)
    assert decide(first).promoted
    champion = Champion("1", first.cutoff, first.estimator, first.reference)

    def against_taste(interactions: pd.DataFrame) -> Vector:
        return by_taste(interactions)[:, ::-1] * np.linspace(-1, 1, 60)[: len(
            interactions["product_key"].unique()
        ), None]  # fmt: skip

    worse = recommendations.candidate(bought, newest, against_taste, champion, samples=100)
    assert worse.against_champion is not None
    assert worse.against_champion.value < 0
    assert not decide(worse, champion).promoted


def test_popularity_skips_what_is_owned() -> None:
    ranked = [f"p{number:02}" for number in range(15)]
    lists = recommendations.popularity_lists(ranked, {"c": {"p00", "p03"}, "d": set()})
    assert lists["c"] == ["p01", "p02", *ranked[4:12]]
    assert lists["d"] == ranked[:10]


def test_coverage_is_a_part_of_the_catalogue() -> None:
    assert recommendations.coverage({"c": ["p", "q"], "d": ["q"]}, 8) == 0.25


def test_too_little_is_told() -> None:
    bought = purchases(customers=20)
    with pytest.raises(TooLittleHistory, match=r"recommendations: \d+ customers of before 2011"):
        recommendations.candidate(bought, max(bought["order_date"]), by_taste, None)
