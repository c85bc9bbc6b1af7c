"""What a model says of its table reaches the table with the next run, and how tables are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lakehouse_fixtures import Lakehouse
from tests.project_copy import copy_project
from tests.scenarios.account import Account
from tests.workers import Worker

TABLE = "silver.stg_orders__dishes"
CONTRACT = Path("models/silver/orders/stg_orders__dishes.yml")
COLUMN = """      - name: dish_id
        data_type: string
        description: """
DISH = """{"dish_id": "d1", "restaurant_id": "r1", "updated_at": "2026-01-01T00:00:00Z"}"""
# One of the five questions of the comparison.
QUESTION = "key_column_usage"


@dataclass(frozen=True, slots=True)
class Deployment:
    """An account, and a copy of the project whose contracts may be edited."""

    account: Account
    project: Path

    def run(self) -> str:
        """All that dbt said and sent."""
        log = self.account.home / "debug" / "dbt.log"
        log.unlink(missing_ok=True)
        model = TABLE.split(".")[1]
        self.account.dbt("run", "--select", model, "--project-dir", str(self.project))
        return log.read_text()

    def version(self) -> object:
        return self.account.rows(f"describe history {TABLE} limit 1")[0][0]


@pytest.fixture
def deployment(
    lakehouse: Lakehouse, dbt_worker: Worker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    project = copy_project(tmp_path_factory.mktemp("project"))
    lakehouse.spark.sql("create schema if not exists bronze_orders")
    lakehouse.spark.sql(
        f"""create table bronze_orders.dishes using delta as select
            '{DISH}' as raw, 'global' as region, 'f' as source_file,
            current_timestamp() as file_modified_at, current_timestamp() as ingested_at,
            'b' as ingest_batch, 'h' as line_hash, cast(null as string) as rescue_reason"""
    )
    home = tmp_path_factory.mktemp("home")
    account = Account(lakehouse=lakehouse, home=home, target=home / "target", execute=dbt_worker)
    yield Deployment(account, project)
    for schema in ("bronze_orders", "silver", "ledger"):
        lakehouse.spark.sql(f"drop schema if exists {schema} cascade")


def test_a_changed_description_is_applied_once(deployment: Deployment) -> None:
    deployment.run()
    first = deployment.version()
    assert QUESTION not in deployment.run()
    assert deployment.version() == first

    contract = deployment.project / CONTRACT
    before, after = contract.read_text().split(COLUMN)
    contract.write_text(f"{before}{COLUMN}Said anew.\n{after.split(chr(10), 1)[1]}")
    assert QUESTION in deployment.run()
    comments = {row[0]: row[2] for row in deployment.account.rows(f"describe table {TABLE}")}
    assert comments["dish_id"] == "Said anew."
    applied = deployment.version()
    assert QUESTION not in deployment.run()
    assert deployment.version() == applied


def test_maintenance_joins_small_files_and_loses_no_row(deployment: Deployment) -> None:
    account = deployment.account
    deployment.run()
    for copy in ("g", "h"):
        account.rows(
            f"""insert into bronze_orders.dishes by name
            select * except (source_file), '{copy}' as source_file
            from bronze_orders.dishes limit 1"""
        )
    before = sorted(account.rows("select * from bronze_orders.dishes"), key=str)
    where = ("--project-dir", str(deployment.project))
    for arguments in ("{schemas: [bronze_orders]}", "{schemas: [silver], vacuum_hours: 720}"):
        account.dbt("run-operation", "maintain", "--args", arguments, *where)

    spark = deployment.account.lakehouse.spark
    done = spark.sql("describe history bronze_orders.dishes").collect()
    assert {"OPTIMIZE", "VACUUM END"} <= {commit.operation for commit in done}
    assert spark.sql("describe detail bronze_orders.dishes").collect()[0].numFiles == 1
    assert sorted(account.rows("select * from bronze_orders.dishes"), key=str) == before
