"""Records of clusters at work: their events, and the metrics of their nodes."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from operations.simulator.cluster_lives import ClusterEvent, ClusterLife
from operations.simulator.records import GoodLine, Part, encode, sql_time
from operations.simulator.schedule import Schedule
from operations.simulator.settings import CLUSTER_EVENTS, METRICS, epoch_ms
from operations.simulator.world import Workspace

_MINUTE = timedelta(minutes=1)
# The producer leaves out nodes that lived for less.
_SHORTEST_LIFE = timedelta(minutes=10)
# CPU and memory in percent, about which the load of a habit of use varies.
_LOADS = {"busy": (62.0, 58.0), "job": (74.0, 66.0), "oversized": (7.0, 14.0), "idle": (1.2, 9.0)}
_DRIFTED = "cluster_event_id"

Row = dict[str, object]


class ClusterRecords:
    """Makes the events and metrics of clusters of each region and hour."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._options = schedule.world.options
        self._account_id = schedule.world.account_id

    def event_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The events of an hour; some come again as a later page of the log shows them."""
        rng = self._options.random(CLUSTER_EVENTS, region, hour)
        rates = self._options.faults
        lines = []
        for workspace in self._schedule.world.in_region(region):
            for cluster_id, event in self._schedule.cluster_events(workspace, hour):
                row = _event_row(workspace, cluster_id, event)
                key: str | None = None
                features: tuple[str, ...] = ()
                if rng.random() < rates.drift:
                    row[_DRIFTED], features = f"{rng.getrandbits(64):x}", (f"drift:{_DRIFTED}",)
                at = epoch_ms(event.at)
                if rng.random() < rates.duplicates:
                    key = f"{cluster_id} {event.type} {at}"
                    again = row | {"data_plane_event_details": {"page": "2"}}
                    lines.append(GoodLine(encode(again), at, key=key))
                part = Part(f"{workspace.workspace_id} {cluster_id}")
                lines.append(GoodLine(encode(row), at, part, features, key=key))
        return sorted(lines, key=lambda line: line.event_ms)

    def metric_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The metrics of every node that ran for all of a minute."""
        rng = self._options.random(METRICS, region, hour)
        lines = []
        for workspace in self._schedule.world.in_region(region):
            lives = [life for _, life in self._schedule.job_lives(workspace, hour)]
            lives += [life for _, life in self._schedule.shared_lives(workspace, hour)]
            for life in lives:
                if life.stretches and life.ended - life.ready >= _SHORTEST_LIFE:
                    lines += self._life_lines(rng, workspace, life, hour)
        return sorted(lines, key=lambda line: line.event_ms)

    def _life_lines(
        self, rng: Random, workspace: Workspace, life: ClusterLife, hour: datetime
    ) -> list[GoodLine]:
        nodes = instances(life)
        lines = []
        for minute in range(0, 60, self._options.metrics_step):
            begin = hour + minute * _MINUTE
            end = begin + _MINUTE
            if end > self._options.end:
                break
            workers = workers_during(life, begin, end)
            for node in range(0 if workers is None else workers + 1):
                row = {
                    "account_id": self._account_id,
                    "workspace_id": workspace.workspace_id,
                    "cluster_id": life.cluster_id,
                    "instance_id": nodes[node],
                    "start_time": sql_time(begin),
                    "end_time": sql_time(end),
                    **_load(rng, life, is_driver=node == 0),
                    "private_ip": f"10.{int(life.cluster_id[-2:], 16)}.0.{10 + node}",
                }
                lines.append(GoodLine(encode(row), epoch_ms(end)))
        return lines


def instances(life: ClusterLife) -> list[str]:
    """Names of the nodes that a life may have: the driver, then the workers."""
    rng = Random(f"{life.cluster_id}/{life.events[0].at}")
    most = max(stretch.workers for stretch in life.stretches)
    return [f"i-{rng.getrandbits(64):016x}" for _ in range(most + 1)]


def workers_during(life: ClusterLife, begin: datetime, end: datetime) -> int | None:
    """The workers that run through a whole span; None where the cluster does not."""
    covering = [s for s in life.stretches if s.started < end and s.ended > begin]
    if not covering or covering[0].started > begin or covering[-1].ended < end:
        return None
    if any(b.started > a.ended for a, b in pairwise(covering)):
        return None
    return min(stretch.workers for stretch in covering)


def _load(rng: Random, life: ClusterLife, *, is_driver: bool) -> Row:
    cpu, memory = _LOADS[life.habit]
    draw = rng.random
    user = cpu * (0.7 + 0.6 * draw()) * (0.4 if is_driver else 1)
    traffic = int(user * 1_000_000 * draw())
    node_type = life.sizing.driver_node_type if is_driver else life.sizing.worker_node_type
    heap = 8 << 30
    return {
        "driver": is_driver,
        "cpu_user_percent": round(min(user, 97.0), 3),
        "cpu_system_percent": round(user * 0.03 + draw() * 0.5, 3),
        "cpu_wait_percent": round(user * 0.02 * draw(), 3),
        "mem_used_percent": round(min(memory * (0.9 + 0.2 * draw()), 98.0), 3),
        "mem_swap_percent": 0.0,
        "network_sent_bytes": traffic,
        "network_received_bytes": int(traffic * (0.5 + draw())),
        "disk_free_bytes_per_mount_point": {"/": 90 << 30, "/local_disk0": 400 << 30},
        "node_type": node_type,
        "spark_jvm_heap_usage_bytes": int(heap * memory / 100),
        "spark_jvm_heap_limit_bytes": heap,
    }


def _event_row(workspace: Workspace, cluster_id: str, event: ClusterEvent) -> Row:
    return {
        "workspace_id": workspace.workspace_id,
        "cluster_id": cluster_id,
        "timestamp": epoch_ms(event.at),
        "type": event.type,
        "details": dict(event.details),
    }
