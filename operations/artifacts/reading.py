"""Rows of invocations and of their nodes, from run_results.json, sources.json and manifest.json."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from operations.artifacts.errors import ArtifactsUnreadable
from operations.queries import utc

# As the log of the platform cuts them (macros/platform_log.sql).
LONGEST_MESSAGE = 500
FILES = ("run_results.json", "sources.json")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What one node of a run came to; a source is one whose age was looked at."""

    invocation_id: str
    unique_id: str
    resource_type: str
    tested_id: str | None
    materialized: str | None
    status: str
    message: str | None
    started_at: datetime | None
    seconds: float
    rows_affected: int | None
    failures: int | None
    age_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One command of dbt with its nodes; times are UTC."""

    invocation_id: str
    command: str
    dbt_version: str
    started_at: datetime
    seconds: float
    nodes: tuple[Node, ...]


def read_artifacts(target: Path) -> tuple[Invocation, ...]:
    """The invocations whose results lie in a folder: the last run, the last look at sources.

    Raises:
        ArtifactsUnreadable: if there is neither, or one is not as dbt writes it.
    """
    manifest = _read(target / "manifest.json") or {}
    found = []
    for name in FILES:
        document = _read(target / name)
        if document is None:
            continue
        try:
            found.append(invocation_of(document, manifest))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactsUnreadable(
                f"{target / name} is not as dbt 1.11 writes it ({error!r}): run dbt again."
            ) from error
    if not found:
        raise ArtifactsUnreadable(
            f"{target} holds neither {' nor '.join(FILES)}: name the target folder of a run of dbt."
        )
    return tuple(found)


def _read(file: Path) -> Document | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ArtifactsUnreadable(f"{file} cannot be read ({error}): run dbt again.") from error
    if not isinstance(document, dict):
        raise ArtifactsUnreadable(f"{file} is no object of JSON: run dbt again.")
    return document


def invocation_of(document: Document, manifest: Document) -> Invocation:
    """The invocation that a file of results tells of; what it lacks raises as it is missed."""
    metadata = document["metadata"]
    identity = str(metadata["invocation_id"])
    of_sources = "sources" in metadata["dbt_schema_version"]
    command = "source freshness" if of_sources else document["args"]["which"]
    started = metadata.get("invocation_started_at") or metadata["generated_at"]
    return Invocation(
        invocation_id=identity,
        command=str(command),
        dbt_version=str(metadata["dbt_version"]),
        started_at=_moment(started),
        seconds=float(document["elapsed_time"]),
        nodes=tuple(_nodes(document["results"], identity, manifest)),
    )


def _nodes(results: list[Document], invocation_id: str, manifest: Document) -> Iterator[Node]:
    described = {**manifest.get("nodes", {}), **manifest.get("unit_tests", {})}
    for result in results:
        unique_id = str(result["unique_id"])
        node = described.get(unique_id, {})
        response = result.get("adapter_response") or {}
        yield Node(
            invocation_id=invocation_id,
            unique_id=unique_id,
            resource_type=unique_id.partition(".")[0],
            tested_id=_tested(node),
            materialized=(node.get("config") or {}).get("materialized"),
            status=str(result["status"]),
            message=_cut(result.get("message")),
            started_at=_started(result),
            seconds=float(result["execution_time"]),
            rows_affected=_whole(response.get("rows_affected")),
            failures=_whole(result.get("failures")),
            age_seconds=_figure(result.get("max_loaded_at_time_ago_in_s")),
        )


def _tested(node: Document) -> str | None:
    """The model that a test is about: the one it is attached to, else the only one it reads."""
    if node.get("resource_type") not in ("test", "unit_test"):
        return None
    attached = node.get("attached_node")
    read = (node.get("depends_on") or {}).get("nodes") or []
    return str(attached or read[0]) if attached or len(read) == 1 else None


def _started(result: Document) -> datetime | None:
    timing = {one["name"]: one.get("started_at") for one in result.get("timing") or ()}
    found = timing.get("compile") or timing.get("execute")
    return _moment(found) if found else None


def _moment(text: str) -> datetime:
    return utc(datetime.fromisoformat(text.replace("Z", "+00:00")))


def _cut(message: Any) -> str | None:
    return " ".join(str(message).split())[:LONGEST_MESSAGE] if message else None


def _whole(value: Any) -> int | None:
    return None if value is None or int(value) < 0 else int(value)


def _figure(value: Any) -> float | None:
    return None if value is None else float(value)
