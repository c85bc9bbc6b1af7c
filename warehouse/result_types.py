"""How the engine's column types travel: the type a client is told and the Arrow that carries it."""

from collections.abc import Callable
from types import MappingProxyType

from databricks.sql.thrift_api.TCLIService import ttypes
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    MapType,
    StructType,
    VariantType,
    YearMonthIntervalType,
)

_TYPE_IDS = MappingProxyType({
    "boolean": ttypes.TTypeId.BOOLEAN_TYPE,
    "byte": ttypes.TTypeId.TINYINT_TYPE,
    "short": ttypes.TTypeId.SMALLINT_TYPE,
    "integer": ttypes.TTypeId.INT_TYPE,
    "long": ttypes.TTypeId.BIGINT_TYPE,
    "float": ttypes.TTypeId.FLOAT_TYPE,
    "double": ttypes.TTypeId.DOUBLE_TYPE,
    "decimal": ttypes.TTypeId.DECIMAL_TYPE,
    "binary": ttypes.TTypeId.BINARY_TYPE,
    "date": ttypes.TTypeId.DATE_TYPE,
    "timestamp": ttypes.TTypeId.TIMESTAMP_TYPE,
    "timestamp_ntz": ttypes.TTypeId.TIMESTAMP_TYPE,
    "array": ttypes.TTypeId.ARRAY_TYPE,
    "map": ttypes.TTypeId.MAP_TYPE,
    "struct": ttypes.TTypeId.STRUCT_TYPE,
    "void": ttypes.TTypeId.NULL_TYPE,
    "yearmonthinterval": ttypes.TTypeId.INTERVAL_YEAR_MONTH_TYPE,
    "daytimeinterval": ttypes.TTypeId.INTERVAL_DAY_TIME_TYPE,
})  # fmt: skip
_AS_TEXT = ("interval", "time", "geometry", "geography")


def column_description(name: str, kind: DataType, position: int) -> ttypes.TColumnDesc:
    """What the client is told about a column; what has no type of its own there is a string."""
    qualifiers = None
    if isinstance(kind, DecimalType):
        qualifiers = ttypes.TTypeQualifiers(
            qualifiers={
                "precision": ttypes.TTypeQualifierValue(i32Value=kind.precision),
                "scale": ttypes.TTypeQualifierValue(i32Value=kind.scale),
            }
        )
    entry = ttypes.TPrimitiveTypeEntry(type=_type_id(kind), typeQualifiers=qualifiers)
    return ttypes.TColumnDesc(
        columnName=name,
        typeDesc=ttypes.TTypeDesc(types=[ttypes.TTypeEntry(primitiveEntry=entry)]),
        position=position,
    )


def _type_id(kind: DataType) -> int:
    if isinstance(kind, YearMonthIntervalType):
        return int(ttypes.TTypeId.INTERVAL_YEAR_MONTH_TYPE)
    if isinstance(kind, DayTimeIntervalType):
        return int(ttypes.TTypeId.INTERVAL_DAY_TIME_TYPE)
    return int(_TYPE_IDS.get(kind.typeName(), ttypes.TTypeId.STRING_TYPE))


def portable(frame: DataFrame, schema: StructType) -> DataFrame:
    """The same rows with VARIANT as JSON text and intervals as text, also inside other types."""
    if not any(_needs_change(field.dataType) for field in schema):
        return frame
    places = [f"c{index}" for index in range(len(schema))]
    changed = [
        _changed(F.col(place), field.dataType) for place, field in zip(places, schema, strict=True)
    ]
    return frame.toDF(*places).select(*changed).toDF(*schema.names)


def _is_text(kind: DataType) -> bool:
    if isinstance(kind, YearMonthIntervalType | DayTimeIntervalType):
        return True
    return kind.typeName().split("(")[0] in _AS_TEXT


def _needs_change(kind: DataType) -> bool:
    if isinstance(kind, ArrayType):
        return _needs_change(kind.elementType)
    if isinstance(kind, MapType):
        return _needs_change(kind.keyType) or _needs_change(kind.valueType)
    if isinstance(kind, StructType):
        return any(_needs_change(field.dataType) for field in kind)
    return isinstance(kind, VariantType) or _is_text(kind)


def _changed(value: Column, kind: DataType) -> Column:
    if not _needs_change(kind):
        return value
    if isinstance(kind, ArrayType):
        return F.transform(value, _inner(kind.elementType))
    if isinstance(kind, MapType):
        keyed = F.transform_keys(value, lambda key, _: _changed(key, kind.keyType))
        return F.transform_values(keyed, lambda _, item: _changed(item, kind.valueType))
    if isinstance(kind, StructType):
        members = [_changed(value[f.name], f.dataType).alias(f.name) for f in kind]
        return F.when(value.isNotNull(), F.struct(*members))
    return F.to_json(value) if isinstance(kind, VariantType) else value.cast("string")


def _inner(kind: DataType) -> Callable[[Column], Column]:
    return lambda item: _changed(item, kind)
