"""Windows as points of InfluxDB's line protocol, written until they are acknowledged."""

import threading
from collections.abc import Iterable, Sequence
from configparser import Error as ConfigError
from pathlib import Path
from typing import Any

import structlog
import tenacity
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from operations.streams.errors import StreamsFailed

MEASUREMENT = "orders_window"
_AT_ONCE = 5_000
_LONGEST_WAIT = 30.0
_REFUSED = (ApiException, HTTPError, OSError)
PointDict = dict[str, Any]
_log = structlog.get_logger("streams")


class Stopped(Exception):
    """The process is to end; what was not acknowledged is written after the next start."""


class HotStore:
    """An InfluxDB 2.x, or what speaks its protocol, by the client's own configuration file."""

    def __init__(self, config: Path, bucket: str, stop: threading.Event) -> None:
        """Connects.

        Raises:
            StreamsFailed: if the file is not there or no such file, or nobody answers.
        """
        self._bucket, self._stop = bucket, stop
        if not config.is_file():
            raise StreamsFailed(
                f"There is no configuration of the hot store at {config}: lakeledger up writes one,"
                " or name yours with --hot-store-config."
            )
        try:
            self._client: Any = InfluxDBClient.from_config_file(str(config))
        except (ConfigError, LookupError, ValueError, OSError) as error:
            raise StreamsFailed(
                f"{config} is no configuration of an InfluxDB client ({error}): it has a section"
                " [influx2] with url, org, token and timeout."
            ) from error
        self._writer = self._client.write_api(write_options=SYNCHRONOUS)
        if not self._client.ping():
            raise StreamsFailed(
                f"The hot store {self._client.url} does not answer: start it (lakeledger up), or"
                f" mend {config}."
            )

    def write(self, points: Sequence[PointDict]) -> None:
        """Writes points until all are acknowledged, however long the store is away.

        Raises:
            Stopped: if the process is to end first.
        """
        patient = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_REFUSED),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=_LONGEST_WAIT),
            stop=tenacity.stop_when_event_set(self._stop),
            sleep=tenacity.sleep_using_event(self._stop),
            before_sleep=_told,
        )
        try:
            for start in range(0, len(points), _AT_ONCE):
                patient(self._send, points[start : start + _AT_ONCE])
        except tenacity.RetryError:
            raise Stopped("The hot store was away when the process was told to end.") from None

    def close(self) -> None:
        """Leaves the store."""
        self._client.close()

    def _send(self, points: Sequence[PointDict]) -> None:
        self._writer.write(bucket=self._bucket, record=list(points))


def points_of(rows: Iterable[Any]) -> list[PointDict]:
    """One point for each row (window_start in epoch seconds, category, city, revenue, orders)."""
    return [
        {
            "measurement": MEASUREMENT,
            "tags": {"category": row.category, "city": row.city},
            "fields": {"revenue": float(row.revenue), "orders": int(row.orders)},
            "time": int(row.window_start) * 1_000_000_000,
        }
        for row in rows
    ]


def _told(state: tenacity.RetryCallState) -> None:
    failure = state.outcome.exception() if state.outcome else None
    said = str(getattr(failure, "reason", None) or failure).splitlines()
    _log.warning(
        "the hot store does not take points; trying again",
        attempt=state.attempt_number,
        seconds=round(state.upcoming_sleep, 1),
        said=said[0][:200] if said else "",
    )
