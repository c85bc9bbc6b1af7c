"""Reads schemas, tables and columns from the engine's catalog, opening no table without need."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from warehouse.pushdown import Wanted

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEntry:
    """A table or view as the catalog knows it; times are in UTC, None where unknown."""

    schema: str
    name: str
    kind: str  # MANAGED, EXTERNAL or VIEW
    format: str | None
    comment: str | None
    location: str | None
    created: datetime | None
    altered: datetime | None
    view_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEntry:
    """A column of a table or view; ``full_type`` is the type as SQL writes it."""

    schema: str
    table: str
    name: str
    position: int
    nullable: bool
    full_type: str
    comment: str | None


class CatalogReader:
    """What the catalog holds, read through one session."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._external: Any = spark._jsparkSession.sharedState().externalCatalog()

    def schemas(self, wanted: Wanted) -> list[str]:
        """The names of the wanted schemas."""
        return [name for name in _names(self._external.listDatabases()) if wanted.schema(name)]

    def names_in(self, schema: str) -> list[str]:
        """The names of the tables and views of a schema that there is."""
        return _names(self._external.listTables(schema))

    def table_names(self, wanted: Wanted) -> Iterator[tuple[str, str]]:
        """Schema and name of the wanted tables and views."""
        for schema in self.schemas(wanted):
            for name in self.names_in(schema):
                if wanted.table(name):
                    yield schema, name

    def tables(self, wanted: Wanted) -> Iterator[TableEntry]:
        """The wanted tables and views; one that is dropped meanwhile is left out."""
        for schema, name in self.table_names(wanted):
            entry = self._entry(schema, name)
            if entry is not None:
                yield entry

    def _entry(self, schema: str, name: str) -> TableEntry | None:
        try:
            table = self._external.getTable(schema, name)
        except Exception:  # the engine tells a dropped table by several types
            return None
        kind = table.tableType().name()
        location = None
        if kind != "VIEW" and table.storage().locationUri().isDefined():
            location = table.storage().locationUri().get().toString()
        created = datetime.fromtimestamp(table.createTime() / 1000, UTC)
        return TableEntry(
            schema=schema,
            name=name,
            kind=kind,
            format=_option(table.provider()),
            comment=_option(table.comment()),
            location=location,
            created=created,
            altered=_last_commit(location) or created,
            view_text=_option(table.viewText()) if kind == "VIEW" else None,
        )

    def delta_log(self, schema: str, name: str) -> Path | None:
        """The folder with the log of the Delta table of this name; None if there is none."""
        try:
            table = self._external.getTable(schema, name)
        except Exception:  # the engine tells a missing table by several types
            return None
        address = table.storage().locationUri()
        is_delta = (_option(table.provider()) or "").lower() == "delta"
        return _log_at(address.get().toString()) if is_delta and address.isDefined() else None

    def columns(self, wanted: Wanted) -> Iterator[ColumnEntry]:
        """The columns of the wanted tables; a table that cannot be opened has none."""
        for schema, name in self.table_names(wanted):
            try:
                fields = self._spark.table(f"spark_catalog.{quoted(schema)}.{quoted(name)}").schema
            except PySparkException:
                continue
            for position, field in enumerate(fields):
                yield ColumnEntry(
                    schema=schema,
                    table=name,
                    name=field.name,
                    position=position,
                    nullable=field.nullable,
                    full_type=field.dataType.simpleString(),
                    comment=(field.metadata or {}).get("comment"),
                )


def quoted(name: str) -> str:
    """The name in back-ticks."""
    return "`" + name.replace("`", "``") + "`"


def _names(sequence: Any) -> list[str]:
    text = sequence.mkString(_SEPARATOR)
    return text.split(_SEPARATOR) if text else []


def _option(option: Any) -> str | None:
    return str(option.get()) if option.isDefined() else None


def _log_at(location: str) -> Path:
    """The log of a table whose address the catalog tells as a URI or a path."""
    parts = urlsplit(location)
    return Path(unquote(parts.path) if parts.scheme else location) / "_delta_log"


def _last_commit(location: str | None) -> datetime | None:
    """When the Delta log at this place was last written, without opening it."""
    if location is None:
        return None
    try:
        times = [found.stat().st_mtime for found in _log_at(location).glob("*.json")]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None
