"""The log of the platform: a row for each source of each run, in the table `platform_logs`.

Breakers are read off it. It must never be the reason why data are not taken: what goes wrong with
it is logged, and the run goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from pyspark.sql import SparkSession

from ingestion.breaker import Attempt
from ingestion.log_table import COLUMNS, TABLE
from ingestion.settings import Settings
from ingestion.stream import SourceResult
from ingestion.writer import Target, ensure_schema, save
from warehouse.provenance import Provenance

COMPONENT = "ingest"
# Older attempts say nothing of a source now; the longest pause of a breaker is far shorter.
_MEMORY = timedelta(days=1)
_log = structlog.get_logger("ingestion")


@dataclass(frozen=True, slots=True)
class PlatformLog:
    """The table, through one Spark session."""

    spark: SparkSession
    target: Target

    def attempts(self, now: datetime) -> Mapping[str, Sequence[Attempt]]:
        """The attempts of the last day by source, oldest first; none where nothing is known."""
        try:
            return self._attempts(now - _MEMORY) if self._exists() else {}
        except Exception as error:
            _log.warning("platform log cannot be read", error=_first_line(error))
            return {}

    def add(self, results: Sequence[SourceResult], who: Provenance) -> None:
        """Adds a row for each result, in one commit."""
        self._add([_row(result, who) for result in results])

    def note(self, who: Provenance, subject: str, message: str) -> None:
        """Adds a row of something else that was done."""
        self._add([_said(who) | {"subject": subject, "status": "ok", "message": message}])

    def _add(self, rows: Sequence[Mapping[str, object]]) -> None:
        try:
            self._write([tuple(row.get(name) for name in COLUMNS) for row in rows])
        except Exception as error:
            _log.warning("platform log cannot be written", error=_first_line(error))

    def _exists(self) -> bool:
        if self.target.path is not None:
            return self.target.has_log
        return bool(self.spark.catalog.tableExists(self.target.identifier))

    def _attempts(self, since: datetime) -> Mapping[str, Sequence[Attempt]]:
        rows = self.spark.sql(
            f"""SELECT subject, unix_micros(logged_at) AS micros, status
            FROM {self.target.identifier}
            WHERE component = '{COMPONENT}' AND status IN ('ok', 'failed')
                AND logged_at >= timestamp_micros({int(since.timestamp() * 1_000_000)})
            ORDER BY logged_at"""
        ).collect()
        found: dict[str, list[Attempt]] = {}
        for subject, micros, status in rows:
            ended_at = datetime.fromtimestamp(micros / 1_000_000, UTC)
            attempt = Attempt(ended_at=ended_at, succeeded=status == "ok")
            found.setdefault(subject, []).append(attempt)
        return found

    def _write(self, rows: Sequence[tuple[object, ...]]) -> None:
        ensure_schema(self.spark, self.target)
        schema = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        frame = self.spark.createDataFrame(rows, schema).coalesce(1)
        # A table that an older version made gets the columns it lacks.
        writer = frame.write.format("delta").mode("append").option("mergeSchema", "true")
        save(writer, self.target)


def platform_log(spark: SparkSession, settings: Settings) -> PlatformLog:
    """The log beside the bronze tables of these settings."""
    told = settings.user_metadata
    if settings.tables is not None:
        path = settings.tables.joinpath(*TABLE.split("."))
        return PlatformLog(spark, Target(name=TABLE, path=path, user_metadata=told))
    return PlatformLog(spark, Target(name=f"{settings.catalog}.{TABLE}", user_metadata=told))


def _row(result: SourceResult, who: Provenance) -> Mapping[str, object]:
    return _said(who) | {
        "subject": result.source,
        "status": result.status,
        "message": result.message or None,
        "files": result.files,
        "rows_out": result.rows,
        "seconds": result.seconds,
    }


def _said(who: Provenance) -> dict[str, object]:
    return {
        "logged_at": datetime.now(UTC),
        "component": who.component,
        "run_id": who.run_id,
        "actor": who.actor,
        "code_version": who.code_version,
        "git_revision": who.git_revision,
    }


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
