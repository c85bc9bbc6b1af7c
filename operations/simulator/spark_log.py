"""Spark event logs of some job clusters: rolling files, one folder per run of a driver.

A file holds the events of a clock hour and is named by the hour's end; the one that is open when
the driver stops is called `eventlog`. Facts of the cluster stand in the first file only.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from operations.simulator.cluster_lives import ClusterLife
from operations.simulator.cluster_records import instances
from operations.simulator.records import GoodLine, encode
from operations.simulator.runs import RunPlan
from operations.simulator.schedule import Schedule
from operations.simulator.settings import HOUR, epoch_ms
from operations.simulator.spark_work import Event, work_events
from operations.simulator.world import Workspace

_SHORTEST = timedelta(minutes=8)
_ONE_IN = 20
_TAGS = "spark.databricks.clusterUsageTags."
_VERSION = "15.4.x-scala2.12"


class LogFile(NamedTuple):
    """A file of a log: its name below the folder of source and region, and its lines."""

    name: str
    lines: list[GoodLine]


class SparkLogs:
    """Makes the log files that end with an hour."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._options = schedule.world.options

    def files(self, region: str, hour: datetime) -> Iterator[LogFile]:
        """The files of a region that are closed in an hour."""
        for workspace in self._schedule.world.in_region(region):
            for plan, life in self._schedule.job_lives(workspace, hour):
                if self._is_logged(workspace, plan) and life.ended - life.ready >= _SHORTEST:
                    lines = [
                        GoodLine(encode(event), at)
                        for at, event in log_events(workspace, plan, life)
                        if epoch_ms(hour) <= at < epoch_ms(hour + HOUR)
                    ]
                    if lines:
                        yield LogFile(self._name(life, hour), lines)

    def _is_logged(self, workspace: Workspace, plan: RunPlan) -> bool:
        """One run in twenty, and of each workspace the first that is long enough."""
        if int(plan.run_id) % _ONE_IN == 0:
            return True
        early = self._schedule.started_runs(workspace, self._options.start)
        first = next((p.run_id for p in early if _longest(p) >= _SHORTEST), None)
        return plan.run_id == first

    def _name(self, life: ClusterLife, hour: datetime) -> str:
        driver_run = Random(f"driver/{life.cluster_id}").randrange(10**18, 10**19)
        closed_at = hour + HOUR
        name = "eventlog"
        if life.ended >= closed_at:
            name = f"eventlog-{closed_at:%Y-%m-%d--%H}-00.gz"
        folder = f"simulated-{self._options.tag}-logs/{life.cluster_id}"
        return f"{folder}/{driver_run}/{name}"


def log_events(
    workspace: Workspace, plan: RunPlan, life: ClusterLife
) -> Iterator[tuple[int, Event]]:
    """Every event of a driver's run with its time in epoch milliseconds, in order."""
    rng = Random(f"log/{life.cluster_id}")
    began, ended = epoch_ms(life.ready) + 4000, epoch_ms(life.ended) - 2000
    app_id = f"app-{life.ready:%Y%m%d%H%M%S}-0000"
    yield (
        began,
        {
            "Event": "DBCEventLoggingListenerMetadata",
            "Rollover Number": 0,
            "SparkContext Id": rng.randrange(10**18),
        },
    )
    yield began + 300, _environment(workspace, plan, life)
    yield began + 400, _application(app_id, began)
    nodes = instances(life)[1:]
    for number, _ in enumerate(nodes):
        yield began + 600 + number, _executor(number, began + 600 + number, app_id)
    span = (began + 5000, ended - 1000)
    yield from work_events(rng, span, len(nodes), {"spark.databricks.job.runId": plan.run_id})
    yield ended, {"Event": "SparkListenerApplicationEnd", "Timestamp": ended}


def _application(app_id: str, at: int) -> Event:
    return {
        "Event": "SparkListenerApplicationStart",
        "App Name": "Databricks Shell",
        "App ID": app_id,
        "Timestamp": at,
        "User": "root",
    }


def _longest(plan: RunPlan) -> timedelta:
    life = plan.attempts[0].life
    return timedelta(0) if life is None else life.ended - life.ready


def _environment(workspace: Workspace, plan: RunPlan, life: ClusterLife) -> Event:
    facts = {
        "clusterId": life.cluster_id,
        "clusterName": f"job-{plan.job.job_id}-run-{plan.run_id}",
        "orgId": workspace.workspace_id,
        "clusterOwnerOrgId": workspace.workspace_id,
        "cloudProvider": "Azure" if workspace.cloud == "AZURE" else workspace.cloud,
        "region": workspace.region,
        "sparkVersion": _VERSION,
        "clusterNodeType": life.sizing.worker_node_type,
        "driverNodeType": life.sizing.driver_node_type,
        "clusterWorkers": str(life.sizing.workers),
        "clusterCreator": "JobLauncher",
        "userId": "*********(redacted)",
    }
    return {
        "Event": "SparkListenerEnvironmentUpdate",
        "JVM Information": {"Java Version": "17.0.11", "Scala Version": "version 2.12.18"},
        "Spark Properties": {
            "spark.app.name": "Databricks Shell",
            "eventLog.rolloverIntervalSeconds": "3600",
            **{f"{_TAGS}{name}": value for name, value in facts.items()},
        },
        "Hadoop Properties": {},
        "System Properties": {"java.io.tmpdir": "/local_disk0/tmp"},
        "Classpath Entries": {},
    }


def _executor(number: int, at: int, app_id: str) -> Event:
    return {
        "Event": "SparkListenerExecutorAdded",
        "Timestamp": at,
        "Executor ID": str(number),
        "Executor Info": {
            "Host": f"10.0.0.{10 + number}",
            "Total Cores": 4,
            "Log Urls": {},
            "Attributes": {"appId": app_id},
            "Resources": {},
            "Resource Profile Id": 0,
        },
    }
