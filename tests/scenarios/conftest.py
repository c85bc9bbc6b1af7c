"""A whole account of one's own per scenario: landing, ingestion, dbt, on the suite's one engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lakehouse_fixtures import Lakehouse
from tests.scenarios.account import BUILT_SCHEMAS, Account
from tests.workers import Worker

BRONZE_SCHEMAS = ("bronze_platform", "bronze_orders", "bronze_commerce")


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dbt") / "target"


@pytest.fixture(scope="module")
def account(
    lakehouse: Lakehouse,
    dbt_target: Path,
    dbt_worker: Worker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Account]:
    home = tmp_path_factory.mktemp("account")
    yield Account(lakehouse=lakehouse, home=home, target=dbt_target, execute=dbt_worker)
    for schema in (*BRONZE_SCHEMAS, *BUILT_SCHEMAS, "quality", "operations"):
        lakehouse.clear(schema)
