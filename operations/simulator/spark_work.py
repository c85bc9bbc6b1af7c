"""Jobs, stages and tasks in a Spark event log, some of them with a task that takes too long."""

from collections.abc import Iterator, Mapping
from itertools import count
from random import Random
from typing import NamedTuple

Event = dict[str, object]

_SKEWED = 0.35
_NAMES = ("collect at command", "save at command", "count at command", "parquet at command")


class _Task(NamedTuple):
    place: int
    launched: int
    finished: int
    is_skewed: bool


def work_events(
    rng: Random, span: tuple[int, int], executors: int, properties: Mapping[str, str]
) -> Iterator[tuple[int, Event]]:
    """Jobs one after the other that fill a span of epoch milliseconds, in order of time."""
    jobs = rng.randint(2, 4)
    stage_ids, task_ids = count(), count()
    share = (span[1] - span[0]) // jobs
    for job in range(jobs):
        begin = span[0] + job * share
        stages = [next(stage_ids) for _ in range(rng.randint(1, 2))]
        yield begin, _job_start(job, begin, stages, properties)
        at = begin + 20
        for stage in stages:
            tasks = _tasks(rng, at, share // (len(stages) + 1))
            yield from _stage_events(rng, stage, at, tasks, (executors, task_ids))
            at = max(task.finished for task in tasks) + 20
        yield (
            at,
            {
                "Event": "SparkListenerJobEnd",
                "Job ID": job,
                "Completion Time": at,
                "Job Result": {"Result": "JobSucceeded"},
            },
        )


def _tasks(rng: Random, begin: int, limit: int) -> list[_Task]:
    """Tasks of about the same length that end within a limit; at times one takes all of it."""
    number = rng.randint(8, 24)
    usual = max(limit // 10, 2)
    skewed = rng.randrange(number) if rng.random() < _SKEWED else None
    tasks = []
    for index in range(number):
        launched = begin + 5 + index
        length = limit - 200 if index == skewed else int(usual * rng.uniform(0.7, 1.3))
        tasks.append(_Task(index, launched, launched + max(length, 1), index == skewed))
    return tasks


def _stage_events(
    rng: Random, stage: int, begin: int, tasks: list[_Task], where: tuple[int, "count[int]"]
) -> Iterator[tuple[int, Event]]:
    executors, task_ids = where
    info: Event = {
        "Stage ID": stage,
        "Stage Attempt ID": 0,
        "Stage Name": f"{_NAMES[stage % len(_NAMES)]}-{1000 + stage}:1",
        "Number of Tasks": len(tasks),
        "RDD Info": [],
        "Parent IDs": [],
        "Details": "",
        "Submission Time": begin,
    }
    yield begin, {"Event": "SparkListenerStageSubmitted", "Stage Info": info, "Properties": {}}
    for task in sorted(tasks, key=lambda task: task.finished):
        executor = rng.randrange(max(executors, 1))
        yield task.finished, _task_end(rng, stage, next(task_ids), task, executor)
    end = max(task.finished for task in tasks) + 5
    done = {**info, "Completion Time": end, "Accumulables": []}
    yield end, {"Event": "SparkListenerStageCompleted", "Stage Info": done}


def _job_start(job: int, at: int, stages: list[int], properties: Mapping[str, str]) -> Event:
    return {
        "Event": "SparkListenerJobStart",
        "Job ID": job,
        "Submission Time": at,
        "Stage Infos": [],
        "Stage IDs": stages,
        "Properties": dict(properties),
    }


def _task_end(rng: Random, stage: int, task_id: int, task: _Task, executor: int) -> Event:
    length = task.finished - task.launched
    return {
        "Event": "SparkListenerTaskEnd",
        "Stage ID": stage,
        "Stage Attempt ID": 0,
        "Task Type": "ResultTask",
        "Task End Reason": {"Reason": "Success"},
        "Task Info": {
            "Task ID": task_id,
            "Index": task.place,
            "Attempt": 0,
            "Partition ID": task.place,
            "Launch Time": task.launched,
            "Executor ID": str(executor),
            "Host": f"10.0.0.{10 + executor}",
            "Locality": "PROCESS_LOCAL",
            "Speculative": False,
            "Getting Result Time": 0,
            "Finish Time": task.finished,
            "Failed": False,
            "Killed": False,
            "Accumulables": [],
        },
        "Task Metrics": _metrics(rng, length, task.is_skewed),
    }


def _metrics(rng: Random, length: int, is_skewed: bool) -> Event:
    read = length * rng.randint(2000, 6000)
    spilled = read // 2 if is_skewed else 0
    return {
        "Executor Deserialize Time": min(length, 12),
        "Executor Deserialize CPU Time": 9_000_000,
        "Executor Run Time": max(length - 15, 0),
        "Executor CPU Time": max(length - 15, 0) * 800_000,
        "Peak Execution Memory": 64 << 20,
        "Result Size": rng.randint(900, 5000),
        "JVM GC Time": length // 40,
        "Result Serialization Time": 1,
        "Memory Bytes Spilled": spilled * 3,
        "Disk Bytes Spilled": spilled,
        **_transfers(read),
        "Updated Blocks": [],
    }


def _transfers(read: int) -> Event:
    """What a task that reads so many bytes moves."""
    return {
        "Shuffle Read Metrics": {
            "Remote Blocks Fetched": 4,
            "Local Blocks Fetched": 2,
            "Fetch Wait Time": 3,
            "Remote Bytes Read": read // 3,
            "Remote Bytes Read To Disk": 0,
            "Local Bytes Read": read // 9,
            "Total Records Read": read // 90,
        },
        "Shuffle Write Metrics": {
            "Shuffle Bytes Written": read // 5,
            "Shuffle Write Time": 4_000_000,
            "Shuffle Records Written": read // 100,
        },
        "Input Metrics": {"Bytes Read": read, "Records Read": read // 80},
        "Output Metrics": {"Bytes Written": read // 7, "Records Written": read // 300},
    }
