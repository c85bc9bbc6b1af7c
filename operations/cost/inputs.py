"""The inputs of the cost model: figures with their unit, kind and origin, one file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from operations.cost.errors import BadInputs
from operations.dbt import PROJECT

FILE = PROJECT / "resources" / "cost" / "inputs.yml"
SCENARIOS = PROJECT / "resources" / "cost" / "scenarios.yml"
KINDS = ("asked", "measured", "deployed", "price", "assumed")
_FIELDS = {"value", "unit", "kind", "from"}


@dataclass(frozen=True, slots=True)
class Input:
    """A figure and where it comes from; `kind` is one of KINDS."""

    name: str
    value: float
    unit: str
    kind: str
    source: str


class Figures(Mapping[str, float]):
    """Values by name. One that is not there is a mistake in the file, told as such."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> float:
        try:
            return self._values[name]
        except KeyError:
            raise BadInputs(f"The input {name} is missing: add it, as in {FILE.name}.") from None

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def changed(self, changes: Mapping[str, float]) -> "Figures":
        """The same with other values; raises BadInputs for a name that is not there."""
        if unknown := sorted(changes.keys() - self._values.keys()):
            raise BadInputs(
                f"{', '.join(unknown)}: no such input. See {FILE.name} for their names."
            )
        return Figures({**self._values, **changes})


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name, and the inputs that are otherwise."""

    name: str
    changes: Mapping[str, float]


def read_inputs(path: Path = FILE) -> tuple[Input, ...]:
    """Every input of a file, in its order; raises BadInputs."""
    document = _document(path)
    if not isinstance(document, dict):
        raise BadInputs(f"{path} is no list of inputs: name: {{value, unit, kind, from}}.")
    return tuple(_input(path, str(name), entry) for name, entry in document.items())


def figures(inputs: tuple[Input, ...]) -> Figures:
    """The values alone, by name."""
    return Figures({one.name: one.value for one in inputs})


def read_scenarios(path: Path = SCENARIOS) -> tuple[Scenario, ...]:
    """Every scenario of a file; raises BadInputs."""
    try:
        return tuple(
            Scenario(str(entry["name"]), {name: float(v) for name, v in entry["with"].items()})
            for entry in _document(path)
        )
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise BadInputs(f"{path}: each scenario has a name and, under `with`, figures.") from error


def _document(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputs(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise BadInputs(f"{path} is no YAML: {str(error).splitlines()[0]}.") from error


def _input(path: Path, name: str, entry: Any) -> Input:
    if not isinstance(entry, dict) or entry.keys() != _FIELDS:
        raise BadInputs(f"{path}: {name} needs exactly {', '.join(sorted(_FIELDS))}.")
    value = entry["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        raise BadInputs(f"{path}: {name} is {value!r}; it has to be a number from 0 on.")
    if entry["kind"] not in KINDS:
        raise BadInputs(f"{path}: {name} is of the kind {entry['kind']!r}; known: {KINDS}.")
    return Input(name, float(value), str(entry["unit"]), str(entry["kind"]), str(entry["from"]))
