"""The trace finds a bronze line by the key that the staging model gave it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.dbt import PROJECT
from operations.trace.bronze import NATURAL_KEYS, record_key


def declared(source: str) -> dict[str, Any]:
    for file in sorted(Path(PROJECT / "models" / "bronze").rglob("_*__sources.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["sources"]:
            for table in entry["tables"]:
                if table["name"] == source:
                    record: dict[str, Any] = table["config"]["meta"]["record"]
                    return record
    raise AssertionError(f"{source} is not declared")


@pytest.mark.parametrize("source", NATURAL_KEYS)
def test_keys_are_those_of_the_declaration(source: str) -> None:
    record = declared(source)
    types = {field["name"]: field["type"] for field in record["fields"]}
    assert list(NATURAL_KEYS[source]) == record["natural_key"]
    assert dict(NATURAL_KEYS[source]) == {name: types[name] for name in record["natural_key"]}


def test_key_of_a_timestamp_is_that_of_its_typed_value() -> None:
    expression = record_key("list_prices")
    assert "cast(try_cast(get_json_object(text, '$.price_start_time') as timestamp)" in expression
