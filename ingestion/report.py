"""The result of a run, as a table for people and as JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from rich.console import Console
from rich.table import Table

from ingestion.stream import SourceResult

_COLORS = {
    "ok": "green",
    "failed": "red",
    "held off": "red",
    "waiting": "yellow",
    "stopped": "yellow",
}
_NARROW = 100


def as_json(results: Sequence[SourceResult]) -> str:
    """A JSON list with one object per source."""
    return json.dumps([asdict(result) for result in results], indent=2)


def print_table(results: Sequence[SourceResult], stream: TextIO) -> None:
    """One line per source: files, new and total rows, seconds, status."""
    console = Console(file=stream, width=None if stream.isatty() else _NARROW, highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("source", no_wrap=True)
    for name in ("files", "new rows", "total rows", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for result in results:
        table.add_row(
            result.source,
            _number(result.files),
            _number(result.rows),
            _number(result.total_rows),
            f"{result.seconds:.1f}",
            _status(result),
        )
    console.print(table)


def sentences(result: SourceResult) -> list[str]:
    """What a person should know beyond the numbers, a sentence each."""
    found = [f"{result.source}: {result.message}"] if result.message else []
    if result.missing:
        found.append(
            f"{result.source}: {len(result.missing)} listed files were gone before they were "
            f"read, first {result.missing[0]}; deliver them again if their rows are wanted."
        )
    if result.changed:
        found.append(
            f"{result.source}: {len(result.changed)} files were changed after they had been "
            f"taken, first {result.changed[0]}; the change was not read. Deliver it under a new "
            "name, or declare allow_overwrites."
        )
    return found


def one_line(result: SourceResult) -> str:
    """The source's result for the progress on the terminal."""
    files = "" if result.files is None else f"{result.files:,} files, "
    return (
        f"{result.source}: {files}{result.rows:,} new rows, {result.seconds:.1f} s, {result.status}"
    )


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _status(result: SourceResult) -> str:
    color = _COLORS.get(result.status, "dim")
    return f"[{color}]{result.status}[/{color}]"
