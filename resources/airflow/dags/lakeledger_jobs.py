"""The bundle's jobs that start by the clock, read from their files: what the DAGs are made of.

Nothing here needs Airflow. A job of jobs becomes a step for each of them, any other job one step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

JOBS = Path(__file__).resolve().parents[2] / "jobs"
_REFERENCE = re.compile(r"\$\{resources\.jobs\.(\w+)\.id\}")
# Databricks' conditions of a task, as Airflow calls them.
_RULES = {
    "ALL_SUCCESS": "all_success",
    "ALL_DONE": "all_done",
    "NONE_FAILED": "none_failed",
    "AT_LEAST_ONE_SUCCESS": "one_success",
    "ALL_FAILED": "all_failed",
    "AT_LEAST_ONE_FAILED": "one_failed",
}

_NUMBERS = re.compile(r"[*?]|(\*|\d+)(/\d+)?|\d+(-\d+)?(,\d+(-\d+)?)*")
_DAY = "(?:MON|TUE|WED|THU|FRI|SAT|SUN)"
_UNDERSTOOD = (*[_NUMBERS] * 4, re.compile(rf"[*?]|{_DAY}([-,]{_DAY})*"))
_LAST = (59, 23, 31, 12, 7)


class NotUnderstood(ValueError):
    """A job's file says something that Airflow would have to do and does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A job that is run; ``rule`` is Airflow's trigger rule over the steps that are before it."""

    key: str
    job_name: str
    after: tuple[str, ...] = ()
    rule: str = "all_success"
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What starts at a time: ``cron`` has five fields, ``seconds`` is how long it may take."""

    key: str
    description: str
    cron: str
    timezone: str
    seconds: int
    steps: tuple[Step, ...]


def plans(folder: Path = JOBS) -> tuple[Plan, ...]:
    """The plan of each job that has a schedule, by key.

    Raises:
        NotUnderstood: naming the job, if its schedule or a task cannot be taken over.
    """
    jobs: dict[str, Mapping[str, Any]] = {}
    for file in sorted(folder.glob("*.yml")):
        jobs |= yaml.safe_load(file.read_text(encoding="utf-8"))["resources"]["jobs"]
    return tuple(_plan(key, jobs) for key in sorted(jobs) if "schedule" in jobs[key])


def cron_of(quartz: str) -> str:
    """The five fields of cron for a Quartz expression whose seconds are 0.

    Raises:
        NotUnderstood: for what five fields cannot say, or do not say alike: last days, nearest
            weekdays, days of the week by number.
    """
    fields = quartz.split()
    if len(fields) != 6 or fields[0] != "0":
        raise NotUnderstood(f"'{quartz}' has to have six fields, 0 seconds first")
    for field, understood in zip(fields[1:], _UNDERSTOOD, strict=True):
        if not understood.fullmatch(field):
            raise NotUnderstood(f"'{quartz}': {field} is not taken over to cron")
    # Quartz counts on to the end of the hour, the day, …; cron wants the end said.
    ends = [re.sub(r"^(\d+)/", rf"\1-{last}/", field)
            for field, last in zip(fields[1:], _LAST, strict=True)]  # fmt: skip
    return " ".join(ends).replace("?", "*")


def _plan(key: str, jobs: Mapping[str, Mapping[str, Any]]) -> Plan:
    job = jobs[key]
    schedule = job["schedule"]
    try:
        cron, steps = cron_of(schedule["quartz_cron_expression"]), _steps(key, jobs)
    except NotUnderstood as error:
        raise NotUnderstood(f"Job {key}: {error}.") from error
    return Plan(
        key=key,
        description=job["description"],
        cron=cron,
        timezone=schedule["timezone_id"],
        seconds=job["timeout_seconds"],
        steps=steps,
    )


def _steps(key: str, jobs: Mapping[str, Mapping[str, Any]]) -> tuple[Step, ...]:
    tasks = jobs[key]["tasks"]
    of_jobs = ["run_job_task" in task for task in tasks]
    if not any(of_jobs):
        # Its tasks are Databricks' own affair, and so are their order and retries.
        return (Step(key=key, job_name=jobs[key]["name"]),)
    if not all(of_jobs):
        raise NotUnderstood("some of its tasks run jobs and some do not")
    return tuple(_step(task, jobs) for task in tasks)


def _step(task: Mapping[str, Any], jobs: Mapping[str, Mapping[str, Any]]) -> Step:
    named = _REFERENCE.fullmatch(str(task["run_job_task"]["job_id"]))
    if named is None or named[1] not in jobs:
        raise NotUnderstood(f"{task['task_key']} runs no job of these files")
    return Step(
        key=task["task_key"],
        job_name=jobs[named[1]]["name"],
        after=tuple(one["task_key"] for one in task.get("depends_on", ())),
        rule=_RULES[task.get("run_if", "ALL_SUCCESS")],
        retries=task.get("max_retries", 0),
    )
