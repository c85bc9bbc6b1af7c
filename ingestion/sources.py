"""The sources to ingest, read from dbt's own sources yml (``config.meta.ingestion`` of a table)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from ingestion.bounded_yaml import read_yaml
from ingestion.errors import SourcesInvalid
from ingestion.landing import glob_regex

Format = Literal["jsonl", "csv", "json_array", "kafka"]
FORMATS: tuple[str, ...] = get_args(Format)
REGION_PATTERN = "region=([^/]+)"

_TEXTS = ("path", "topic", "format", "records_key", "files", "region", "region_pattern")
_KEYS = (*_TEXTS, "allow_overwrites")
_OF_FILES = {"path", "records_key", "files", "region_pattern", "allow_overwrites"}
_NAME = re.compile(r"[A-Za-z0-9_]+")
# A declaration is read for its own sake: what goes beyond these is none, or means harm.
_LARGEST_FILE = 1024 * 1024
_LONGEST_TEXT = 500
_MOST_STARS = 3
_STAR_IN_STAR = re.compile(r"\((\?:)?(\\.|\[[^]]*\]|[^()\\\[\]])([*+]|\{\d*,\d*\})\)([*+]|\{)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One delivered kind of file, or topic of messages, and the bronze table it lands in.

    ``path`` is the folder of the files, ``topic`` where messages come from; one of them is empty.
    ``subject_field`` names the member that says whose record it is, ``person_fields`` those that
    speak of persons.
    """

    name: str
    schema: str
    table_name: str
    path: str = ""
    topic: str = ""
    format: Format
    records_key: str | None = None
    files: str = "*"
    region: str = "unknown"
    region_pattern: str = REGION_PATTERN
    allow_overwrites: bool = False
    subject_field: str | None = None
    person_fields: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """``schema.table`` of the bronze table."""
        return f"{self.schema}.{self.table_name}"


def load_sources(models_dir: Path) -> tuple[Source, ...]:
    """Every ingested source declared in ``_*__sources.yml`` under ``models_dir``/bronze, by name.

    Raises:
        SourcesInvalid: naming each fault of each declaration, or the absence of any.
    """
    files = sorted((models_dir / "bronze").rglob("_*__sources.yml"))
    if not files:
        raise SourcesInvalid(
            f"There is no _*__sources.yml under {models_dir / 'bronze'}; "
            "name the folder of the dbt models with --models."
        )
    found: list[Source] = []
    faults: list[str] = []
    for file in files:
        for label, entry, table in _tables(file, faults):
            wrong = list(_faults(entry, table))
            faults += [f"{file.name}: {label}: {fault}" for fault in wrong]
            if not wrong:
                found.append(_source(entry, table))
    faults += _repeated(found)
    if faults:
        raise SourcesInvalid("\n".join(faults))
    return tuple(sorted(found, key=lambda source: source.name))


Entry = Mapping[str, Any]


