"""The bundle as its files say it, and as it is for a target: references and variables resolved.

Databricks' own program does that when it deploys; here is what of it the files of this project use.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from operations.dbt import PROJECT

Document = Mapping[str, Any]
REFERENCE = re.compile(r"\$\{([a-z_]+(?:\.[A-Za-z_][A-Za-z0-9_]*)+)\}")
# What the program knows by itself; the values are made up.
BUILT_IN: Mapping[str, str] = {
    "bundle.name": "lakeledger",
    "bundle.target": "prod",
    "bundle.git.commit": "0123abc",
    "workspace.file_path": "/Workspace/Shared/.bundle/lakeledger/prod/files",
    "workspace.current_user.userName": "user-0001@example.com",
}


class Unresolved(Exception):
    """A reference that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """`databricks.yml` and the files that it includes, by path from the project's root."""

    root: Document
    files: Mapping[str, Document]

    def texts(self) -> Iterator[str]:
        """Every text in every file."""
        yield from texts_in(self.root)
        for document in self.files.values():
            yield from texts_in(document)

    def resources(self, kind: str) -> dict[str, Document]:
        """The resources of a kind by key, as the files have them."""
        return {
            key: resource
            for document in self.files.values()
            for key, resource in document["resources"].get(kind, {}).items()
        }

    def deployed(self, kind: str, target: str) -> dict[str, Any]:
        """The resources of a kind as they are for a target.

        Raises:
            Unresolved: for a reference to nothing.
        """
        overrides = self.root["targets"][target].get("resources", {}).get(kind, {})
        found = {}
        for key, resource in self.resources(kind).items():
            found[key] = self.resolved({**resource, **overrides.get(key, {})}, target)
        return found

    def resolved(self, value: Any, target: str) -> Any:
        """A value with every reference replaced; a text that is one reference takes its type."""
        if isinstance(value, Mapping):
            return {key: self.resolved(entry, target) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.resolved(entry, target) for entry in value]
        if not isinstance(value, str):
            return value
        if whole := REFERENCE.fullmatch(value):
            return self._value(whole[1], target)
        return REFERENCE.sub(lambda found: str(self._value(found[1], target)), value)

    def _value(self, path: str, target: str) -> Any:
        if path in BUILT_IN:
            return BUILT_IN[path]
        kind, *names = path.split(".")
        if kind == "var" and names[0] in self.root["variables"]:
            return self._variable(names[0], target)
        if kind == "resources" and names[-1] == "id" and names[1] in self.resources(names[0]):
            keys = sorted(self.resources(names[0]))
            number = 100 + keys.index(names[1])
            return number if names[0] == "jobs" else str(number)
        raise Unresolved(f"${{{path}}} leads to nothing")

    def _variable(self, name: str, target: str) -> Any:
        declared = self.root["variables"][name]
        given = self.root["targets"][target].get("variables", {})
        if name in given:
            return self.resolved(given[name], target)
        # Looked up, or given on deployment.
        return self.resolved(declared.get("default", f"made-up-{name}"), target)

    def changed(self, file: str, *path: str | int, to: Any) -> "Bundle":
        """The bundle with another value at a place of a file; None takes the key away."""
        files = dict(self.files)
        files[file] = with_value(files[file], path, to)
        return replace(self, files=files)


def load(project: Path = PROJECT) -> Bundle:
    """The bundle of a project, with the files that it includes."""
    root = _read(project / "databricks.yml")
    files = {
        str(file.relative_to(project)): _read(file)
        for pattern in root["include"]
        for file in sorted(project.glob(pattern))
    }
    return Bundle(root=root, files=files)


def _read(file: Path) -> Document:
    document: Document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document


def texts_in(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from texts_in(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from texts_in(entry)


def with_value(value: Any, path: Sequence[str | int], to: Any) -> Any:
    """A copy of nested mappings and lists with another value at a path."""
    if not path:
        return to
    first, *rest = path
    copy = dict(value) if isinstance(value, Mapping) else list(value)
    if to is None and not rest:
        del copy[first]
        return copy
    inside = copy.get(first, {}) if isinstance(copy, dict) else copy[first]  # type: ignore[index]
    copy[first] = with_value(inside, rest, to)  # type: ignore[index,call-overload]
    return copy
