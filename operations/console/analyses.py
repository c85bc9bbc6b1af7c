"""The analyses of dbt as statements, made without dbt: a page does not wait for it.

An analysis knows its tables by ref and source, its limits by var, and calls macros of
macros/duty.sql; more than that it may not use here. Tables that have not been made yet are
subqueries without rows, so that a page says in words what is missing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from ingestion.bounded_yaml import read_yaml
from operations.console.relations import Relation, Relations

_MACROS = "macros/duty.sql"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is sent, which of its tables are not there, and whether that is all of them."""

    text: str
    missing: tuple[str, ...]
    is_unbuilt: bool


class Analyses:
    """The analyses of a project folder, by name."""

    def __init__(self, project: Path) -> None:
        self._project = project

    def statement(self, name: str, present: Collection[str]) -> Statement:
        """An analysis over the tables that are there (`schema.name`)."""
        folder = self._project / "resources" / "dashboards" / name.partition("__")[0]
        asked = (folder / f"{name}.sql").read_text(encoding="utf-8")
        macros = (self._project / _MACROS).read_text(encoding="utf-8")
        named: set[str] = set()
        missing: set[str] = set()

        def found(relation: Relation) -> str:
            named.add(str(relation))
            if str(relation) in present:
                return str(relation)
            missing.add(str(relation))
            return relation.without_rows()

        template = self._environment.from_string(macros + asked)
        text = template.render(
            ref=lambda model: found(self._relations.model(model)),
            source=lambda schema, table: found(self._relations.source(schema, table)),
        )
        return Statement(text.strip(), tuple(sorted(missing)), is_unbuilt=missing == named)

    @cached_property
    def _relations(self) -> Relations:
        return Relations(self._project / "models")

    @cached_property
    def _environment(self) -> Environment:
        declared = read_yaml((self._project / "dbt_project.yml").read_text(encoding="utf-8"))
        values: dict[str, Any] = declared["vars"]
        environment = Environment(
            extensions=["jinja2.ext.do"], undefined=StrictUndefined, autoescape=False
        )
        # As dbt while it parses: macros then take tables as they are named.
        environment.globals |= {"var": values.__getitem__, "asks_tables": lambda: False}
        return environment
