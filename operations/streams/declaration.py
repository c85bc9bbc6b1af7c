"""What an order is declared to be: the same lines of YAML that silver's verdict is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from ingestion.bounded_yaml import read_yaml
from operations.streams.errors import StreamsFailed
from warehouse.settings import PROJECT

_SOURCES = PROJECT / "models" / "bronze" / "orders" / "_orders__sources.yml"
_PROJECT = PROJECT / "dbt_project.yml"


@dataclass(frozen=True, slots=True)
class Field:
    """A member of an order: its name, its SQL type, and whether an order needs it."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Fields in the order in which a verdict looks at them; versions that are understood.

    ``max_future`` is an interval (`1 day`) by which an order may be ahead of the broker's clock.
    ``outlier_factor``: how many times the usual price is an outlier, or what part of it.
    """

    fields: tuple[Field, ...]
    newest_version: int
    max_future: str
    outlier_factor: Decimal


def read_declaration(sources: Path = _SOURCES, project: Path = _PROJECT) -> Declaration:
    """The declaration of the record `orders.orders` and the variables that its model reads.

    Raises:
        StreamsFailed: if a file is not there or says something else.
    """
    try:
        record = next(_records(read_yaml(sources.read_text(encoding="utf-8"))))
        variables = read_yaml(project.read_text(encoding="utf-8"))["vars"]
        return Declaration(
            fields=tuple(
                Field(one["name"], one["type"], bool(one.get("required")))
                for one in record["fields"]
            ),
            newest_version=int(variables["orders_newest_schema_version"]),
            max_future=str(record["max_future"]),
            outlier_factor=Decimal(str(variables["orders_outlier_factor"])),
        )
    except (OSError, ValueError, LookupError, TypeError, StopIteration, yaml.YAMLError) as error:
        raise StreamsFailed(
            f"The record of orders is not declared as expected in {sources.name} and"
            f" {project.name} ({type(error).__name__}: {error})."
        ) from error


def _records(document: Any) -> Iterator[Mapping[str, Any]]:
    for source in document["sources"]:
        for table in source["tables"]:
            if (source["name"], table["name"]) == ("orders", "orders"):
                yield table["config"]["meta"]["record"]
