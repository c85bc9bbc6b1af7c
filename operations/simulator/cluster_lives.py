"""One life of a cluster, from start to termination: its events, and when which nodes ran.

DBUs are charged while a cluster is RUNNING or RESIZING, with the workers it then has; never while
it is created, started or restarted, and no more from TERMINATING on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from operations.simulator.sizing import Habit, Sizing

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


class ClusterEvent(NamedTuple):
    """An event of a cluster in the shape of the Clusters API."""

    at: datetime
    type: str
    details: Mapping[str, object]


class Stretch(NamedTuple):
    """A span in which DBUs are charged for one driver and so many workers."""

    started: datetime
    ended: datetime
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLife:
    """What a cluster did between two terminations."""

    cluster_id: str
    sizing: Sizing
    habit: Habit
    events: tuple[ClusterEvent, ...]
    stretches: tuple[Stretch, ...]

    @property
    def ready(self) -> datetime:
        """When the cluster first ran."""
        return self.stretches[0].started

    @property
    def ended(self) -> datetime:
        """When it terminated."""
        return self.stretches[-1].ended


class LifeScript:
    """Writes a life down step by step, in order of time."""

    def __init__(self, cluster_id: str, sizing: Sizing, habit: Habit) -> None:
        self._cluster_id, self._sizing, self._habit = cluster_id, sizing, habit
        self._events: list[ClusterEvent] = []
        self._stretches: list[Stretch] = []
        self._workers = sizing.workers
        self._since: datetime | None = None

    def say(self, at: datetime, event_type: str, **details: object) -> None:
        """An event that changes nothing about what runs."""
        self._events.append(ClusterEvent(at, event_type, details))

    def run(self, at: datetime, event_type: str, workers: int) -> None:
        """From here on so many workers run beside the driver."""
        self.pause(at)
        self._since, self._workers = at, workers
        self.say(at, event_type, current_num_workers=workers, target_num_workers=workers)

    def pause(self, at: datetime) -> None:
        """Nothing runs from here on."""
        if self._since is not None and self._since < at:
            self._stretches.append(Stretch(self._since, at, self._workers))
        self._since = None

    def scale(self, at: datetime, workers: int, seconds: float, cause: str) -> None:
        """A change of size; the old size runs until it is done."""
        now = self._workers
        self.say(at, "RESIZING", current_num_workers=now, target_num_workers=workers, cause=cause)
        done = "UPSIZE_COMPLETED" if workers > now else "RUNNING"
        self.run(at + seconds * _SECOND, done, workers)

    def restart(self, at: datetime, workers: int, seconds: float, user: str) -> None:
        """The cluster goes down and comes up with so many workers."""
        self.pause(at)
        self.say(at, "RESTARTING", user=user)
        self.run(at + seconds * _SECOND, "RUNNING", workers)

    def terminate(self, at: datetime, code: str, kind: str, **parameters: str) -> None:
        """The end."""
        self.pause(at)
        self.say(at, "TERMINATING", reason={"code": code, "type": kind, "parameters": parameters})

    def life(self) -> ClusterLife:
        """What was written; events in order of time."""
        return ClusterLife(
            cluster_id=self._cluster_id,
            sizing=self._sizing,
            habit=self._habit,
            events=tuple(sorted(self._events, key=lambda event: event.at)),
            stretches=tuple(self._stretches),
        )


def job_life(
    rng: Random, cluster_id: str, sizing: Sizing, span: tuple[datetime, datetime], user: str
) -> ClusterLife:
    """The life of a job's cluster, made for an attempt of a run that takes `span`."""
    started, ended = span
    script = LifeScript(cluster_id, sizing, "job")
    created = started + _millis(rng, 1, 3)
    script.say(created, "CREATING", user=user, cluster_size=sizing.as_json())
    ready = created + _millis(rng, 80, 160)
    script.run(ready, "RUNNING", sizing.workers)
    script.say(ready + _millis(rng, 1, 4), "DRIVER_HEALTHY")
    if sizing.max_workers and ended - ready > 20 * _MINUTE:
        script.scale(ready + _millis(rng, 120, 300), sizing.max_workers, 95.5, "AUTOSCALE")
        script.say(ended - 5 * _MINUTE, "AUTOSCALING_STATS_REPORT")
    script.terminate(ended + _millis(rng, 1, 3), "JOB_FINISHED", "SUCCESS")
    return script.life()


def session_life(
    rng: Random,
    cluster_id: str,
    sizing: Sizing,
    habit: Habit,
    span: tuple[datetime, datetime],
    user: str,
    edit: tuple[datetime, int] | None = None,
) -> ClusterLife:
    """A session of an all-purpose cluster; an edit inside it restarts it with other workers."""
    started, ended = span
    script = LifeScript(cluster_id, sizing, habit)
    script.say(started, "STARTING", user=user, cluster_size=sizing.as_json())
    ready = started + _millis(rng, 90, 240)
    script.run(ready, "RUNNING", sizing.workers)
    script.say(ready + _millis(rng, 1, 4), "DRIVER_HEALTHY")
    if edit:
        script.restart(edit[0] + _millis(rng, 1, 2), edit[1], 100.25, user)
    elif sizing.max_workers:
        _scale_up_and_down(rng, script, sizing, (ready, ended))
    elif rng.random() < 0.4 and ended - ready > 60 * _MINUTE:
        script.restart(ready + _millis(rng, 1200, 2400), sizing.workers, 80.125, user)
    if rng.random() < 0.7:
        script.terminate(ended, "INACTIVITY", "SUCCESS", inactivity_duration_min="30")
    else:
        script.terminate(ended, "USER_REQUEST", "SUCCESS", username=user)
    return script.life()


def _scale_up_and_down(
    rng: Random, script: LifeScript, sizing: Sizing, span: tuple[datetime, datetime]
) -> None:
    at, ended = span
    small, large = sizing.workers, sizing.max_workers or sizing.workers
    grown = False
    while (at := at + _millis(rng, 1200, 4000)) + 5 * _MINUTE < ended:
        script.scale(
            at, small if grown else large, rng.randint(40_000, 120_000) / 1000, "AUTOSCALE"
        )
        script.say(at + 4 * _MINUTE, "AUTOSCALING_STATS_REPORT")
        grown = not grown


def _millis(rng: Random, low: int, high: int) -> timedelta:
    return timedelta(milliseconds=rng.randint(low * 1000, high * 1000))
