"""Answers of the calls for catalogs, schemas, tables and columns, in the shape of JDBC."""

import re
from typing import Any

from pyspark.sql.types import IntegerType, ShortType, StringType, StructType

from warehouse.catalog_reader import ColumnEntry
from warehouse.pushdown import Wanted
from warehouse.results import Result, local_result
from warehouse.sessions import Session

_TEXT, _INT = StringType(), IntegerType()
# Numbers of java.sql.Types by the name of the type in SQL.
_JDBC_TYPES = {
    "boolean": 16, "tinyint": -6, "smallint": 5, "int": 4, "bigint": -5, "float": 6, "double": 8,
    "decimal": 3, "string": 12, "binary": -2, "date": 91, "timestamp": 93, "timestamp_ntz": 93,
    "array": 2003, "struct": 2002, "map": 2000,
}  # fmt: skip
_SIZES = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19, "float": 7, "double": 15}


def _shape(*columns: tuple[str, Any]) -> StructType:
    shape = StructType()
    for name, kind in columns:
        shape = shape.add(name, kind)
    return shape


_CATALOGS = _shape(("TABLE_CAT", _TEXT))
_SCHEMAS = _shape(("TABLE_SCHEM", _TEXT), ("TABLE_CATALOG", _TEXT))
_TYPES = _shape(("TABLE_TYPE", _TEXT))
_TABLES = _shape(
    *((name, _TEXT) for name in (
        "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS", "TYPE_CAT",
        "TYPE_SCHEM", "TYPE_NAME", "SELF_REFERENCING_COL_NAME", "REF_GENERATION",
    ))
)  # fmt: skip
_COLUMNS = _shape(
    ("TABLE_CAT", _TEXT), ("TABLE_SCHEM", _TEXT), ("TABLE_NAME", _TEXT), ("COLUMN_NAME", _TEXT),
    ("DATA_TYPE", _INT), ("TYPE_NAME", _TEXT), ("COLUMN_SIZE", _INT), ("BUFFER_LENGTH", _INT),
    ("DECIMAL_DIGITS", _INT), ("NUM_PREC_RADIX", _INT), ("NULLABLE", _INT), ("REMARKS", _TEXT),
    ("COLUMN_DEF", _TEXT), ("SQL_DATA_TYPE", _INT), ("SQL_DATETIME_SUB", _INT),
    ("CHAR_OCTET_LENGTH", _INT), ("ORDINAL_POSITION", _INT), ("IS_NULLABLE", _TEXT),
    ("SCOPE_CATALOG", _TEXT), ("SCOPE_SCHEMA", _TEXT), ("SCOPE_TABLE", _TEXT),
    ("SOURCE_DATA_TYPE", ShortType()), ("IS_AUTO_INCREMENT", _TEXT),
)  # fmt: skip


def catalogs(session: Session, _req: Any) -> Result:
    """The one catalog."""
    return local_result([{"TABLE_CAT": session.catalog}], _CATALOGS)


def schemas(session: Session, req: Any) -> Result:
    """The schemas that fit ``schemaName``."""
    rows = [
        {"TABLE_SCHEM": name, "TABLE_CATALOG": session.catalog} for name in _schemas(session, req)
    ]
    return local_result(rows, _SCHEMAS)


def table_types(_session: Session, _req: Any) -> Result:
    """The two kinds there are."""
    return local_result([{"TABLE_TYPE": "TABLE"}, {"TABLE_TYPE": "VIEW"}], _TYPES)


def tables(session: Session, req: Any) -> Result:
    """The tables and views that fit ``schemaName``, ``tableName`` and ``tableTypes``."""
    asked = [kind.upper() for kind in req.tableTypes or []]
    rows = []
    for entry in session.reader.tables(_wanted(session, req)):
        kind = "VIEW" if entry.kind == "VIEW" else "TABLE"
        if not asked or kind in asked:
            rows.append({
                "TABLE_CAT": session.catalog, "TABLE_SCHEM": entry.schema,
                "TABLE_NAME": entry.name, "TABLE_TYPE": kind, "REMARKS": entry.comment or "",
            })  # fmt: skip
    return local_result(rows, _TABLES)


def columns(session: Session, req: Any) -> Result:
    """The columns that fit ``schemaName``, ``tableName`` and ``columnName``."""
    fits = _pattern(req.columnName)
    found = session.reader.columns(_wanted(session, req))
    rows = [_column(session.catalog, entry) for entry in found if fits(entry.name)]
    return local_result(rows, _COLUMNS)


def _column(catalog: str, entry: ColumnEntry) -> dict[str, Any]:
    base = re.split(r"[<(]", entry.full_type)[0]
    precision = re.fullmatch(r"decimal\((\d+),(\d+)\)", entry.full_type)
    return {
        "TABLE_CAT": catalog,
        "TABLE_SCHEM": entry.schema,
        "TABLE_NAME": entry.table,
        "COLUMN_NAME": entry.name,
        "DATA_TYPE": _JDBC_TYPES.get(base, 1111),
        "TYPE_NAME": entry.full_type.upper(),
        "COLUMN_SIZE": int(precision[1]) if precision else _SIZES.get(base),
        "DECIMAL_DIGITS": int(precision[2]) if precision else None,
        "NUM_PREC_RADIX": 10 if precision or base in _SIZES else None,
        "NULLABLE": int(entry.nullable),
        "REMARKS": entry.comment or "",
        "ORDINAL_POSITION": entry.position,
        "IS_NULLABLE": "YES" if entry.nullable else "NO",
        "IS_AUTO_INCREMENT": "NO",
    }


def _schemas(session: Session, req: Any) -> list[str]:
    named = req.catalogName
    if named and not _pattern(named)(session.catalog):
        return []
    fits = _pattern(req.schemaName)
    return [name for name in session.reader.schemas(Wanted()) if fits(name)]


def _wanted(session: Session, req: Any) -> Wanted:
    """The patterns of a call as names; those of tables are looked up only where they are one."""
    chosen = frozenset(_schemas(session, req))
    fits = _pattern(req.tableName)
    among = Wanted(schemas=chosen)
    if not req.tableName:
        return among
    names = frozenset(name for _, name in session.reader.table_names(among) if fits(name))
    return Wanted(schemas=chosen, tables=names)


def _pattern(text: str | None) -> Any:
    r"""Whether a name fits a pattern with % and _, where \ takes their meaning away."""
    if not text:
        return lambda _: True
    parts = re.findall(r"\\.|.", text, re.DOTALL)
    signs = {"%": ".*", "_": "."}
    compiled = re.compile(
        "".join(signs.get(part) or re.escape(part.removeprefix("\\")) for part in parts),
        re.IGNORECASE | re.DOTALL,
    )
    return lambda name: compiled.fullmatch(name) is not None
