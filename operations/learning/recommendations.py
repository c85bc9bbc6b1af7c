"""Products that a customer has not bought and may want: factors by ALS, beside popularity.

The model is the factors of the products. A customer's own factors follow from them and from what
the customer has bought, by the same equation that ALS solves: customers who came after the training
are served, too, and scoring needs no Spark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from operations.learning.candidate import Candidate, Champion
from operations.learning.drift import Reference, reference_of
from operations.learning.errors import TooLittleHistory
from operations.learning.evaluation import (
    SAMPLES,
    Vector,
    average_precision_at,
    compared,
    mean_of_rows,
)

BASELINE = "popularity"
MOST = 10
WEEKS_AFTER = 4
WINDOW_DAYS = 180
PARAMETERS: Mapping[str, str | int | float] = {
    "rank": 32, "alpha": 2.0, "regularization": 0.1, "iterations": 10,
}  # fmt: skip
_FEWEST_CUSTOMERS = 50
# Interactions (customer_key, product_key, order_count) to a row of factors per product, in the
# order of the sorted product keys.
Factorize = Callable[[pd.DataFrame], Vector]
Lists = dict[str, list[str]]


@dataclass
class Recommender:
    """Factors of products, each a row; what is saved as a model."""

    products_: list[str]
    factors_: Vector
    alpha: float
    regularization: float

    def vector(self, places: Sequence[int], counts: Vector) -> Vector:
        """A customer's factors, from places of products bought and how often."""
        bought = self.factors_[list(places)]
        weight = self.alpha * counts
        gram = self.factors_.T @ self.factors_ + (bought * weight[:, None]).T @ bought
        ridge = self.regularization * len(places) * np.eye(self.factors_.shape[1])
        return np.asarray(np.linalg.solve(gram + ridge, bought.T @ (1 + weight)))

    def predict(self, interactions: pd.DataFrame) -> pd.DataFrame:
        """The best products for each customer among those not bought.

        Args:
            interactions: customer_key, product_key, order_count; a row per pair.

        Returns:
            customer_key, product_key, recommendation_rank from 1, score.
        """
        place_of = {product: place for place, product in enumerate(self.products_)}
        known = interactions[interactions["product_key"].isin(place_of)]
        found = []
        for customer, rows in known.groupby("customer_key", sort=True):
            places = [place_of[product] for product in rows["product_key"]]
            scores = self.factors_ @ self.vector(places, rows["order_count"].to_numpy(dtype=float))
            scores[places] = -np.inf
            best = np.argsort(-scores, kind="stable")[:MOST]
            found += [
                (customer, self.products_[place], rank, float(scores[place]))
                for rank, place in enumerate(best, start=1)
                if np.isfinite(scores[place])
            ]
        columns = ["customer_key", "product_key", "recommendation_rank", "score"]
        return pd.DataFrame(found, columns=columns)


def last_cutoff(newest: date, weeks_after: int = 0) -> date:
    """The newest Monday by which, with so many weeks after it, everything has been heard."""
    latest = newest - timedelta(weeks=weeks_after)
    return latest - timedelta(days=latest.weekday())


