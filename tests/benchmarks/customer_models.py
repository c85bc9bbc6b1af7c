"""The models of customers over all delivered days of the retailer: cards, and how long it takes.

python -m tests.benchmarks.customer_models --cards docs/models
"""

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

from operations.dbt import PROJECT
from operations.learning.errors import NoChampion
from operations.learning.run import MODELS, Job
from operations.learning.store import Store
from operations.pipeline import WITHOUT_TESTS
from tests.benchmarks.fraud_accuracy import lakehouse
from tests.scenarios.account import Account

DATA = PROJECT.parent / "shared" / "data" / "uci_online_retail" / "by-day"
FEATURES = ("+int_commerce__customer_outcomes", "+int_commerce__customer_products")
GOLD = (
    "ops_churn_predictions", "ops_customer_segments", "ops_product_recommendations",
    "ops_model_health",
)  # fmt: skip


def measure(account: Account, home: Path, cards: Path | None) -> None:
    """Days to features, features to models, models to gold; prints and writes cards."""
    began = time.monotonic()

    def told(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    account.ingest({"retail_lines": str(DATA)})
    told("days taken in")
    account.dbt("build", "--select", *FEATURES, *WITHOUT_TESTS)
    told("features built")
    with closing(account.lakehouse.connection.connect()) as connection:
        job = Job(cursor=connection.cursor(), store=Store(home, {}))
        for model in MODELS:
            for trained in job.train(model):
                told(f"{model} trained")
                print(trained.card, flush=True)
                if cards:
                    cards.mkdir(parents=True, exist_ok=True)
                    (cards / f"{model}_{trained.shop}.md").write_text(trained.card)
            try:
                for scored in job.score(model):
                    told(str(scored))
            except NoChampion as error:
                told(str(error))
    account.dbt("build", "--select", *GOLD)
    told("gold built")
    print(*account.rows("select * from gold_operational.ops_model_health"), sep="\n")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=Path, help="Folder to write the model cards into.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "lakehouse", Path(folder) / "home"
        root.mkdir()
        home.mkdir()
        with lakehouse(root) as house:
            measure(Account(lakehouse=house, home=home, target=home / "target"), home, given.cards)


if __name__ == "__main__":
    main()
