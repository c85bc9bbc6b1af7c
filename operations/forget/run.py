"""Carries out what is requested, from the files to the old versions of tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from pyspark.sql import SparkSession

from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import Tombstones
from operations.forget.errors import ForgetRefused
from operations.forget.files import Landing, erase_landing
from operations.forget.policy import Project
from operations.forget.receipt import receipt_of, write_receipt
from operations.forget.requests import Request, Requests
from operations.forget.rewriting import Rewriting, purge
from operations.forget.tables import Found, account_tables, find

# How long a replaced file stays: the tables' property delta.deletedFileRetentionDuration.
RETENTION = timedelta(days=3)
# What no model replaces gets its pseudonym in place, and what reads that is built once more.
_ROUNDS = 3
_log = structlog.get_logger("operations")

# Builds what dbt selects; raises where dbt fails.
Build = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run has come to: files, tables that held somebody, requests not purged before it."""

    landing: Landing
    tables: frozenset[str]
    erased: tuple[Request, ...]
    purged: tuple[Request, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """An account, and how its models are built again. ``project`` reads dbt's manifest as it is."""

    spark: SparkSession
    settings: Settings
    sources: Sequence[Source]
    requests: Requests
    project: Callable[[], Project]
    build: Build

    def run(self, *, now: bool = False, at: datetime | None = None) -> Outcome:
        """Erases everybody who is to be forgotten; purges what is due `at` the time of the run.

        `now` purges all that is erased at once.

        Raises:
            ForgetRefused: if somebody is still to be found after all.
        """
        started = datetime.now(UTC)
        at = at or started
        forgotten = self.requests.tombstones()
        landing = erase_landing(self.sources, self.settings, forgotten)
        found = self._find(forgotten)
        tables = self._erase(forgotten, found)
        erased = self._note_erased(at + (datetime.now(UTC) - started))
        purged = self._purge(erased if now else _due(erased, at), forgotten, landing, now)
        return Outcome(landing=landing, tables=tables, erased=erased, purged=purged)

    def _find(self, forgotten: Tombstones) -> Found:
        found = find(self.spark, account_tables(self.spark, self.settings), forgotten)
        _log.info("looked through the tables", holding=sorted(found.tables))
        return found

    def _erase(self, forgotten: Tombstones, found: Found) -> frozenset[str]:
        """Rewrites until nothing is found; gives all tables in which something was."""
        self._note_touched(found)
        pending = [request for request in self.requests.all() if request.erased_at is None]
        met = found.tables
        for attempt in range(_ROUNDS):
            if not found.tables and (attempt or not pending):
                return met
            tables = account_tables(self.spark, self.settings)
            work = Rewriting(self.spark, tables, self.sources, self.project(), forgotten)
            work.rewrite(found, first=attempt == 0)
            self._build(found, pending)
            found = self._find(forgotten)
            self._note_touched(found)
            met |= found.tables
        if found.tables:
            raise ForgetRefused(
                f"Somebody is still in {', '.join(sorted(found.tables))}: does another process"
                " write there? End it and run again."
            )
        return met

    def _build(self, found: Found, pending: Sequence[Request]) -> None:
        """What reads changed rows; also those that an interrupted run has changed."""
        touched = found.tables.union(*(found.of(request.pseudonym) for request in pending))
        selection = self.project().selection(touched)
        if selection:
            self.build(selection)

    def _note_touched(self, found: Found) -> None:
        """Before anything is written: what has to be purged must outlive this process.

        Whoever is found again, brought by something other than ingestion, is to be erased again.
        """
        for request in self.requests.all():
            touched = request.touched | found.of(request.pseudonym)
            is_held = any(who == request.pseudonym for _, who in found.held)
            if is_held or (request.purged_at is None and touched != request.touched):
                self.requests.touch(request, touched, is_held=is_held)

    def _note_erased(self, at: datetime) -> tuple[Request, ...]:
        """Requests that are erased and not purged."""
        for request in self.requests.all():
            if request.erased_at is None:
                self.requests.erased(request, at)
        return tuple(request for request in self.requests.all() if request.purged_at is None)

    def _purge(
        self, due: Sequence[Request], forgotten: Tombstones, landing: Landing, now: bool
    ) -> tuple[Request, ...]:
        tables = account_tables(self.spark, self.settings)
        touched = frozenset().union(*(request.touched for request in due))
        for name in sorted(touched & tables.keys()):
            purge(self.spark, tables[name], now=now)
        if not due:
            return ()
        found = self._find(forgotten)
        done = []
        for request in due:
            purged = replace(request, purged_at=datetime.now(UTC))
            receipt = receipt_of(self.spark, purged, tables, found, landing)
            write_receipt(self.requests, self.settings, purged, receipt)
            done.append(purged)
        return tuple(done)


def _due(erased: Sequence[Request], at: datetime) -> tuple[Request, ...]:
    """Requests whose replaced files are older than the tables keep them."""
    return tuple(
        request
        for request in erased
        if request.erased_at is not None and at - request.erased_at > RETENTION
    )
