"""What a replay would read and touch, asked of the tables as they are; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from operations.queries import Cursor, rows
from operations.replay.sources import ReplayedSource
from operations.replay.window import ReplayRefused, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is to be replayed; without regions, all of them.

    ``down_to``: models that it ends with; without any, all that read the sources.
    """

    sources: tuple[ReplayedSource, ...]
    regions: tuple[str, ...]
    window: Window
    down_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InBronze:
    """Rows of one source and region in bronze that landed in the window, and their files."""

    source: str
    region: str
    rows: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriod:
    """A billing period whose rows are sealed."""

    account: str
    period: str


def in_bronze(cursor: Cursor, scope: Scope) -> tuple[InBronze, ...]:
    """What bronze has of the window, by source and region: of all regions."""
    found = []
    since, until = scope.window.texts()
    for source in scope.sources:
        counted = rows(
            cursor,
            f"""select region, count(*), count(distinct source_file) from {source.bronze}
            where file_modified_at >= cast(:since as timestamp)
                and file_modified_at < cast(:until as timestamp)
            group by region order by region""",
            since=since,
            until=until,
        )
        found += [
            InBronze(source=source.name, region=row[0], rows=int(row[1]), files=int(row[2]))
            for row in counted
        ]
    return tuple(found)


def check_regions(scope: Scope, there: Sequence[str], where: str) -> None:
    """Raises ReplayRefused if a region that was asked for has nothing, or none has anything."""
    names = ", ".join(source.name for source in scope.sources)
    if not there:
        raise ReplayRefused(f"{where} of {names} landed from {scope.window}: nothing to replay.")
    absent = sorted(set(scope.regions) - set(there))
    if absent:
        raise ReplayRefused(
            f"{where} of {names} from region {', '.join(absent)} landed from {scope.window};"
            f" there is something of {', '.join(sorted(set(there)))}."
        )


def touched_days(cursor: Cursor, source: ReplayedSource, window: Window) -> tuple[date, ...]:
    """Days of events that silver has of the window, of all regions; none for states."""
    if source.day is None:
        return ()
    start, end = window.texts()
    found = rows(
        cursor,
        f"""select distinct `{source.day}` from {source.silver}
        where landed_at >= cast(:since as timestamp) and landed_at < cast(:until as timestamp)
        order by 1""",
        since=start,
        until=end,
    )
    return tuple(row[0] for row in found)


def closed_periods(cursor: Cursor, months: Sequence[str]) -> tuple[ClosedPeriod, ...]:
    """Those of the months (`2026-01`) that are closed, by period and account."""
    found = rows(
        cursor,
        """select account_id, billing_period from ledger.period_seals
        order by billing_period, account_id""",
    )
    return tuple(ClosedPeriod(account=row[0], period=row[1]) for row in found if row[1] in months)
