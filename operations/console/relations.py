"""What the project declares of its tables: where they lie and which columns they have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from ingestion.bounded_yaml import read_yaml

# Where models lie says which schema they are made in, as dbt_project.yml has it.
_SCHEMAS = {
    "silver": "silver",
    "gold/billing": "gold_billing",
    "gold/operational": "gold_operational",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view by schema and name, and its columns with their SQL types."""

    schema: str
    name: str
    columns: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    def without_rows(self) -> str:
        """A subquery of the same columns, for where it has not been made yet."""
        columns = ", ".join(
            f"cast(null as {kind}) as {name}" for name, kind in self.columns.items()
        )
        return f"(select {columns} where false)"


class Relations:
    """Models and sources of the project; each model is read when it is first asked for."""

    def __init__(self, models: Path) -> None:
        self._files = {
            file.stem: (schema, file)
            for folder, schema in _SCHEMAS.items()
            for file in (models / folder).rglob("*.yml")
        }
        self._models: dict[str, Relation] = {}
        self._sources = {
            (relation.schema, relation.name): relation
            for file in sorted(models.rglob("_*__sources.yml"))
            for relation in _sources(file)
        }

    def model(self, name: str) -> Relation:
        """The relation of a model.

        Raises:
            KeyError: if no model of silver or gold has this name.
        """
        if name not in self._models:
            schema, file = self._files[name]
            found = read_yaml(file.read_text(encoding="utf-8"))["models"][0]
            self._models[name] = Relation(schema, name, _columns(found))
        return self._models[name]

    def source(self, schema: str, name: str) -> Relation:
        """The relation of a source's table."""
        return self._sources[schema, name]


def _sources(file: Path) -> Iterator[Relation]:
    document = read_yaml(file.read_text(encoding="utf-8"))
    for source in document["sources"]:
        place = source.get("schema", source["name"])
        schema = Environment(autoescape=False).from_string(place).render(target={"name": "prod"})
        for table in source["tables"]:
            yield Relation(schema, table["name"], _columns(table))


def _columns(declared: Mapping[str, Any]) -> dict[str, str]:
    return {
        column["name"]: column["data_type"]
        for column in declared.get("columns", ())
        if "data_type" in column
    }
