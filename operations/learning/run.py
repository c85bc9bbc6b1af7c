"""One run: trains models, promotes or refuses them, scores the newest cut-off with those in use."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from operations.learning import als, churn, reader, recommendations, segments, writer
from operations.learning.candidate import Candidate, Champion, Decision, decide
from operations.learning.card import card
from operations.learning.drift import drift_of
from operations.learning.errors import NoChampion
from operations.learning.evaluation import SAMPLES
from operations.learning.store import Store
from operations.queries import Cursor

MODELS = ("churn", "segments", "recommendations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """How a training ended; without a candidate nothing was new."""

    model: str
    shop: str
    version: str
    candidate: Candidate | None = None
    decision: Decision | None = None
    card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """How a scoring ended; ``rows`` is 0 where the version had scored the cut-off before."""

    model: str
    shop: str
    version: str
    cutoff: date
    rows: int
    drift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Where models read and write, and up to which day they may know anything."""

    cursor: Cursor
    store: Store
    as_of: date | None = None
    samples: int = SAMPLES

    def train(self, model: str) -> Iterator[Trained]:
        """Trains a model for each shop.

        Raises:
            NoFeatures, TooLittleHistory: if there is not enough to learn from.
            StoreUnreachable: if MLflow's store does not answer.
        """
        for shop in reader.shops(self.cursor):
            data = self._data(model, shop)
            fingerprint = fingerprint_of(model, data)
            before = writer.trained_before(self.cursor, model, shop, fingerprint)
            if before is not None:
                version, promoted = before
                if promoted:  # a run may have ended before it could say so
                    self.store.promote(model, shop, version)
                yield Trained(model=model, shop=shop, version=version)
            else:
                yield self.learn_from(model, shop, data)

    def _data(self, model: str, shop: str) -> pd.DataFrame:
        if model == "churn":
            return reader.history(self.cursor, shop, self.as_of)
        if model == "segments":
            return reader.newest_features(self.cursor, shop, self.as_of)
        return reader.purchases(self.cursor, shop, self.as_of)

    def learn_from(self, model: str, shop: str, data: pd.DataFrame) -> Trained:
        """Trains on this data, judges, keeps, and takes into use what is better.

        Raises:
            TooLittleHistory, StoreUnreachable: as train().
        """
        champion = self.store.champion(model, shop)
        candidate = learn(model, data, champion, self.samples)
        decision = decide(candidate, champion)
        text = card(candidate, shop, decision)
        saved = self.store.save(candidate, shop, decision, text)
        identity = {"run_id": saved.run_id, "model_version": saved.version,
                    "fingerprint": fingerprint_of(model, data)}  # fmt: skip
        writer.write_run(self.cursor, candidate, decision, shop, identity)
        if decision.promoted:
            self.store.promote(model, shop, saved.version)
        return Trained(
            model=model,
            shop=shop,
            version=saved.version,
            candidate=candidate,
            decision=decision,
            card=text,
        )

    def score(self, model: str) -> Iterator[Scored]:
        """Scores the newest cut-off of each shop with the version in use.

        Raises:
            NoChampion: if no version has been promoted.
            NoFeatures, StoreUnreachable: as train().
        """
        for shop in reader.shops(self.cursor):
            champion = self.store.champion(model, shop)
            if champion is None:
                raise NoChampion(
                    f"No version of {model} for the shop {shop} has been promoted: "
                    f"lakeledger models train --model {model}."
                )
            yield self._scored(model, shop, champion)

    def _scored(self, model: str, shop: str, champion: Champion) -> Scored:
        cutoff, scores, seen = predicted(model, self._newest(model, shop), champion)
        drift = drift_of(champion.reference, seen)
        version, written = champion.version, 0
        if not writer.is_scored(self.cursor, model, shop, version, cutoff):
            written = writer.write_scores(self.cursor, model, shop, version, cutoff, scores)
            writer.write_drift(self.cursor, model, shop, version, cutoff, drift)
        return Scored(model=model, shop=shop, version=version, cutoff=cutoff, rows=written,
                      drift=max(drift.values()))  # fmt: skip

    def _newest(self, model: str, shop: str) -> pd.DataFrame:
        if model == "recommendations":
            return reader.purchases(self.cursor, shop, self.as_of)
        return reader.newest_features(self.cursor, shop, self.as_of)


def learn(
    model: str, data: pd.DataFrame, champion: Champion | None, samples: int = SAMPLES
) -> Candidate:
    """A candidate from its data; that of recommendations starts Spark where none runs."""
    if model == "churn":
        return churn.candidate(data, champion, samples)
    if model == "segments":
        return segments.candidate(data, champion, samples)
    with als.session() as spark:
        newest = max(data["order_date"])
        return recommendations.candidate(data, newest, als.factorizer(spark), champion, samples)


def predicted(
    model: str, data: pd.DataFrame, champion: Champion
) -> tuple[date, pd.DataFrame, pd.DataFrame]:
    """The cut-off, its predictions, and what drift is looked for in."""
    estimator = champion.estimator
    if model == "recommendations":
        cutoff = recommendations.last_cutoff(max(data["order_date"]))
        before = recommendations.interactions_before(data, cutoff)
        lists = estimator.predict(before)
        seen = recommendations.watched(before, lists)
        return cutoff, lists.assign(score=lists["score"].round(6)), seen
    cutoff = max(data["cutoff_date"])
    customers = data[["customer_key"]]
    if model == "churn":
        chances = churn.predict(estimator, data)
        rounded = customers.assign(churn_probability=chances.round(6))
        return cutoff, rounded, churn.matrix(data).assign(score=chances)
    seen = segments.logs(data).assign(score=estimator.numbers(data))
    return cutoff, customers.assign(segment=estimator.predict(data)), seen


def fingerprint_of(model: str, data: pd.DataFrame) -> str:
    """SHA-256 of what a model learns from and of its settings."""
    settings: dict[str, object] = {
        "churn": (churn.PARAMETERS, churn.FEATURES),
        "segments": segments.PARAMETERS,
        "recommendations": recommendations.PARAMETERS,
    }
    rows = pd.util.hash_pandas_object(data.astype(str), index=False).to_numpy()
    return hashlib.sha256(rows.tobytes() + str(settings[model]).encode()).hexdigest()
