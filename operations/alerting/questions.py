"""Asks the tables what the rules want to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import Any

from databricks.sql.exc import Error

from ingestion.bounded_yaml import read_yaml
from operations.alerting.model import Finding
from operations.alerting.rules import Rule
from operations.dbt import PROJECT
from operations.queries import Cursor, rows
from operations.refusals import missing_table, refusal_of

_SOURCES = PROJECT / "models" / "bronze" / "platform"
# A source that says itself that it may be silent for longer is left to `dbt source freshness`.
_DAILY = timedelta(hours=26)
_UNITS = {"minute": "minutes", "hour": "hours", "day": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Findings by rule; rules whose table is not there, with its name; rules that failed."""

    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    unwatched: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


def ask(cursor: Cursor, rules: Sequence[Rule], now: datetime) -> Answered:
    """Asks every question; one that cannot be answered does not keep the others."""
    findings: dict[str, Sequence[Finding]] = {}
    unwatched: dict[str, str] = {}
    failed: dict[str, str] = {}
    shared: dict[str, object] = {"now": now.isoformat()}
    if any(":slow_sources" in rule.question for rule in rules):
        shared["slow_sources"] = ",".join(slow_sources())
    for rule in rules:
        try:
            found = rows(cursor, rule.question, **values_of(rule, shared))
            findings[rule.name] = [_finding(row) for row in found if _is_known(row)]
        except Error as error:
            if table := missing_table(error):
                unwatched[rule.name] = table
            else:
                failed[rule.name] = refusal_of(error)
    return Answered(findings=findings, unwatched=unwatched, failed=failed)


def values_of(rule: Rule, shared: Mapping[str, object]) -> dict[str, object]:
    """The parameters that the question of a rule names."""
    given = {**shared, **rule.parameters}
    return {name: value for name, value in given.items() if f":{name}" in rule.question}


def slow_sources(folder: Path = _SOURCES) -> tuple[str, ...]:
    """Sources of the account that declare that they may be silent for longer than a day."""
    slow = []
    for file in sorted(folder.glob("_*__sources.yml")):
        for source in read_yaml(file.read_text(encoding="utf-8")).get("sources", ()):
            slow += [table["name"] for table in source["tables"] if _allowed(table) > _DAILY]
    return tuple(sorted(slow))


def _allowed(table: Mapping[str, Any]) -> timedelta:
    warn = ((table.get("config") or {}).get("freshness") or {}).get("warn_after")
    return timedelta(**{_UNITS[warn["period"]]: warn["count"]}) if warn else timedelta(0)


def _is_known(row: Sequence[Any]) -> bool:
    return row[1] is not None and isfinite(row[1])


def _finding(row: Sequence[Any]) -> Finding:
    subject, value, detail = row
    return Finding(subject=str(subject), value=float(value), detail=str(detail or ""))
