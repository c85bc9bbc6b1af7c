"""What has to hold of a job, and `Job.from_dict` does not see; each check yields sentences."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any
from zoneinfo import available_timezones

from croniter import croniter
from databricks.bundles.jobs import Job

Document = Mapping[str, Any]
TASK_TYPE = re.compile(r"\w+_task")
NEEDS_COMPUTE = {"dbt_task", "spark_python_task"}
RULES = {"continuous": "STREAMING_BACKLOG_SECONDS", "other": "RUN_DURATION_SECONDS"}
SECRET = re.compile(
    r"dapi[0-9a-f]{32}|AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY"
    r"|(?i:password|token|secret)\s*[=:]\s*\S"
)


def faults_of(job: Document) -> list[str]:
    """Everything that is wrong with a job by itself."""
    found = list(shape(job))
    if found:
        return found
    checks = (dependencies, types, compute, dbt_commands, start, care, attention)
    return [fault for check in checks for fault in check(job)]


def shape(job: Document) -> Iterator[str]:
    """Unknown keys, wrong types and enums, as Databricks' own classes see them."""
    try:
        Job.from_dict(dict(job))  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        yield f"is no job: {error}"


def dependencies(job: Document) -> Iterator[str]:
    """Tasks wait for tasks that there are, and not for themselves."""
    keys = [task["task_key"] for task in job["tasks"]]
    if len(keys) != len(set(keys)):
        yield "two tasks have the same key"
    graph = {
        task["task_key"]: {one["task_key"] for one in task.get("depends_on", ())}
        for task in job["tasks"]
    }
    for key, parents in graph.items():
        for unknown in sorted(parents - set(keys)):
            yield f"{key} depends on {unknown}, which is no task"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"tasks wait for each other: {', '.join(error.args[1])}"


def task_types(task: Document) -> list[str]:
    """What a task is, by its keys."""
    return [key for key in task if TASK_TYPE.fullmatch(key)]


def types(job: Document) -> Iterator[str]:
    """A task is one thing."""
    for task in job["tasks"]:
        if len(task_types(task)) != 1:
            yield f"{task['task_key']} has to be of one type, not of {task_types(task) or 'none'}"


def compute(job: Document) -> Iterator[str]:
    """A task that computes names one place for it, and the job declares that place."""
    places = {
        "environment_key": {one["environment_key"] for one in job.get("environments", ())},
        "job_cluster_key": {one["job_cluster_key"] for one in job.get("job_clusters", ())},
    }
    for task in job["tasks"]:
        named = {place: task[place] for place in places if place in task}
        if bool(NEEDS_COMPUTE & set(task_types(task))) != (len(named) == 1):
            yield f"{task['task_key']} has to name one place to run, not {named or 'none'}"
        for place, key in named.items():
            if key not in places[place]:
                yield f"{task['task_key']} runs in {key}, which is not declared"
    used = {task[place] for task in job["tasks"] for place in places if place in task}
    for unused in sorted(set().union(*places.values()) - used):
        yield f"nothing runs in {unused}"


def dbt_commands(job: Document) -> Iterator[str]:
    """A dbt task has from one to ten commands, of dbt, and installs dbt's packages first."""
    for task in job["tasks"]:
        if "dbt_task" not in task:
            continue
        commands = task["dbt_task"].get("commands", [])
        if not 2 <= len(commands) <= 10:
            yield f"{task['task_key']} has {len(commands)} commands; 2 to 10 are possible"
        elif not commands[0].startswith("dbt deps "):
            yield f"{task['task_key']} does not begin with dbt deps"
        for command in commands:
            if not command.startswith("dbt "):
                yield f"{task['task_key']}: '{command}' is no command of dbt"


def start(job: Document) -> Iterator[str]:
    """A job starts in one way at most, and a schedule says when, by Quartz and a known zone."""
    ways = [way for way in ("schedule", "continuous", "trigger") if way in job]
    if len(ways) > 1:
        yield f"starts in {len(ways)} ways: {', '.join(ways)}"
    if "schedule" in job:
        zone = job["schedule"]["timezone_id"]
        if zone not in available_timezones():
            yield f"time zone {zone} is unknown"
        yield from quartz(job["schedule"]["quartz_cron_expression"])


