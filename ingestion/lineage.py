"""Tells OpenLineage what is read and written, where the environment names a transport.

It must never be the reason why data are not taken: what goes wrong is logged, and nothing more is
sent in this run. Without a transport nothing of OpenLineage is even imported.
"""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from ingestion.settings import Settings
from ingestion.sources import Source
from warehouse.provenance import Provenance
from warehouse.settings import Settings as Warehouse

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent
    from pyspark.sql import SparkSession

    from ingestion.lineage_events import Place

    # Commands that run no Spark tell of dbt by this module, too.
    from ingestion.stream import SourceResult

NAMESPACE = "lakeledger"
_log = structlog.get_logger("ingestion")
_CLOSE_SECONDS = 30.0
_WORKSPACE = "spark.databricks.workspaceUrl"


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment names a transport and does not switch it off."""
    if environment.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true":
        return False
    named = any(environment.get(name) for name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG"))
    return named or any(name.startswith("OPENLINEAGE__TRANSPORT") for name in environment)


class Sender:
    """Sends events until one cannot be sent; ``failure`` then says why. Threads may share it."""

    def __init__(self, client: Any = None, failure: str = "") -> None:
        self._client, self.failure = client, failure
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls) -> "Sender":
        """A sender by the variables OPENLINEAGE_…, which sends nothing where there are none."""
        if not wanted(os.environ):
            return cls()
        try:
            from openlineage.client import OpenLineageClient

            return cls(OpenLineageClient())
        except Exception as error:
            return cls(failure=_told(error))

    @property
    def on(self) -> bool:
        """Whether it sends, still."""
        return self._client is not None and not self.failure

    def send(self, make: Callable[[], Iterable["RunEvent"]]) -> int:
        """How many of the events were sent; that they cannot be made counts as not sent."""
        sent = 0
        with self._lock:
            if not self.on:
                return sent
            try:
                for event in make():
                    self._client.emit(event)
                    sent += 1
            except Exception as error:
                self.failure = _told(error)
        return sent

    def close(self) -> None:
        """Waits a while for what is still on its way."""
        if self._client is not None:
            try:
                self._client.close(_CLOSE_SECONDS)
            except Exception as error:
                self.failure = _told(error)


@dataclass(frozen=True, slots=True)
class SourceLineage:
    """What the runs of sources are told as; with a sender that is off, they just run."""

    sender: Sender
    settings: Settings
    who: Provenance
    host: str = ""

    def during(self, source: Source, run: Callable[[], "SourceResult"]) -> "SourceResult":
        """Runs a source, and tells of its beginning and of its end."""
        if not self.sender.on:
            return run()
        started: list[RunEvent] = []

        def beginning() -> Iterable["RunEvent"]:
            started.append(self._began(source))
            return started

        self.sender.send(beginning)
        result = run()
        if started:
            self.sender.send(lambda: [self._ended(started[0], result)])
        return result

    def _began(self, source: Source) -> "RunEvent":
        from openlineage.client.uuid import generate_new_uuid
        from openlineage.common.provider.dbt.utils import get_parent_run_metadata

        from ingestion.lineage_events import began

        parent = get_parent_run_metadata()
        return began(
            source,
            self.settings,
            place(self.settings.catalog, self.host),
            self.who,
            run_id=str(generate_new_uuid()),
            at=datetime.now(UTC),
            parent=parent.to_openlineage() if parent else None,
        )

    def _ended(self, start: "RunEvent", result: "SourceResult") -> "RunEvent":
        from ingestion.lineage_events import ended

        continuous = self.settings.continuous is not None
        return ended(start, result, continuous=continuous, at=datetime.now(UTC))


def place(catalog: str | None, host: str) -> "Place":
    """Where tables and jobs are, by the environment where the arguments do not say."""
    from ingestion.lineage_events import Place, host_of

    return Place(
        namespace=os.environ.get("OPENLINEAGE_NAMESPACE") or NAMESPACE,
        catalog=catalog or Warehouse.from_environment().catalog,
        host=host_of(host),
    )


def source_lineage(spark: "SparkSession", settings: Settings, who: Provenance) -> SourceLineage:
    """What a run of ingestion tells with."""
    sender = Sender.from_environment()
    host = ""
    if sender.on and settings.platform == "databricks":
        host = os.environ.get("DATABRICKS_HOST") or str(spark.conf.get(_WORKSPACE, ""))
    return SourceLineage(sender, settings, who, host)


def _told(error: Exception) -> str:
    said = str(error).splitlines() or [type(error).__name__]
    _log.warning("lineage cannot be told", error=said[0])
    return said[0]
