"""Rules of alerts, as `resources/alert_rules.yml` has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from ingestion.bounded_yaml import read_yaml
from operations.alerting.errors import RulesInvalid
from operations.alerting.model import Severity
from operations.dbt import PROJECT
from operations.wording import number

FILE = PROJECT / "resources" / "alert_rules.yml"
RUNBOOK = "docs/runbooks/alerts.md"
CHANNELS = ("mail", "page")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NEEDED = {"name", "says", "unit", "levels", "escalate_minutes", "channel", "resolves_when",
           "question"}  # fmt: skip
_KEYS = _NEEDED | {"stops_pipeline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A severity and the limit beyond which it holds; strictly above, or strictly below."""

    severity: Severity
    side: Literal["above", "below"]
    limit: float

    def holds(self, value: float) -> bool:
        """Whether a value is beyond the limit."""
        return value > self.limit if self.side == "above" else value < self.limit

    def __str__(self) -> str:
        return f"{self.severity} {self.side} {number(self.limit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked, from where on it is an alert, and who is told.

    ``question`` is SQL that gives subject, value and detail, with the named ``parameters`` of the
    file and those that the check knows. ``levels`` are in order, the worst last. ``channel`` page
    tells more than mails do.
    """

    name: str
    says: str
    unit: str
    levels: tuple[Level, ...]
    escalate_minutes: float
    channel: str
    resolves_when: str
    question: str
    stops_pipeline: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)

    def severity_of(self, value: float) -> Severity | None:
        """The worst level that holds; None where it is no alert."""
        return next((one.severity for one in reversed(self.levels) if one.holds(value)), None)

    @property
    def runbook(self) -> str:
        """The page about it, with its section."""
        return f"{RUNBOOK}#{self.name}"

    def limits(self) -> str:
        """`MEDIUM above 24, HIGH above 48 hours`."""
        return f"{', '.join(map(str, self.levels))} {self.unit}"


def load_rules(file: Path = FILE) -> tuple[Rule, ...]:
    """Every rule, in order.

    Raises:
        RulesInvalid: naming the first fault.
    """
    try:
        document = read_yaml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RulesInvalid(f"{file} cannot be read: {' '.join(str(error).split())}") from error
    listed = document.get("alerts") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise RulesInvalid(f"{file}: `alerts` has to be a list of rules.")
    try:
        parameters = _parameters(document.get("parameters", {}))
        rules = tuple(_rule(entry, parameters) for entry in listed)
    except RulesInvalid as fault:
        raise RulesInvalid(f"{file}: {fault}") from fault
    names = [rule.name for rule in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RulesInvalid(f"{file}: {', '.join(twice)} twice; a name is that of one rule.")
    return rules


def _rule(entry: object, parameters: Mapping[str, object]) -> Rule:
    if not isinstance(entry, Mapping) or not _NAME.fullmatch(str(entry.get("name"))):
        raise RulesInvalid("a rule begins with a name in lower case, words joined by hyphens.")
    name = str(entry["name"])
    if missing := sorted(_NEEDED - entry.keys()):
        raise RulesInvalid(f"{name} lacks {', '.join(missing)}.")
    if unknown := sorted(set(map(str, entry)) - _KEYS):
        raise RulesInvalid(f"{name} has {', '.join(unknown)}; known are {', '.join(_KEYS)}.")
    if entry["channel"] not in CHANNELS:
        raise RulesInvalid(f"{name}: channel has to be one of {', '.join(CHANNELS)}.")
    minutes, stops = entry["escalate_minutes"], entry.get("stops_pipeline", False)
    if not _is_number(minutes) or minutes <= 0 or not isinstance(stops, bool):
        raise RulesInvalid(
            f"{name}: escalate_minutes has to be a number above 0, stops_pipeline true or false."
        )
    texts = {key: str(entry[key]).strip() for key in ("says", "unit", "resolves_when", "question")}
    if empty := sorted(key for key, text in texts.items() if not text):
        raise RulesInvalid(f"{name}: {', '.join(empty)} is empty.")
    return Rule(
        name=name,
        levels=tuple(_levels(name, entry["levels"])),
        escalate_minutes=float(minutes),
        channel=entry["channel"],
        stops_pipeline=stops,
        parameters=parameters,
        **texts,
    )


def _levels(name: str, listed: object) -> Iterator[Level]:
    """The levels in order, each beyond the one before, all on one side."""
    before: Level | None = None
    for entry in listed if isinstance(listed, list) and listed else [None]:
        level = _level(name, entry)
        if before and (
            level.side != before.side
            or level.severity.rank <= before.severity.rank
            or not before.holds(level.limit)
        ):
            raise RulesInvalid(f"{name}: levels go from the mildest to the worst, on one side.")
        yield level
        before = level


def _level(name: str, entry: object) -> Level:
    given: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
    for side in ("above", "below"):
        known = given.keys() == {"severity", side} and given["severity"] in set(Severity)
        if known and _is_number(given[side]):
            severity, limit = Severity(given["severity"]), float(given[side])
            return Level(severity=severity, side=side, limit=limit)
    raise RulesInvalid(
        f"{name}: a level has severity ({', '.join(Severity)}) and a number above or below."
    )


def _parameters(given: object) -> Mapping[str, object]:
    if not isinstance(given, Mapping) or not all(_is_number(value) for value in given.values()):
        raise RulesInvalid("parameters are numbers by name.")
    return {str(key): value for key, value in given.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