def interactions_before(purchases: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Customer, product and in how many purchases, of the 180 days before a cut-off."""
    first = cutoff - timedelta(days=WINDOW_DAYS)
    known = purchases[(purchases["order_date"] < cutoff) & (purchases["order_date"] >= first)]
    summed = known.groupby(["customer_key", "product_key"], sort=True)["order_count"].sum()
    return summed.reset_index()


def popular(purchases: pd.DataFrame, cutoff: date) -> list[str]:
    """Products by how many customers bought them in the four weeks before, the most first."""
    first = cutoff - timedelta(weeks=WEEKS_AFTER)
    lately = purchases[(purchases["order_date"] < cutoff) & (purchases["order_date"] >= first)]
    buyers = lately.groupby("product_key")["customer_key"].nunique().reset_index()
    ranked = buyers.sort_values(["customer_key", "product_key"], ascending=[False, True])
    return [str(product) for product in ranked["product_key"]]


def popularity_lists(ranked: Sequence[str], owned: Mapping[str, set[str]]) -> Lists:
    """What somebody would do without a model: the most popular products not bought."""
    return {
        customer: [product for product in ranked[: MOST + len(has)] if product not in has][:MOST]
        for customer, has in owned.items()
    }


def as_lists(recommended: pd.DataFrame) -> Lists:
    """Products of each customer, the best first."""
    ordered = recommended.sort_values(["customer_key", "recommendation_rank"])
    grouped = ordered.groupby("customer_key")["product_key"]
    return {str(customer): list(products) for customer, products in grouped}


def new_purchases(
    purchases: pd.DataFrame, cutoff: date, owned: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """What customers of before bought in the four weeks after that they had not had before."""
    end = cutoff + timedelta(weeks=WEEKS_AFTER)
    after = purchases[(purchases["order_date"] >= cutoff) & (purchases["order_date"] < end)]
    bought = {str(who): set(what) for who, what in after.groupby("customer_key")["product_key"]}
    found = {who: what - owned[who] for who, what in bought.items() if who in owned}
    return {who: what for who, what in sorted(found.items()) if what}


def precisions(lists: Lists, bought: Mapping[str, set[str]]) -> Vector:
    """AP@10 of each customer who bought something new."""
    return np.array([average_precision_at(lists.get(who, []), bought[who]) for who in bought])


def coverage(lists: Lists, products: int) -> float:
    """Part of the products that is recommended to anybody."""
    shown = {product for products_of in lists.values() for product in products_of}
    return len(shown) / products


def candidate(
    purchases: pd.DataFrame,
    newest: date,
    factorize: Factorize,
    champion: Champion | None,
    samples: int = SAMPLES,
) -> Candidate:
    """Learns from before a cut-off, and is judged by what was bought in the four weeks after it.

    Raises:
        TooLittleHistory: if too few customers of before bought something new.
    """
    cutoff = last_cutoff(newest, WEEKS_AFTER)
    before = interactions_before(purchases, cutoff)
    owned = {str(who): set(what) for who, what in before.groupby("customer_key")["product_key"]}
    bought = new_purchases(purchases, cutoff, owned)
    if len(bought) < _FEWEST_CUSTOMERS:
        raise TooLittleHistory(
            f"recommendations: {len(bought)} customers of before {cutoff} bought something new in "
            f"the {WEEKS_AFTER} weeks after it; it takes {_FEWEST_CUSTOMERS}. Take in more days."
        )
    model = Recommender(
        sorted(before["product_key"].unique()),
        factorize(before),
        float(PARAMETERS["alpha"]),
        float(PARAMETERS["regularization"]),
    )
    judged = before[before["customer_key"].isin(bought)]
    lists = as_lists(model.predict(judged))
    simple = popularity_lists(popular(purchases, cutoff), {who: owned[who] for who in bought})
    ours, theirs = precisions(lists, bought), precisions(simple, bought)
    labels, against = np.zeros(len(bought)), None
    if champion is not None:
        used = precisions(as_lists(champion.estimator.predict(judged)), bought)
        names = ("map_at_10", "version in use")
        against = compared(mean_of_rows, names, labels, (ours, used), samples).difference
    covered = pd.DataFrame(
        [
            ("model", f"{coverage(lists, len(model.products_)):.3f}"),
            (BASELINE, f"{coverage(simple, len(model.products_)):.3f}"),
        ],
        columns=["", "part of the products that anybody is shown"],
    )
    return Candidate(
        model="recommendations",
        estimator=model,
        example=before.head(20).assign(order_count=lambda rows: rows["order_count"].astype(float)),
        cutoff=cutoff,
        train_rows=len(before),
        test_rows=len(bought),
        comparisons=(
            compared(mean_of_rows, ("map_at_10", BASELINE), labels, (ours, theirs), samples),
        ),
        against_champion=against,
        reference=_reference(before, model.predict(before)),
        parameters=PARAMETERS,
        tables={f"Coverage of {len(model.products_)} products": covered},
    )


def watched(interactions: pd.DataFrame, recommended: pd.DataFrame) -> pd.DataFrame:
    """What drift is looked for in: purchases and products per customer, and the best score."""
    customers = interactions.groupby("customer_key")
    best = recommended[recommended["recommendation_rank"] == 1].set_index("customer_key")["score"]
    return pd.DataFrame(
        {
            "product_count": customers["product_key"].size(),
            "purchases": customers["order_count"].sum(),
            "score": best,
        }
    ).dropna()


def _reference(interactions: pd.DataFrame, recommended: pd.DataFrame) -> Reference:
    return reference_of(watched(interactions, recommended))
