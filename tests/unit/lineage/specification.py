"""Events against OpenLineage's specification, facet by facet.

No package ships the specification's own JSON schemas, and this project keeps none. The classes of
OpenLineage's client are generated from them and check nothing when they are made: here schemas are
made of the classes again, so that an event is held against what was specified. With
OPENLINEAGE_SPEC=DIR, the folder `spec` of a checkout of OpenLineage, the specification itself is
asked, too.
"""

import importlib
import json
import os
import pkgutil
import types
import typing
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import attr
import openlineage.client.generated as generated
from jsonschema import Draft202012Validator
from openlineage.client import event_v2
from openlineage.common.provider.dbt import facets as dbt_facets
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Document = dict[str, Any]
_FACETS = ("facets", "inputFacets", "outputFacets")
_FORMATS = {"eventTime": "date-time", "runId": "uuid", "producer": "uri", "schemaURL": "uri",
            "_producer": "uri", "_schemaURL": "uri"}  # fmt: skip
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


def faults(event: Document) -> list[str]:
    """What in an event is not as specified; an event is the JSON that was sent."""
    found = _faults(event_v2.RunEvent, event, "event")
    for name, facet in facets_in(event):
        kind = facet["_schemaURL"].rsplit("/", 1)[-1]
        found += _faults(_classes()[kind.casefold()], facet, name)
    return found + (_by_the_specification(event) if "OPENLINEAGE_SPEC" in os.environ else [])


def facets_in(value: Any) -> Iterator[tuple[str, Document]]:
    """(name, facet) of every facet in an event."""
    for key, inside in value.items() if isinstance(value, dict) else ():
        if key in _FACETS:
            yield from (inside or {}).items()
        yield from facets_in(inside)
    for inside in value if isinstance(value, list) else ():
        yield from facets_in(inside)


def _faults(kind: type, value: Any, name: str) -> list[str]:
    return [f"{name}{one.json_path[1:]}: {one.message}" for one in _check(kind).iter_errors(value)]


@cache
def _check(kind: type) -> Draft202012Validator:
    definitions: dict[str, Document] = {}
    schema = {**_type(kind, definitions), "$defs": definitions}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def _classes() -> dict[str, type]:
    """Every class of the client, and of facets of dbt, by its name and by its file's."""
    modules = [
        importlib.import_module(f"{generated.__name__}.{module.name}")
        for module in pkgutil.iter_modules(generated.__path__)
    ]
    found = {}
    for module in (*modules, dbt_facets):
        for name, one in vars(module).items():
            if isinstance(one, type) and attr.has(one):
                found[name.casefold()] = one
                # The facets of dbt name their file: dbt-run-run-facet.json.
                found[f"{_dashed(name)}.json"] = one
    return found


def _dashed(name: str) -> str:
    return "".join(f"-{one.lower()}" if one.isupper() else one for one in name).lstrip("-")


def _define(kind: type, definitions: dict[str, Document]) -> None:
    hints = typing.get_type_hints(kind)
    properties, required = {}, []
    definitions[kind.__name__] = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    for field in attr.fields(kind):
        form = {"format": _FORMATS[field.name]} if field.name in _FORMATS else {}
        properties[field.name] = _type(hints[field.name], definitions) | form
        if field.default is attr.NOTHING or field.name in _FORMATS:
            required.append(field.name)


def _type(hint: Any, definitions: dict[str, Document]) -> Document:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_type(one, definitions) for one in inside if one is not type(None)]}
    if origin is list:
        return {"type": "array", "items": _type(inside[0], definitions)}
    if origin is dict or hint is dict:
        return {"type": "object"}  # facets are looked at one by one, each by its own class
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [one.value for one in hint]}
    if not attr.has(hint):
        return {}
    if hint.__name__ not in definitions:
        _define(hint, definitions)
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _by_the_specification(event: Document) -> list[str]:
    documents = _specification()
    checks = [("event", event["schemaURL"], event)]
    checks += [(name, facet["_schemaURL"], facet) for name, facet in facets_in(event)]
    resources = {
        key: Resource(contents=document, specification=DRAFT202012)
        for key, document in documents.items()
    }
    registry: Registry[Any] = Registry().with_resources(resources.items())
    found = []
    for name, reference, value in checks:
        if reference.partition("#")[0] in documents:
            checker = Draft202012Validator({"$ref": reference}, registry=registry)
            found += [f"{name}: {one.message}" for one in checker.iter_errors(value)]
    return found


@cache
def _specification() -> dict[str, Document]:
    folder = Path(os.environ["OPENLINEAGE_SPEC"])
    files = [folder / "OpenLineage.json", *folder.glob("facets/*.json")]
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {document["$id"]: document for document in documents}