def quartz(expression: str) -> Iterator[str]:
    """Seconds first, and `?` for one of the two fields of days: day of month, day of week."""
    fields = expression.split()
    if len(fields) != 6:
        yield f"'{expression}' has {len(fields)} fields; Quartz has 6, seconds first"
        return
    if [fields[3], fields[5]].count("?") != 1:
        yield f"'{expression}' has to leave one of its two fields of days open by ?"
    if re.search(r"[0-9]", fields[5]):
        yield f"'{expression}' names days of the week by number; Quartz begins with Sunday as 1"
    # croniter knows neither ? nor a start without an end.
    plain = [re.sub(r"^(\d+)/", r"\1-59/", field).replace("?", "*") for field in fields]
    if not croniter.is_valid(" ".join(plain), second_at_beginning=True):
        yield f"'{expression}' is no cron expression"


def care(job: Document) -> Iterator[str]:
    """Timeout, tries, and one run at a time are said, not left to defaults."""
    if job.get("max_concurrent_runs") != 1:
        yield "has to run once at a time: max_concurrent_runs"
    if "timeout_seconds" not in job:
        yield "has no timeout_seconds"
    if "continuous" in job:
        yield from care_of_continuous(job)
        return
    if not job.get("timeout_seconds"):
        yield "may run for ever: timeout_seconds is 0"
    if "queue" not in job:
        yield "does not say whether a start waits for the run before: queue"
    for task in job["tasks"]:
        if "max_retries" not in task:
            yield f"{task['task_key']} does not say how often it is tried again: max_retries"


def care_of_continuous(job: Document) -> Iterator[str]:
    """Databricks starts a continuous job again by itself, and takes no other rule for it."""
    if job["continuous"].get("task_retry_mode") != "ON_FAILURE":
        yield "is not tried again: task_retry_mode"
    for task in job["tasks"]:
        if {"max_retries", "depends_on", "min_retry_interval_millis"} & set(task):
            yield f"{task['task_key']}: a continuous job takes no retries and no dependencies"


def attention(job: Document) -> Iterator[str]:
    """Somebody is told when it fails, and when it is slow or falls behind."""
    mails = job.get("email_notifications", {})
    if not mails.get("on_failure"):
        yield "tells nobody when it fails: email_notifications.on_failure"
    metrics = {rule["metric"] for rule in job.get("health", {}).get("rules", ())}
    streams = "continuous" in job and not job["timeout_seconds"]
    if RULES["continuous" if streams else "other"] not in metrics:
        yield f"has no health rule for {RULES['continuous' if streams else 'other']}"
    told = "on_streaming_backlog_exceeded" if streams else "on_duration_warning_threshold_exceeded"
    if not mails.get(told):
        yield f"tells nobody when it is unwell: email_notifications.{told}"


def between(jobs: Mapping[str, Document], ids: Mapping[int, str]) -> Iterator[str]:
    """Jobs start jobs that there are, in no circle, and those have no start of their own."""
    graph: dict[str, set[str]] = {}
    for key, job in jobs.items():
        called = [t["run_job_task"]["job_id"] for t in job["tasks"] if "run_job_task" in t]
        graph[key] = {ids.get(number, f"job {number}") for number in called}
        for name in sorted(graph[key]):
            if name not in jobs:
                yield f"{key} starts {name}, which is no job"
            elif {"schedule", "continuous", "trigger"} & set(jobs[name]):
                yield f"{key} starts {name}, which starts by itself"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"jobs start each other: {', '.join(error.args[1])}"


def secrets(texts: Iterator[str]) -> Iterator[str]:
    """What looks like a password, a token or a key."""
    for text in texts:
        if found := SECRET.search(text):
            yield f"'{found[0]}' looks like a secret"
