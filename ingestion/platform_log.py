"""The log of the platform: a row for each source of each run, in the table `platform_logs`.

Breakers are read off it. It must never be the reason why data are not taken: what goes wrong with
it is logged, and the run goes on.
"""

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import structlog
from pyspark.sql import SparkSession

from ingestion.breaker import Attempt
from ingestion.settings import Settings
from ingestion.stream import SourceResult
from ingestion.writer import Target, ensure_schema, save

COMPONENT = "ingest"
_SCHEMA, _TABLE = "operations", "platform_logs"
_COLUMNS = (
    "logged_at TIMESTAMP, component STRING, run_id STRING, subject STRING, status STRING,"
    " message STRING, files BIGINT, rows_out BIGINT, seconds DOUBLE, actor STRING,"
    " code_version STRING"
)
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

    def add(self, results: Sequence[SourceResult], run_id: str) -> None:
        """Adds a row for each result, in one commit."""
        try:
            self._add([_row(result, run_id, datetime.now(UTC)) for result in results])
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

    def _add(self, rows: Sequence[tuple[object, ...]]) -> None:
        ensure_schema(self.spark, self.target)
        frame = self.spark.createDataFrame(rows, _COLUMNS).coalesce(1)
        save(frame.write.format("delta").mode("append"), self.target)


def platform_log(spark: SparkSession, settings: Settings) -> PlatformLog:
    """The log beside the bronze tables of these settings."""
    name = f"{_SCHEMA}.{_TABLE}"
    if settings.tables is not None:
        return PlatformLog(spark, Target(name=name, path=settings.tables / _SCHEMA / _TABLE))
    return PlatformLog(spark, Target(name=f"{settings.catalog}.{name}"))


def _row(result: SourceResult, run_id: str, now: datetime) -> tuple[object, ...]:
    return (
        now,
        COMPONENT,
        run_id,
        result.source,
        result.status,
        result.message or None,
        result.files,
        result.rows,
        result.seconds,
        _actor(),
        version("lakeledger"),
    )


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "unknown"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
