"""The FOCUS mart has the columns of FOCUS 1.3 that apply, with their types and values."""

from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3]
SPECIFICATION: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("focus_1_3_columns.yml").read_text()
)
MODEL: dict[str, Any] = yaml.safe_load(
    (PROJECT / "models/gold/billing/platform/fct_focus_cost_and_usage.yml").read_text()
)["models"][0]
COLUMNS: dict[str, dict[str, Any]] = {column["name"]: column for column in MODEL["columns"]}
# Databricks reports nothing of the kind: the columns would always be null.
NOT_APPLICABLE = {
    "split cost allocation",
    "capacity reservations",
    "commitment discounts",
    "contract commitments",
    "pricing in another currency than billing",
}
TYPES = {"string": "string", "json": "string", "datetime": "timestamp", "decimal": "decimal("}


def applies(column: str) -> bool:
    """Whether a Databricks account has what the column is about."""
    if column == "AllocatedMethodDetails":
        return "split cost allocation" not in NOT_APPLICABLE
    return SPECIFICATION[column].get("when") not in NOT_APPLICABLE


def never_null() -> set[str]:
    """Columns that a data test keeps from being null."""
    (test,) = (test["no_nulls"] for test in MODEL["data_tests"] if "no_nulls" in test)
    return set(test["arguments"]["columns"])


def accepted(column: str) -> set[str] | None:
    """Values that a data test allows in a column."""
    for test in COLUMNS[column].get("data_tests", []):
        if "accepted_values" in test:
            return set(test["accepted_values"]["arguments"]["values"])
    return None


@pytest.mark.parametrize("column", SPECIFICATION)
def test_a_column_is_there_when_it_applies(column: str) -> None:
    assert (column in COLUMNS) == applies(column)
    assert applies(column) or SPECIFICATION[column]["level"] != "mandatory"


@pytest.mark.parametrize("column", sorted(COLUMNS.keys() & SPECIFICATION.keys()))
def test_a_column_is_as_specified(column: str) -> None:
    wanted = SPECIFICATION[column]
    assert COLUMNS[column]["data_type"].startswith(TYPES[wanted["type"]])
    assert wanted["nulls"] or column in never_null()
    assert accepted(column) == (set(wanted["values"]) if "values" in wanted else None)


def test_own_columns_are_marked_and_come_last() -> None:
    own = [name for name in COLUMNS if name not in SPECIFICATION]
    assert all(name.startswith("x_") for name in own)
    assert list(COLUMNS)[-len(own) :] == own


def test_the_query_gives_exactly_the_columns_of_the_contract() -> None:
    query = (PROJECT / "models/gold/billing/platform/fct_focus_cost_and_usage.sql").read_text()
    aliases = [line.split(" as ")[-1].rstrip(",") for line in query.splitlines() if " as " in line]
    assert [alias for alias in aliases if alias in COLUMNS] == list(COLUMNS)


def test_the_guide_explains_every_column() -> None:
    guide = " ".join((PROJECT / "docs/focus.md").read_text().split())
    assert [name for name in COLUMNS if name not in guide] == []
    assert [reason for reason in NOT_APPLICABLE if reason not in guide] == []
