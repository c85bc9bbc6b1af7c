"""The log of the platform is declared as it is written."""

from typing import Any

from ingestion.log_table import COLUMNS, TABLE


def test_the_declared_log_has_the_columns_that_are_written(manifest: dict[str, Any]) -> None:
    schema, name = TABLE.split(".")
    (source,) = [
        source
        for source in manifest["sources"].values()
        if (source["schema"], source["identifier"]) == (schema, name)
    ]
    declared = {column["name"]: column["data_type"] for column in source["columns"].values()}
    assert declared == COLUMNS
