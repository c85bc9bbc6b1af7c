"""Lists in the docs that speak of every mart, against the marts."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.shell_blocks import shell_blocks

ROOT = Path(__file__).parents[3]
CAP = (ROOT / "docs" / "cap.md").read_text(encoding="utf-8")
SLO = (ROOT / "docs" / "slo.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.+) \| (.+) \|$", re.MULTILINE)
# Words in code that are neither a mart nor a column: values, tests, keys.
OTHER = {"not_compared", "test_docs_lists"}


def marts(grade: str) -> set[str]:
    """Names of the marts of a grade, by their files."""
    return {path.stem for path in (ROOT / "models" / "gold" / grade).rglob("*.sql")}


def columns() -> dict[str, set[str]]:
    """Columns of every mart."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "models" / "gold").rglob("*.yml"):
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in document.get("models", ()):
            found[model["name"]] = {column["name"] for column in model.get("columns", ())}
    return found


def test_every_mart_says_what_it_prefers_under_its_grade() -> None:
    """A new mart needs a row in docs/cap.md."""
    _, billing, operational = re.split(r"^## (?:Billing|Operational) grade$", CAP, flags=re.M)
    for text, grade in ((billing, "billing"), (operational, "operational")):
        rows = ROW.findall(text)
        names = [name for name, *_ in rows]
        assert sorted(names) == sorted(marts(grade)), grade
        assert {prefers for _, prefers, *_ in rows} <= {"consistency", "availability"}


def test_what_sums_money_of_usage_prefers_consistency() -> None:
    prefers = {name: kind for name, kind, *_ in ROW.findall(CAP)}
    for name in ("fct_usage_hourly", "fct_charges", "fct_billed_usage", "fct_chargeback_monthly"):
        assert prefers[name] == "consistency"
    assert prefers["ops_spend_daily"] == "availability"


def test_columns_that_are_named_are_there() -> None:
    known = columns()
    names = known.keys() | {column for those in known.values() for column in those} | OTHER
    named = {
        part
        for word in re.findall(r"`([A-Za-z_.0-9]+)`", CAP)
        for part in word.split(".")
        if "_" in part or part.startswith("TimeSector")
    }
    assert len(named) > 80
    assert named - names == set()


def test_service_levels_ask_tables_and_columns_that_are_there() -> None:
    known = columns()
    queries = shell_blocks(SLO)
    assert len(queries) == 6
    for query in queries:
        for schema, table in re.findall(r"from (\w+)\.(\w+)", query):
            assert schema == "operations" or table in known, table


def test_seconds_of_the_page_are_those_of_the_project() -> None:
    """Of freshness: the limits that `ops_freshness` counts by."""
    variables = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert "99 % of files within 60 s" in SLO
    assert variables["slo_seconds_bronze"] == 60
    for layer, minutes in (("silver", 5), ("gold", 15)):
        assert f"[{layer} is fresh](#freshness) | 99 % within {minutes} min" in SLO
        assert variables[f"slo_seconds_{layer}"] == 60 * minutes
