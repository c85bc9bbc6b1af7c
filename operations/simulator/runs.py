"""The plan of a run: its attempts and tasks, when each went on and how it ended.

Times are whole seconds, so the seconds of a run are a whole number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal, NamedTuple

from operations.simulator.cluster_lives import ClusterLife, job_life
from operations.simulator.settings import HOUR
from operations.simulator.world import Job, JobRun, Workspace, new_cluster_id

RunType = Literal["JOB_RUN", "SUBMIT_RUN", "WORKFLOW_RUN"]
# No run goes on for longer than this, repair included.
LONGEST = 9 * HOUR

_TRIGGERED_BY_HAND = 0.12
_REPAIRED = 0.5
_NEVER_STARTED = 0.02


class Ending(NamedTuple):
    """How a run ended, in the words of system tables."""

    result_state: str
    termination_code: str
    termination_type: str


SUCCEEDED = Ending("SUCCEEDED", "SUCCESS", "SUCCESS")
SKIPPED = Ending("SKIPPED", "MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR")
FAILED = Ending("FAILED", "RUN_EXECUTION_ERROR", "CLIENT_ERROR")
_BAD_ENDINGS = (
    FAILED,
    FAILED,
    FAILED,
    Ending("TIMED_OUT", "RUN_EXECUTION_ERROR", "CLIENT_ERROR"),
    Ending("CANCELLED", "CANCELLED", "CLIENT_ERROR"),
    Ending("ERROR", "CLUSTER_ERROR", "CLOUD_FAILURE"),
)


class TaskRun(NamedTuple):
    """One task in one attempt."""

    run_id: str
    task_key: str
    started: datetime
    ended: datetime
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of a run; a repair adds another. `life` is that of its own job cluster."""

    started: datetime
    ended: datetime
    ending: Ending
    compute_ids: tuple[str, ...] = ()
    life: ClusterLife | None = None
    tasks: tuple[TaskRun, ...] = ()
    queue_seconds: int = 0
    setup_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """A run from start to end; `api_words` says that its results come in words of the Jobs API."""

    workspace: Workspace
    job: Job
    run_id: str
    run_type: RunType
    trigger_type: str
    attempts: Sequence[Attempt]
    api_words: bool

    @property
    def started(self) -> datetime:
        """Start of the first attempt."""
        return self.attempts[0].started

    @property
    def ended(self) -> datetime:
        """End of the last attempt."""
        return self.attempts[-1].ended

    @property
    def has_started(self) -> bool:
        """Whether anything ran."""
        return self.started < self.ended


def plan_run(
    rng: Random, workspace: Workspace, run: JobRun, hour: datetime, run_type: RunType = "JOB_RUN"
) -> RunPlan:
    """The life of a run that starts in an hour."""
    started = hour + timedelta(seconds=rng.randrange(3500))
    by_hand = run_type == "SUBMIT_RUN" or rng.random() < _TRIGGERED_BY_HAND
    if rng.random() < _NEVER_STARTED:
        attempts: Sequence[Attempt] = [Attempt(started=started, ended=started, ending=SKIPPED)]
    else:
        attempts = _attempts(rng, run, started)
    return RunPlan(
        workspace=workspace,
        job=run.job,
        run_id=run.run_id,
        run_type=run_type,
        trigger_type="ONETIME" if by_hand else run.job.trigger_type,
        attempts=attempts,
        api_words=rng.random() < 0.2,
    )


def plan_notebook_run(
    rng: Random, workspace: Workspace, run: JobRun, hour: datetime, cluster_id: str
) -> RunPlan:
    """A run that a notebook starts on an all-purpose cluster that is up all through the hour."""
    started = hour + timedelta(seconds=rng.randrange(60, 1800))
    ended = started + timedelta(seconds=rng.randint(120, 1500))
    attempt = Attempt(started=started, ended=ended, ending=SUCCEEDED, compute_ids=(cluster_id,))
    return RunPlan(
        workspace=workspace,
        job=run.job,
        run_id=run.run_id,
        run_type="WORKFLOW_RUN",
        trigger_type="ONETIME",
        attempts=(attempt,),
        api_words=False,
    )


def _attempts(rng: Random, run: JobRun, started: datetime) -> tuple[Attempt, ...]:
    length = timedelta(seconds=_seconds(rng))
    if not run.failed:
        return (_attempt(rng, run, run.cluster_id, (started, started + length), SUCCEEDED, 0),)
    if rng.random() >= _REPAIRED:
        ending = rng.choice(_BAD_ENDINGS)
        return (_attempt(rng, run, run.cluster_id, (started, started + length), ending, 0),)
    length = min(length, HOUR)
    first = _attempt(rng, run, run.cluster_id, (started, started + length), FAILED, 0)
    again = first.ended + timedelta(seconds=rng.randint(300, 5400))
    # A repair runs the task that failed and those after it, on a cluster of its own.
    cluster_id = None if run.cluster_id is None else new_cluster_id(rng, again)
    span = (again, again + timedelta(seconds=_seconds(rng)))
    return first, _attempt(rng, run, cluster_id, span, SUCCEEDED, len(first.tasks) - 1)


def _seconds(rng: Random) -> int:
    """The length of an attempt: mostly minutes, some hours."""
    drawn = rng.random()
    if drawn < 0.06:
        return rng.randint(3 * 3600, 19_000)
    if drawn < 0.35:
        return rng.randint(1200, 4500)
    return rng.randint(300, 1200)


def _attempt(
    rng: Random,
    run: JobRun,
    cluster_id: str | None,
    span: tuple[datetime, datetime],
    ending: Ending,
    first_task: int,
) -> Attempt:
    life = None
    if cluster_id is not None:
        life = job_life(rng, cluster_id, run.job.sizing, span, run.job.run_as)
    setup = 8 if life is None else int((life.ready - span[0]).total_seconds())
    return Attempt(
        started=span[0],
        ended=span[1],
        ending=ending,
        compute_ids=() if cluster_id is None else (cluster_id,),
        life=life,
        tasks=_tasks(rng, run.job.task_keys[first_task:], span, setup, ending),
        queue_seconds=rng.randrange(3),
        setup_seconds=setup,
    )


def _tasks(
    rng: Random,
    keys: Sequence[str],
    span: tuple[datetime, datetime],
    setup: int,
    ending: Ending,
) -> tuple[TaskRun, ...]:
    """The tasks of an attempt, one after the other; after one that fails none is started."""
    begin, end = span[0] + timedelta(seconds=setup), span[1]
    wanted = len(keys) if ending is SUCCEEDED else rng.randint(1, len(keys))
    length = (end - begin) // wanted
    marks = [begin + timedelta(seconds=int(length.total_seconds())) * n for n in range(wanted)]
    marks.append(end)
    return tuple(
        TaskRun(
            run_id=str(rng.randrange(10**14, 10**15)),
            task_key=key,
            started=marks[n],
            ended=marks[n + 1],
            ending=ending if n == wanted - 1 else SUCCEEDED,
        )
        for n, key in enumerate(keys[:wanted])
    )