def _tables(file: Path, faults: list[str]) -> Iterable[tuple[str, Entry, Entry]]:
    """(label, dbt source, table) of each table that has ``meta.ingestion``."""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise yaml.YAMLError(f"larger than {_LARGEST_FILE:,} bytes")
        document = read_yaml(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        faults.append(f"{file.name}: is no valid YAML ({' '.join(str(error).split())}).")
        return
    for entry in _members(document, "sources"):
        for table in _members(entry, "tables"):
            if "ingestion" in _meta(table):
                yield f"{entry.get('name')}.{table.get('name')}", entry, table


def _members(holder: object, key: str) -> list[Entry]:
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _meta(table: Entry) -> Entry:
    config = table.get("config")
    meta = config.get("meta") if isinstance(config, Mapping) else None
    return meta if isinstance(meta, Mapping) else {}


def _faults(entry: Entry, table: Entry) -> Iterable[str]:
    for holder, key in ((table, "name"), (table, "identifier"), (entry, "schema")):
        value = holder.get(key, "x" if key != "schema" else entry.get("name"))
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            said = repr(value)[:80]
            yield f"{key} {said} has to be a plain table or schema name (letters, digits, _)."
    ingestion = _meta(table)["ingestion"]
    if not isinstance(ingestion, Mapping):
        yield "meta.ingestion has to be a mapping with at least path and format."
        return
    for key in ingestion:
        if key not in _KEYS:
            said = repr(key)[:80]
            yield f"meta.ingestion has an unknown key {said}; known are {', '.join(_KEYS)}."
    for key in _TEXTS:
        value = ingestion.get(key)
        if value is None and key in _needed(ingestion):
            yield f"meta.ingestion.{key} is missing."
        elif key in ingestion and (not isinstance(value, str) or not value):
            said = repr(value)[:80]
            yield f"meta.ingestion.{key} is {said}; it has to be a text that is not empty."
        elif isinstance(value, str) and len(value) > _LONGEST_TEXT:
            yield f"meta.ingestion.{key} is longer than {_LONGEST_TEXT} characters."
        elif isinstance(value, str):
            yield from _text_faults(key, value)
    if ingestion.get("format") == "json_array" and "records_key" not in ingestion:
        yield "format json_array needs records_key, the member that holds the records."
    if not isinstance(ingestion.get("allow_overwrites", False), bool):
        yield "meta.ingestion.allow_overwrites has to be true or false."
    if ingestion.get("format") == "kafka":
        for key in sorted(_OF_FILES & ingestion.keys()):
            yield f"meta.ingestion.{key} speaks of files; format kafka has none."
    elif "topic" in ingestion:
        yield "meta.ingestion.topic speaks of messages; it goes with format kafka."


def _needed(ingestion: Entry) -> tuple[str, ...]:
    return ("format", "topic" if ingestion.get("format") == "kafka" else "path")


def _text_faults(key: str, value: str) -> Iterable[str]:
    if key == "format" and value not in FORMATS:
        yield f"meta.ingestion.format {value!r} is unknown; known are {', '.join(FORMATS)}."
    if key == "path" and (value.startswith("/") or ".." in value.split("/")):
        yield f"meta.ingestion.path {value!r} has to be a folder below the landing root."
    if key == "files":
        yield from _files_faults(value)
    if key == "region_pattern":
        yield from _region_faults(value)


def _files_faults(value: str) -> Iterable[str]:
    if "/" in value:
        yield f"meta.ingestion.files {value!r} is a pattern for file names; it cannot hold a slash."
    if value.count("*") > _MOST_STARS:
        yield f"meta.ingestion.files {value!r} has more than {_MOST_STARS} stars."
        return
    try:
        glob_regex(value)
    except re.error:
        yield f"meta.ingestion.files {value!r} is no pattern: a bracket is not closed."


def _region_faults(value: str) -> Iterable[str]:
    try:
        groups = re.compile(value).groups
    except (re.error, RecursionError, OverflowError) as error:
        yield f"meta.ingestion.region_pattern {value!r} is no regular expression ({error})."
        return
    if groups != 1 or "(?P" in value:
        yield f"meta.ingestion.region_pattern {value!r} has to have exactly one plain group."
    if _STAR_IN_STAR.search(value):
        yield (
            f"meta.ingestion.region_pattern {value!r} repeats a group that itself repeats: on some "
            "paths it would not end."
        )


def _source(entry: Entry, table: Entry) -> Source:
    ingestion = dict(_meta(table)["ingestion"])
    handling = _meta(table).get("handling") or {}
    name = cast(str, table["name"])
    return Source(
        name=name,
        schema=entry.get("schema", entry["name"]),
        table_name=table.get("identifier", name),
        path=ingestion.pop("path", "").strip("/"),
        subject_field=handling.get("subject_field"),
        person_fields=tuple(handling.get("person_fields") or ()),
        **ingestion,
    )


def _repeated(found: list[Source]) -> list[str]:
    names = Counter(source.name for source in found)
    tables = Counter(source.table for source in found)
    return [
        *(f"source {n} is declared {c} times; its checkpoint is its own, so the name has to be too."
          for n, c in names.items() if c > 1),
        *(f"table {t} is declared by {c} sources; each source writes a table of its own."
          for t, c in tables.items() if c > 1),
    ]  # fmt: skip
