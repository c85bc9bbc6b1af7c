"""The store: a real MLflow over SQLite in a folder of its own."""

from pathlib import Path

import pandas as pd
import pytest

from operations.learning import churn, recommendations, segments
from operations.learning.candidate import Candidate, Decision, decide
from operations.learning.card import card
from operations.learning.errors import StoreUnreachable
from operations.learning.store import Store
from tests.unit.learning.customers import history, purchases, rfm
from tests.unit.learning.test_recommender import by_taste


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def trained() -> Candidate:
    return churn.candidate(history(), None, samples=20)


def keep(store: Store, candidate: Candidate, decision: Decision | None = None) -> str:
    decided = decision or decide(candidate)
    text = card(candidate, "retail", decided)
    version = store.save(candidate, "retail", decided, text).version
    if decided.promoted:
        store.promote(candidate.model, "retail", version)
    return version


def test_what_was_saved_predicts_the_same(store: Store, trained: Candidate) -> None:
    version = keep(store, trained)
    found = store.champion("churn", "retail")
    assert found is not None
    assert (found.version, found.cutoff) == (version, trained.cutoff)
    assert found.reference == trained.reference
    rows = history(seed=9)
    expected = churn.predict(trained.estimator, rows)
    assert (churn.predict(found.estimator, rows) == expected).all()


def test_a_refused_version_is_kept_and_not_in_use(store: Store, trained: Candidate) -> None:
    first = keep(store, trained)
    refused = keep(store, trained, Decision(False, "worse"))
    assert refused != first
    found = store.champion("churn", "retail")
    assert found is not None
    assert found.version == first


def test_segments_and_recommendations_come_back(store: Store) -> None:
    grouped = segments.candidate(rfm(), None, samples=20, bootstraps=2)
    bought = purchases()
    newest = max(bought["order_date"])
    lists = recommendations.candidate(bought, newest, by_taste, None, samples=20)
    for candidate, asked in ((grouped, rfm(seed=8)), (lists, lists.example)):
        keep(store, candidate)
        found = store.champion(candidate.model, "retail")
        assert found is not None
        ours, theirs = (m.predict(asked) for m in (candidate.estimator, found.estimator))
        assert pd.DataFrame(ours).equals(pd.DataFrame(theirs))


def test_shops_have_versions_of_their_own(store: Store, trained: Candidate) -> None:
    keep(store, trained)
    assert store.champion("churn", "another") is None


def test_it_keeps_to_its_folder(store: Store, trained: Candidate) -> None:
    keep(store, trained)
    assert store.folder.stat().st_mode & 0o077 == 0
    assert any(store.folder.glob("artifacts/**/model_card.md"))


def test_databricks_names_catalog_and_schema(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "uri", "databricks")
    monkeypatch.setattr(store, "_catalog", "shop")
    assert store.model_name("churn", "retail") == "shop.learning.churn_retail"


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    uri = f"sqlite:///{tmp_path}/file/mlflow.db"
    with pytest.raises(StoreUnreachable, match=r"file/mlflow\.db does not answer"):
        Store(tmp_path, {"MLFLOW_TRACKING_URI": uri})
    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1:9"):
        Store(tmp_path, {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"})


def test_a_card_shows_the_baseline_beside_the_model(trained: Candidate) -> None:
    text = card(trained, "retail", decide(trained))
    assert f"| roc_auc | {trained.main.model} | {trained.main.baseline} |" in text
    assert "| predicted | lost | customers |" in text
    assert "**Verdict.** promoted: roc_auc is above that of recency_rule by" in text
