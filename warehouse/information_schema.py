"""The relations of information_schema, made for the statement that names them."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from warehouse.catalog_reader import CatalogReader
from warehouse.errors import NotEmulated
from warehouse.pushdown import Wanted

Row = Mapping[str, Any]

_COLUMNS: Mapping[str, str] = MappingProxyType({
    "catalogs": "catalog_name STRING, catalog_owner STRING, comment STRING",
    "schemata": "catalog_name STRING, schema_name STRING, schema_owner STRING, comment STRING",
    "tables": (
        "table_catalog STRING, table_schema STRING, table_name STRING, table_type STRING, "
        "is_insertable_into STRING, commit_action STRING, table_owner STRING, comment STRING, "
        "created TIMESTAMP, created_by STRING, last_altered TIMESTAMP, last_altered_by STRING, "
        "data_source_format STRING, storage_path STRING, storage_sub_directory STRING"
    ),
    "columns": (
        "table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, "
        "ordinal_position INT, column_default STRING, is_nullable STRING, full_data_type STRING, "
        "data_type STRING, is_identity STRING, is_generated STRING, partition_index INT, "
        "comment STRING"
    ),
    "views": (
        "table_catalog STRING, table_schema STRING, table_name STRING, view_definition STRING, "
        "check_option STRING, is_updatable STRING, is_insertable_into STRING, sql_path STRING, "
        "is_materialized STRING"
    ),
    # Nothing of what these list can be made here, so they hold no rows.
    "table_tags": (
        "catalog_name STRING, schema_name STRING, table_name STRING, tag_name STRING, "
        "tag_value STRING"
    ),
    "column_tags": (
        "catalog_name STRING, schema_name STRING, table_name STRING, column_name STRING, "
        "tag_name STRING, tag_value STRING"
    ),
    "column_masks": (
        "table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, "
        "mask_catalog STRING, mask_schema STRING, mask_name STRING, using_columns STRING"
    ),
    "row_filters": (
        "table_catalog STRING, table_schema STRING, table_name STRING, filter_catalog STRING, "
        "filter_schema STRING, filter_name STRING, target_columns STRING"
    ),
    "key_column_usage": (
        "constraint_catalog STRING, constraint_schema STRING, constraint_name STRING, "
        "table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, "
        "ordinal_position INT, position_in_unique_constraint INT"
    ),
    "table_constraints": (
        "constraint_catalog STRING, constraint_schema STRING, constraint_name STRING, "
        "table_catalog STRING, table_schema STRING, table_name STRING, constraint_type STRING, "
        "is_deferrable STRING, initially_deferred STRING, enforced STRING, comment STRING"
    ),
    "referential_constraints": (
        "constraint_catalog STRING, constraint_schema STRING, constraint_name STRING, "
        "unique_constraint_catalog STRING, unique_constraint_schema STRING, "
        "unique_constraint_name STRING, match_option STRING, update_rule STRING, "
        "delete_rule STRING"
    ),
})  # fmt: skip


def relation_sql(reader: CatalogReader, catalog: str, name: str, wanted: Wanted) -> str:
    """A query that gives the rows of ``information_schema.<name>`` as they are now.

    Raises:
        NotEmulated: if there is no such relation here.
    """
    columns = _COLUMNS.get(name)
    if columns is None:
        raise NotEmulated(
            f"[TABLE_OR_VIEW_NOT_FOUND] The embedded lakehouse has no information_schema.{name}; "
            f"it has {', '.join(sorted(_COLUMNS))}."
        )
    make = _ROWS.get(name)
    rows = [] if make is None else list(make(reader, catalog, wanted))
    if not rows:
        # The planner folds it away, and whatever is joined or sorted with it: no job has to run.
        names = ", ".join(
            f"CAST(NULL AS {kind}) AS {name}"
            for name, kind in (column.split(" ") for column in columns.split(", "))
        )
        return f"SELECT {names} WHERE false"
    text = json.dumps(rows, default=_text).replace("\\", "\\\\").replace("'", "\\'")
    fields = columns.replace(" ", ":").replace(",:", ", ")
    return f"SELECT inline(from_json('{text}', 'ARRAY<STRUCT<{fields}>>'))"


def _text(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _catalogs(_reader: CatalogReader, catalog: str, _wanted: Wanted) -> Iterable[Row]:
    yield {"catalog_name": catalog}


def _schemata(reader: CatalogReader, catalog: str, wanted: Wanted) -> Iterable[Row]:
    for name in reader.schemas(wanted):
        yield {"catalog_name": catalog, "schema_name": name}


def _tables(reader: CatalogReader, catalog: str, wanted: Wanted) -> Iterable[Row]:
    for table in reader.tables(wanted):
        yield {
            "table_catalog": catalog,
            "table_schema": table.schema,
            "table_name": table.name,
            "table_type": table.kind,
            "is_insertable_into": "NO" if table.kind == "VIEW" else "YES",
            "comment": table.comment,
            "created": table.created,
            "last_altered": table.altered,
            "data_source_format": (table.format or "").upper() or None,
            "storage_path": table.location,
        }


def _columns(reader: CatalogReader, catalog: str, wanted: Wanted) -> Iterable[Row]:
    for column in reader.columns(wanted):
        yield {
            "table_catalog": catalog,
            "table_schema": column.schema,
            "table_name": column.table,
            "column_name": column.name,
            "ordinal_position": column.position,
            "is_nullable": "YES" if column.nullable else "NO",
            "full_data_type": column.full_type,
            "data_type": column.full_type.split("<")[0].split("(")[0].upper(),
            "comment": column.comment,
        }


def _views(reader: CatalogReader, catalog: str, wanted: Wanted) -> Iterable[Row]:
    for table in reader.tables(wanted):
        if table.kind == "VIEW":
            yield {
                "table_catalog": catalog,
                "table_schema": table.schema,
                "table_name": table.name,
                "view_definition": table.view_text,
                "is_materialized": "NO",
            }


_ROWS: Mapping[str, Callable[[CatalogReader, str, Wanted], Iterable[Row]]] = MappingProxyType({
    "catalogs": _catalogs,
    "schemata": _schemata,
    "tables": _tables,
    "columns": _columns,
    "views": _views,
})  # fmt: skip
