"""The hot store on this machine: VictoriaMetrics, which takes the points of InfluxDB 2.

A point that is written again does not replace the one that is there: both are kept, and a plain
query gives any of them. Ask for the newest with ``max_over_time(…[1m])``, for the values of a
window never shrink. ``-dedup.minScrapeInterval`` would keep an arbitrary one (decision 0032).

What is acknowledged is on disk within five seconds: a store that is killed loses the last five.
A series is not found by a query that ends at midnight exactly if it has no point the day before.
"""

from collections.abc import Sequence

from operations.live.programs import Program, answers
from operations.live.service import Place, Service

NAME = "victoria-metrics"
BUCKET = "orders"
# As far back as an order may be (2020): what the store does not keep it drops without a word.
_RETENTION = "20y"
_TIMEOUT_MILLISECONDS = 10_000

PROGRAM = Program(
    names=("victoria-metrics", "victoria-metrics-prod"),
    package="victoria-metrics",
    purpose="without it there is no hot store, and no live figures of orders",
)


def victoria_metrics() -> Service:
    """The hot store as a service."""
    return Service(
        name=NAME,
        ports=("http",),
        command=_command,
        is_healthy=answers("http", "/health"),
        missing=PROGRAM.missing,
        optional=True,
        start_seconds=30,
    )


def url(place: Place) -> str:
    """Where it takes points (POST /api/v2/write) and answers PromQL (/api/v1/query)."""
    return f"http://{place.address('http')}"


def client_config(place: Place) -> str:
    """The text of the file for ``InfluxDBClient.from_config_file``.

    Organisation and token are of no use here; the client insists on a token.
    """
    return (
        f"[influx2]\nurl={url(place)}\norg=lakeledger\ntoken=none\n"
        f"timeout={_TIMEOUT_MILLISECONDS}\n"
    )


def _command(place: Place) -> Sequence[str]:
    return [
        PROGRAM.path(),
        f"-httpListenAddr={place.address('http')}",
        f"-storageDataPath={place.folder / 'data'}",
        f"-retentionPeriod={_RETENTION}",
        # Windows are corrected after they were first asked for, and asked for as soon as written.
        "-search.disableCache",
        "-search.latencyOffset=0s",
        "-memory.allowedBytes=128MB",
    ]
