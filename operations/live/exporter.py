"""Figures of the pipeline (operations/exporter) as a service, where there is a pipeline."""

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from operations.live.programs import answers
from operations.live.service import Place, Service
from warehouse.settings import PROJECT

NAME = "exporter"
# As the rules of alerts (resources/prometheus/pipeline.rules.yml) and the dashboard call it.
JOB = "pipeline"
# A selection that nothing is in: whether it answers is no reason to ask the tables.
_HEALTH = "/metrics?name[]=none"


def exporter(home: Path, cache: Path) -> Service:
    """The exporter over a home; left out where nothing has been taken in yet."""
    return Service(
        name=NAME,
        ports=("metrics",),
        command=partial(_command, home, cache),
        is_healthy=answers("metrics", _HEALTH),
        missing=partial(_missing, home),
        optional=True,
        start_seconds=240,
    )


def _missing(home: Path) -> str | None:
    # Not its checkpoints: the streams have theirs beside them.
    if any((home / "external").glob("bronze_*")):
        return None
    return f"nothing has been taken into {home} yet: lakeledger run, then down and up."


def _command(home: Path, cache: Path, place: Place) -> Sequence[str]:
    path = filter(None, (str(PROJECT), os.environ.get("PYTHONPATH")))
    return [
        *("env", f"LAKELEDGER_HOME={home}", f"LAKELEDGER_CACHE={cache}"),
        # Services are given no token of a SQL warehouse: this is the pipeline of this home.
        "LAKELEDGER_TARGET=local",
        # The service starts in a folder of its own; the project is to be this one.
        f"PYTHONPATH={os.pathsep.join(path)}",
        *(sys.executable, "-m", "operations", "exporter"),
        *("--port", str(place.ports["metrics"])),
    ]
