"""Models of real customers, days to gold: nothing of the future is seen, nothing worse used."""

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from operations.learning import reader
from operations.learning.run import MODELS, Job, Scored, Trained, predicted
from operations.learning.store import Store
from operations.pipeline import WITHOUT_TESTS
from tests.scenarios.account import Account
from tests.scenarios.shops import DELIVERED, RETAIL

FEATURES = ("int_commerce__customer_features", "int_commerce__customer_outcomes")
GOLD = ("ops_churn_predictions", "ops_customer_segments", "ops_product_recommendations")
PREDICTIONS = ("churn_scores", "customer_segments", "product_recommendations")
# Every fourth customer is enough for a split.
MONTHS = ("2010-12", "2011-01", "2011-02", "2011-03", "2011-04", "2011-05")
KNOWN = date(2011, 5, 30)
LATER, LATER_BEGINS = "2011-06", "2011-06-01"
pytestmark = DELIVERED


def lines_of(month: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for file in sorted(RETAIL.glob(f"{month}-*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
            found += csv.DictReader(lines)
    return found


def is_chosen(customer: str) -> bool:
    return bool(customer) and float(customer) % 4 == 0


@dataclass(frozen=True, slots=True)
class Shop:
    """A retailer whose lines of some customers are delivered by the month."""

    account: Account

    @property
    def folder(self) -> Path:
        return self.account.home / "retail"

    def deliver(self, *months: str) -> None:
        for month in months:
            self.write(month, [line for line in lines_of(month) if is_chosen(line["CustomerID"])])

    def write(self, name: str, lines: Sequence[dict[str, str]]) -> None:
        self.folder.mkdir(exist_ok=True)
        with gzip.open(self.folder / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, lines[0].keys())
            writer.writeheader()
            writer.writerows(lines)

    def take_in(self, *arguments: str) -> None:
        self.account.ingest({"retail_lines": str(self.folder)})
        self.features(*arguments)

    def features(self, *arguments: str) -> None:
        chosen = [f"+{name}" for name in FEATURES]
        self.account.dbt(
            "build", *arguments, "--select", *chosen, "int_commerce__customer_products",
            *WITHOUT_TESTS,
        )  # fmt: skip

    @contextmanager
    def job(self, as_of: date | None = None) -> Iterator[Job]:
        with self.account.cursor() as cursor:
            store = Store(self.account.home, {})
            yield Job(cursor=cursor, store=store, as_of=as_of, samples=100)

    def features_before(self, day: str) -> dict[str, list[str]]:
        return {
            name: [
                text
                for (text,) in self.account.rows(
                    f"""select to_json(struct(*)) from silver.{name}
                    where cutoff_date < date'{day}' order by shop, customer_key, cutoff_date"""
                )
            ]
            for name in FEATURES
        }


@pytest.fixture(scope="module")
def shop(account: Account) -> Shop:
    made = Shop(account)
    made.deliver(*MONTHS)
    made.take_in()
    return made


@pytest.fixture(scope="module")
def trained(shop: Shop) -> dict[str, Trained]:
    with shop.job() as job:
        return {model: one for model in MODELS for one in job.train(model)}


@pytest.fixture(scope="module")
def scored(shop: Shop, trained: dict[str, Trained]) -> dict[str, Scored]:
    with shop.job() as job:
        found = {
            model: one
            for model in MODELS
            if trained[model].decision.promoted  # type: ignore[union-attr]
            for one in job.score(model)
        }
    shop.account.dbt("build", "--select", *GOLD, "ops_model_health")
    return found


def test_models_are_judged_after_what_they_learned_from(
    shop: Shop, trained: dict[str, Trained]
) -> None:
    with shop.job() as job:
        history = reader.history(job.cursor, "retail")
    churn = trained["churn"].candidate
    assert churn is not None
    assert churn.cutoff == max(history["cutoff_date"])
    assert churn.train_rows == (history["horizon_ended_date"] <= churn.cutoff).sum() > 200
    assert {one.metric for one in churn.comparisons} >= {"roc_auc", "brier"}
    assert trained["churn"].decision.promoted  # type: ignore[union-attr]


def test_gold_has_the_predictions_of_promoted_versions(
    shop: Shop, scored: dict[str, Scored]
) -> None:
    customers = len(shop.account.rows(
        """select 1 from silver.int_commerce__customer_features where cutoff_date =
        (select max(cutoff_date) from silver.int_commerce__customer_features)"""
    ))  # fmt: skip
    for name, model in zip(GOLD, MODELS, strict=True):
        found = shop.account.rows(
            f"""select count(distinct customer_key), count(*), max(cutoff_date)
            from gold_operational.{name} where not is_partial"""
        )
        expected = scored.get(model)
        assert found == [
            (customers, expected.rows, KNOWN) if expected else (0, 0, None)
        ], name  # fmt: skip
    health = shop.account.rows(
        """select model, metric_value > baseline_value, is_partial
        from gold_operational.ops_model_health"""
    )
    assert {row[0] for row in health} == scored.keys()
    assert {row[1:] for row in health} == {(True, False)}


def test_the_same_again_adds_nothing(
    shop: Shop, trained: dict[str, Trained], scored: dict[str, Scored]
) -> None:
    before = {name: version for name, version in shop.account.versions().items()
              if name.startswith("learning.")}  # fmt: skip
    with shop.job() as job:
        again = [one for model in MODELS for one in job.train(model)]
        rows = [one.rows for model in scored for one in job.score(model)]
    assert [(one.candidate, one.version) for one in again] == [
        (None, trained[model].version) for model in MODELS
    ]
    assert set(rows) == {0}
    after = shop.account.versions()
    assert {name: after[name] for name in before} == before


def test_a_worse_candidate_is_kept_and_not_promoted(
    shop: Shop, trained: dict[str, Trained], scored: dict[str, Scored]
) -> None:
    """It has learned from outcomes of the wrong customers."""
    with shop.job() as job:
        history = reader.history(job.cursor, "retail")
        newest = history["cutoff_date"] == max(history["cutoff_date"])
        wrong = history["is_churned"].sample(frac=1, random_state=1).to_numpy()
        swapped = history.assign(is_churned=history["is_churned"].where(newest, wrong))
        worse = job.learn_from("churn", "retail", swapped)
        champion = job.store.champion("churn", "retail")
    assert worse.decision is not None
    assert not worse.decision.promoted
    assert champion is not None
    assert champion.version == trained["churn"].version != worse.version
    kept = shop.account.rows(
        "select model_version, status from learning.model_runs where model = 'churn'"
    )
    assert sorted(kept) == sorted(
        [(champion.version, "promoted"), (worse.version, "refused")]
    )  # fmt: skip
    ((in_use, last),) = shop.account.rows(
        """select model_version, last_training_status from gold_operational.ops_model_health
        where model = 'churn'"""
    )
    assert (in_use, last) == (champion.version, "refused")


def test_later_days_change_no_features_and_no_scores_of_the_past(
    shop: Shop, scored: dict[str, Scored]
) -> None:
    before = shop.features_before(LATER_BEGINS)
    shop.deliver(LATER)
    shop.take_in()
    after = shop.features_before(LATER_BEGINS)
    for name in FEATURES:
        assert set(before[name]) <= set(after[name]), name
    assert after[FEATURES[0]] == before[FEATURES[0]]
    assert len(after[FEATURES[1]]) > len(before[FEATURES[1]])  # more horizons are over
    known = date.fromisoformat(LATER_BEGINS)
    with shop.job(as_of=known) as job:
        for model, one in scored.items():
            champion = job.store.champion(model, "retail")
            assert champion is not None
            data = (
                reader.purchases if model == "recommendations" else reader.newest_features
            )(job.cursor, "retail", known)  # fmt: skip
            cutoff, again, _ = predicted(model, data, champion)
            assert cutoff == one.cutoff
            columns = [name for name in again.columns if name != "score"]
            table = PREDICTIONS[MODELS.index(model)]
            written = shop.account.rows(
                f"""select {", ".join(columns)} from learning.{table}
                where cutoff_date = date'{cutoff}' and model_version = '{one.version}'"""
            )
            fresh = again[columns].astype(str).itertuples(index=False)
            assert sorted(map(tuple, fresh)) == sorted(
                tuple(str(float(cell)) if "probability" in name else str(cell)
                      for name, cell in zip(columns, row, strict=True)) for row in written
            ), model  # fmt: skip


def test_a_late_order_changes_features_after_it_and_outcomes_around_it(shop: Shop) -> None:
    """Whoever it belongs to had not left, for cut-offs whose horizon it lies in."""
    late = date(2011, 3, 14)
    before = shop.features_before("2012-01-01")
    line = dict(lines_of("2011-03")[0]) | {
        "InvoiceNo": "700001",
        "InvoiceDate": f"{late} 10:00:00",
        "CustomerID": next(filter(is_chosen, (one["CustomerID"] for one in lines_of("2011-03")))),
        "Quantity": "5",
        "UnitPrice": "2.5",
    }
    shop.write("late", [line])
    shop.take_in()
    after = shop.features_before("2012-01-01")
    features, outcomes = (
        {date.fromisoformat(json.loads(text)["cutoff_date"])
         for text in set(before[name]) ^ set(after[name])}
        for name in FEATURES
    )  # fmt: skip
    assert min(features) == date(2011, 3, 21)
    assert outcomes
    assert all(cutoff <= late < cutoff + timedelta(days=60) for cutoff in outcomes)


def test_a_full_refresh_makes_the_same(shop: Shop, scored: dict[str, Scored]) -> None:
    shop.account.dbt("run", "--select", *GOLD)
    tables = (*(f"silver.{name}" for name in FEATURES), *(f"gold_operational.{n}" for n in GOLD))
    before = shop.account.contents(without=("as_of",), among=tables)
    shop.account.dbt("run", "--full-refresh", "--select", *FEATURES, *GOLD)
    assert all(before[table] for table in tables[:3])
    after = shop.account.contents(without=("as_of",), among=tables)
    for table in tables:
        assert after[table] == before[table], table
