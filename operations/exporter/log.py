"""What the log of the platform says of runs, breakers and conflicts. Pure but for one question."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingestion.breaker import Attempt, breaker_of
from ingestion.log_table import TABLE
from ingestion.platform_log import COMPONENT
from operations.exporter.catalogue import Sample
from operations.queries import Cursor, rows, utc

DAY = timedelta(days=1)
# Thirty sources every minute are as many; what is older than the newest of these is not seen.
MOST_ROWS = 50_000
STATES = ("closed", "open", "half-open")
CONFLICT = re.compile(
    r"DELTA_CONCURRENT|Concurrent(?:Append|DeleteRead|DeleteDelete|Write|Transaction)Exception"
    r"|MetadataChangedException|ProtocolChangedException",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the log; the time is UTC."""

    logged_at: datetime
    component: str
    subject: str
    status: str
    message: str = ""
    rows_out: int = 0
    seconds: float | None = None

    @property
    def command(self) -> str | None:
        """The command that the row is about: `dbt build`, or its component; None of a part."""
        if self.component != "dbt":
            return self.component
        return self.subject if self.subject.startswith("dbt ") else None


def read_log(cursor: Cursor, now: datetime) -> list[Entry]:
    """The rows of the last day, oldest first."""
    found = rows(
        cursor,
        f"""select logged_at, component, subject, status, coalesce(message, ''),
            coalesce(rows_out, 0), seconds
        from {TABLE} where logged_at >= timestamp'{utc(now) - DAY:%Y-%m-%d %H:%M:%S}'
        order by logged_at desc limit {MOST_ROWS}""",
    )
    return [
        Entry(
            logged_at=utc(at),
            component=str(component),
            subject=str(subject or component),
            status=str(status),
            message=str(message),
            rows_out=int(rows_out),
            seconds=None if seconds is None else float(seconds),
        )
        for at, component, subject, status, message, rows_out, seconds in reversed(found)
    ]


def log_figures(entries: Iterable[Entry], now: datetime) -> Iterator[Sample]:
    """Figures of the sources, the commands and the conflicts; entries oldest first."""
    taken: dict[str, list[Entry]] = {}
    commands: dict[str, list[Entry]] = {}
    conflicts: Counter[str] = Counter()
    for entry in entries:
        if entry.component == COMPONENT:
            taken.setdefault(entry.subject, []).append(entry)
        elif entry.command:
            commands.setdefault(entry.command, []).append(entry)
        conflicts[entry.component] += bool(CONFLICT.search(entry.message))
    for source, runs in taken.items():
        yield from _source(source, runs, now)
    for command, runs in commands.items():
        yield from _command(command, runs)
    for component, count in conflicts.items():
        yield Sample("delta_write_conflicts", (component,), count)


def _source(source: str, runs: Sequence[Entry], now: datetime) -> Iterator[Sample]:
    statuses = Counter(run.status for run in runs)
    for status, count in statuses.items():
        yield Sample("ingest_runs", (source, status), count)
    if tried := [run for run in runs if run.status in ("ok", "failed")]:
        yield Sample("ingest_failure_ratio", (source,), statuses["failed"] / len(tried))
    timed = [run.seconds for run in runs if run.seconds is not None and run.status != "held off"]
    if timed:
        yield Sample("ingest_batch_seconds", (source,), timed[-1])
    yield Sample("ingest_rows", (source,), sum(run.rows_out for run in runs))
    if good := [run.logged_at for run in runs if run.status in ("ok", "nothing landed")]:
        yield Sample("ingest_success_timestamp_seconds", (source,), good[-1].timestamp())
    attempts = [Attempt(ended_at=run.logged_at, succeeded=run.status == "ok") for run in tried]
    state = breaker_of(attempts, now).state
    for one in STATES:
        yield Sample("breaker_state", (source, one), float(one == state))


def _command(command: str, runs: Sequence[Entry]) -> Iterator[Sample]:
    for status, count in Counter(run.status for run in runs).items():
        yield Sample("command_runs", (command, status), count)
    if timed := [run.seconds for run in runs if run.seconds is not None]:
        yield Sample("command_seconds", (command,), timed[-1])
    if good := [run.logged_at for run in runs if run.status == "ok"]:
        yield Sample("command_success_timestamp_seconds", (command,), good[-1].timestamp())
