"""The command `lakeledger evidence`."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from operations.dbt import PROJECT
from operations.evidence.collect import (
    commit_lines,
    delta_tables,
    is_record,
    record_lines,
    revisions,
)
from operations.evidence.package import Document, open_folder, write_package
from operations.evidence.period import Days, EvidenceRefused
from operations.platform_log import recorded_session
from operations.queries import Cursor
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

First = Annotated[str, typer.Option("--from", metavar="DAY", help="First day, as in 2026-01-01.")]
Last = Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, included; UTC.")]
Output = Annotated[Path, typer.Option("--output", metavar="DIR", help="A new or empty folder.")]


def evidence(first: First, last: Last, output: Output) -> None:
    """Write down for an auditor who ran and changed what, with which code, on which versions."""
    with explained(EvidenceRefused, WarehouseError):
        days = Days.parse(first, last)
        open_folder(output)
        home = Settings.from_environment().home
        with (
            running_warehouse(home) as warehouse,
            recorded_session(warehouse, "evidence") as session,
        ):
            documents = list(gather(session.cursor, days))
            now = datetime.now(tz=UTC).isoformat(timespec="seconds")
            digest = write_package(output, documents, days, session.who, now)
            session.add(f"{days.first} to {days.last}", f"index.json has the SHA-256 {digest}.")
    typer.echo(f"{len(documents)} files in {output}; the SHA-256 of index.json is {digest}.")


def gather(cursor: Cursor, days: Days) -> Iterator[Document]:
    """Every file of the evidence, without its index."""
    tables = delta_tables(cursor)
    named: list[str] = []
    for table in filter(is_record, tables):
        lines = record_lines(cursor, table, days)
        named += lines
        told = "all rows" if table.clock is None else f"rows by {table.clock}"
        yield Document.of_lines(f"{table}.jsonl", lines, f"{table}: {told}")
    commits = commit_lines(cursor, tables, days)
    yield Document.of_lines("table_history.jsonl", commits, "commits of every table")
    used = [
        json.dumps({"git_revision": name, "named": count, **_commit_of(name)}, ensure_ascii=False)
        for name, count in revisions([*named, *commits]).items()
    ]
    yield Document.of_lines("git_revisions.jsonl", used, "revisions that rows and commits name")
    for file in sorted((PROJECT / "resources").glob("grants*")):
        text = file.read_text(encoding="utf-8")
        about = "who may do what, as declared in the project now"
        yield Document(name=file.name, text=text, rows=len(text.splitlines()), about=about)


def _commit_of(revision: str) -> dict[str, str]:
    """When, by whom and why, where the project's history knows the revision."""
    if not (commit := revision.removesuffix("-dirty")).isalnum():
        return {}
    command = ["git", "-C", str(PROJECT), "show", "--no-patch", "--format=%cI%x00%an%x00%s", commit]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return {}
    told = ended.stdout.strip().split("\0")
    return dict(zip(("committed_at", "author", "subject"), told, strict=False)) if told[1:] else {}
