"""Groups that are there are found, named for what they are, and keep their names."""

import pandas as pd
import pytest

from operations.learning import segments
from operations.learning.candidate import Candidate, Champion, decide
from operations.learning.errors import TooLittleHistory
from tests.unit.learning.customers import rfm


@pytest.fixture(scope="module")
def trained() -> Candidate:
    return segments.candidate(rfm(), None, samples=100, bootstraps=3)


def test_the_three_groups_are_found_and_named(trained: Candidate) -> None:
    names = pd.Series(trained.estimator.predict(rfm()))
    assert names.groupby(names.index % 3).unique().map(list).tolist() == [
        ["active frequent"],
        ["cooling repeat"],
        ["lapsed single"],
    ]
    assert trained.obstacles == ()
    assert trained.tables["Numbers of segments"][""].tolist() == ["chosen", "", "", ""]


def test_a_sum_of_scores_is_no_better_where_groups_are_uneven() -> None:
    uneven = rfm().iloc[[n for n in range(300) if n % 3 != 1 or n < 90]].reset_index(drop=True)
    found = segments.candidate(uneven, None, samples=100, bootstraps=3)
    assert found.main.metric == "silhouette"
    assert decide(found).promoted


def test_a_name_keeps_its_meaning_when_customers_move(trained: Candidate) -> None:
    """All buy a little more: by their own figures, `cooling repeat` would be called frequent."""
    moved = rfm(seed=4)
    moved["order_count"] *= 1.9
    fresh = segments.candidate(moved, None, samples=10, bootstraps=2)
    assert "cooling frequent" in fresh.estimator.names_
    champion = Champion("1", trained.cutoff, trained.estimator, trained.reference)
    later = segments.candidate(moved, champion, samples=10, bootstraps=2)
    assert set(later.estimator.names_) == set(trained.estimator.names_)
    places = pd.Series(later.estimator.predict(moved))
    assert places[places.index % 3 == 1].unique().tolist() == ["cooling repeat"]


def test_a_group_that_is_far_from_any_before_gets_a_name_of_its_own(trained: Candidate) -> None:
    moved = rfm()
    gone = moved.index % 3 == 0
    moved.loc[gone, "recency_days"] = 170.0
    champion = Champion("1", trained.cutoff, trained.estimator, trained.reference)
    later = segments.candidate(moved, champion, samples=10, bootstraps=2)
    assert "lapsed frequent" in later.estimator.names_


def test_names_are_different() -> None:
    made = segments.fit(rfm(), 6)
    names = segments.named(made, None)
    assert len(set(names)) == 6


def test_groups_of_the_rule_are_of_equal_size_by_score() -> None:
    groups = segments.rfm_groups(rfm(), 3)
    assert set(groups) == {1, 2, 3}
    assert [int((groups[0::3] == n).sum()) for n in (1, 2, 3)] == [0, 0, 100]


def test_what_has_no_groups_is_not_called_stable() -> None:
    one = pd.DataFrame({"recency_days": range(1, 201), "order_count": 1.0, "revenue": 10.0})
    one = one.assign(
        customer_key=[f"c{n}" for n in range(200)], cutoff_date=rfm()["cutoff_date"][0]
    )
    frame = one.sample(frac=1, random_state=1).reset_index(drop=True)
    noise = pd.DataFrame(
        {name: frame["recency_days"].sample(frac=1, random_state=n).to_numpy()
         for n, name in enumerate(("recency_days", "order_count", "revenue"))}
    )  # fmt: skip
    noise = noise.assign(customer_key=one["customer_key"], cutoff_date=one["cutoff_date"])
    found = segments.candidate(noise, None, samples=10, bootstraps=4)
    assert found.obstacles == ("No number of segments is stable.",)
    assert not decide(found).promoted


def test_too_few_customers_are_told() -> None:
    with pytest.raises(TooLittleHistory, match="segments: 60 customers"):
        segments.candidate(rfm(60), None)
