"""What is measured, and when it is an alert: Prometheus as a service."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from operations.live import alertmanager, exporter, streams, victoria_metrics
from operations.live.alertmanager import duration, write_yaml
from operations.live.programs import Program, answers
from operations.live.service import Place, PlaceOf, Service
from operations.live.settings import Intervals, Limits, LiveSettings
from warehouse.settings import PROJECT

NAME = "prometheus"
RULES = PROJECT / "resources" / "prometheus" / "orders.rules.yml"
RULES_OF_PIPELINE = RULES.with_name("pipeline.rules.yml")
PROGRAM = Program(
    names=("prometheus",),
    package="prometheus",
    purpose="without it there are no alerts, and no history of how the streams fare",
)
# Who is asked for figures, and at which of its ports; those that are not here are not asked.
SCRAPED = {
    streams.NAME: "metrics",
    exporter.NAME: "metrics",
    victoria_metrics.NAME: "http",
    alertmanager.NAME: "http",
}
# The exporter asks tables: it keeps what it has read for as long, and may take its time.
_PATIENT = {exporter.NAME: {"scrape_interval": "30s", "scrape_timeout": "25s"}}
_JOBS = {exporter.NAME: exporter.JOB}
_KEPT = "15d"


def prometheus(settings: Callable[[], LiveSettings], place_of: PlaceOf) -> Service:
    """The service; ``place_of`` gives None for a service that there is not."""
    return Service(
        name=NAME,
        ports=("http",),
        command=functools.partial(_command, settings, place_of),
        is_healthy=answers("http", "/-/ready"),
        missing=PROGRAM.missing,
        optional=True,
        start_seconds=60,
    )


def configuration(
    intervals: Intervals, targets: Mapping[str, str], rules: Sequence[Path]
) -> dict[str, Any]:
    """Prometheus' configuration; ``targets`` are host:port by the name of the service."""
    wanted: dict[str, Any] = {
        "global": {
            "scrape_interval": duration(intervals.scrape_seconds),
            "scrape_timeout": duration(intervals.scrape_seconds),
            "evaluation_interval": duration(intervals.evaluate_seconds),
        },
        "rule_files": [str(file) for file in rules],
        "scrape_configs": [
            {
                "job_name": _JOBS.get(name, name),
                "static_configs": [{"targets": [target]}],
                **_PATIENT.get(name, {}),
            }
            for name, target in targets.items()
        ],
    }
    if alertmanager.NAME in targets:
        told = [{"targets": [targets[alertmanager.NAME]]}]
        wanted["alerting"] = {"alertmanagers": [{"static_configs": told}]}
    return wanted


def limits_rules(limits: Limits) -> dict[str, Any]:
    """Rules that make each limit a series, `lakeledger_limit{of="…"}`, for the alerts' rules."""
    rules = [
        {"record": "lakeledger_limit", "labels": {"of": name}, "expr": f"vector({float(value)})"}
        for name, value in asdict(limits).items()
    ]
    return {"groups": [{"name": "limits", "rules": rules}]}


def _command(
    settings: Callable[[], LiveSettings], place_of: PlaceOf, place: Place
) -> Sequence[str]:
    wanted = settings()
    targets = {NAME: place.address("http")}
    for name, port in SCRAPED.items():
        found = place_of(name)
        if found:
            targets[name] = found.address(port)
    limits = write_yaml(place, "limits.rules.yml", limits_rules(wanted.limits))
    rules = [Path(limits), RULES, *([RULES_OF_PIPELINE] if exporter.NAME in targets else [])]
    file = write_yaml(place, "prometheus.yml", configuration(wanted.intervals, targets, rules))
    return [
        PROGRAM.path(),
        f"--config.file={file}",
        f"--storage.tsdb.path={place.folder / 'data'}",
        f"--storage.tsdb.retention.time={_KEPT}",
        f"--web.listen-address={place.address('http')}",
        f"--web.external-url=http://{place.address('http')}",
        f"--rules.alert.resend-delay={duration(wanted.intervals.resend_seconds)}",
    ]
