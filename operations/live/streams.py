"""The hot path of orders as a service: windows and running totals (operations/streams)."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from operations.live import victoria_metrics
from operations.live.programs import answers
from operations.live.service import Place, Service
from warehouse.settings import PROJECT

NAME = "streams"


def streams(home: Path, cache: Path, options: Sequence[str] = ()) -> Service:
    """The streams over a home; they find broker and hot store by its files.

    ``options`` are more of `lakeledger streams`.
    """

    def command(place: Place) -> Sequence[str]:
        return [
            *("env", f"LAKELEDGER_HOME={home}", f"LAKELEDGER_CACHE={cache}"),
            # The service starts in a folder of its own; the project is to be this one.
            f"PYTHONPATH={os.pathsep.join((str(PROJECT), *_path()))}",
            *(sys.executable, "-m", "operations.streams"),
            *("--metrics-port", str(place.ports["metrics"])),
            *options,
        ]

    return Service(
        name=NAME,
        ports=("metrics",),
        command=command,
        is_healthy=answers("metrics", "/metrics"),
        missing=victoria_metrics.PROGRAM.missing,
        optional=True,
        needs=("kafka", victoria_metrics.NAME),
    )


def _path() -> list[str]:
    return [part for part in (os.environ.get("PYTHONPATH"),) if part]
