"""Records of runs: slices of job and task runs, and the notifications that they send."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from operations.simulator.records import GoodLine, Part, encode, sql_time
from operations.simulator.runs import Attempt, Ending, RunPlan, TaskRun
from operations.simulator.schedule import Schedule
from operations.simulator.settings import JOB_RUNS, epoch_ms
from operations.simulator.timeline import delivered_with, floor_hour, slices

_API_WORDS = {"SUCCEEDED": "SUCCESS", "CANCELLED": "CANCELED", "TIMED_OUT": "TIMEDOUT"}
_NO_ENDING = {"result_state": None, "termination_code": None, "termination_type": None}
_DRIFTED = "effective_performance_target"

Row = dict[str, object]


class RunRecords:
    """Makes the records of runs of each region and hour."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._options = schedule.world.options
        self._account_id = schedule.world.account_id

    def run_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The slices of runs that end with an hour."""
        rng = self._options.random(JOB_RUNS, region, hour)
        lines = []
        for plan in self._runs(region, hour):
            part = Part(run_key(plan))
            for attempt in plan.attempts:
                for begin, end, row in self._run_slices(plan, attempt, hour):
                    features: tuple[str, ...] = ()
                    if rng.random() < self._options.faults.drift:
                        row[_DRIFTED], features = "STANDARD", (f"drift:{_DRIFTED}",)
                    lines.append((begin, GoodLine(encode(row), epoch_ms(end), part, features)))
        return _in_order(lines)

    def task_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The slices of task runs that end with an hour."""
        lines = []
        for plan in self._runs(region, hour):
            for attempt in plan.attempts:
                for task in attempt.tasks:
                    for begin, end, row in self._task_slices(plan, attempt, task, hour):
                        lines.append((begin, GoodLine(encode(row), epoch_ms(end))))
        return _in_order(lines)

    def webhook_lines(self, region: str, hour: datetime) -> list[GoodLine]:
        """The notifications received in an hour; some are posted again, with another time."""
        lines = []
        for plan in self._runs(region, hour):
            if plan.run_type == "JOB_RUN" and plan.has_started:
                for at, body in self._posts(plan):
                    if floor_hour(at) == hour:
                        row = {**body, "received_at": epoch_ms(at)}
                        key = f"{plan.workspace.workspace_id} {body['run']} {body['event_type']}"
                        lines.append((at, GoodLine(encode(row), epoch_ms(at), key=key)))
        return _in_order(lines)

    def _runs(self, region: str, hour: datetime) -> Iterator[RunPlan]:
        for workspace in self._schedule.world.in_region(region):
            yield from self._schedule.recent_runs(workspace, hour)

    def _run_slices(
        self, plan: RunPlan, attempt: Attempt, hour: datetime
    ) -> Iterator[tuple[datetime, datetime, Row]]:
        for begin, end in slices(attempt.started, attempt.ended):
            if delivered_with(begin, end) == hour:
                last = end == attempt.ended
                yield begin, end, self._run_row(plan, attempt, (begin, end), last)

    def _run_row(
        self, plan: RunPlan, attempt: Attempt, span: tuple[datetime, datetime], last: bool
    ) -> Row:
        name = plan.job.name_at(plan.started)
        # Durations stand on the last row, and only for runs of a single task.
        timed = last and len(plan.job.task_keys) == 1 and plan.run_type == "JOB_RUN"
        whole = int((attempt.ended - attempt.started).total_seconds())
        return {
            **self._common(plan, attempt, span),
            "run_id": plan.run_id,
            "trigger_type": plan.trigger_type,
            "run_type": plan.run_type,
            "run_name": None if plan.run_type == "JOB_RUN" else name,
            **(_ending(attempt.ending, plan.api_words) if last else _NO_ENDING),
            "job_parameters": {"as_of": f"{plan.started:%Y-%m-%d}"},
            "source_task_run_id": None,
            "root_task_run_id": None,
            "setup_duration_seconds": attempt.setup_seconds if timed else None,
            "queue_duration_seconds": attempt.queue_seconds if timed else None,
            "run_duration_seconds": whole if timed else None,
            "cleanup_duration_seconds": 0 if timed else None,
            "execution_duration_seconds": whole - attempt.setup_seconds if timed else None,
        }

    def _task_slices(
        self, plan: RunPlan, attempt: Attempt, task: TaskRun, hour: datetime
    ) -> Iterator[tuple[datetime, datetime, Row]]:
        for begin, end in slices(task.started, task.ended):
            if delivered_with(begin, end) != hour:
                continue
            last = end == task.ended
            whole = int((task.ended - task.started).total_seconds())
            yield (
                begin,
                end,
                {
                    **self._common(plan, attempt, (begin, end)),
                    "run_id": task.run_id,
                    "job_run_id": plan.run_id,
                    "parent_run_id": plan.run_id,
                    "task_key": task.task_key,
                    **(_ending(task.ending, plan.api_words) if last else _NO_ENDING),
                    "task_parameters": {},
                    "setup_duration_seconds": 0 if last else None,
                    "cleanup_duration_seconds": 0 if last else None,
                    "execution_duration_seconds": whole if last else None,
                },
            )

    def _common(self, plan: RunPlan, attempt: Attempt, span: tuple[datetime, datetime]) -> Row:
        return {
            "account_id": self._account_id,
            "workspace_id": plan.workspace.workspace_id,
            "job_id": plan.job.job_id,
            "period_start_time": sql_time(span[0]),
            "period_end_time": sql_time(span[1]),
            "compute_ids": list(attempt.compute_ids),
            "compute": [
                {"type": "CLASSIC", "cluster_id": name, "warehouse_id": None}
                for name in attempt.compute_ids
            ],
        }

    def _posts(self, plan: RunPlan) -> Iterator[tuple[datetime, Row]]:
        """Every notification of a run with the time it is received at."""
        rng = self._options.random("webhooks", plan.run_id)
        with_tasks = rng.random() < 0.3
        again = self._options.faults.duplicates
        for number, attempt in enumerate(plan.attempts):
            # A start that is announced for a repair too is the same notification again.
            spans: list[tuple[TaskRun | None, str, datetime]] = []
            if again or not number:
                spans.append((None, "on_start", attempt.started))
            for task in attempt.tasks if with_tasks else ():
                spans.append((task, "on_start", task.started))
                spans.append((task, _outcome(task.ending), task.ended))
            spans.append((None, _outcome(attempt.ending), attempt.ended))
            for about, event, at in spans:
                received = at + timedelta(milliseconds=rng.randint(800, 9_000))
                yield received, _body(plan, about, event)
                if rng.random() < again:
                    yield (
                        received + timedelta(seconds=rng.randint(5, 90)),
                        _body(plan, about, event),
                    )


def run_key(plan: RunPlan) -> str:
    """What names a run in the account."""
    return f"{plan.workspace.workspace_id} {plan.run_id}"


def _body(plan: RunPlan, task: TaskRun | None, event: str) -> Row:
    body: Row = {
        "event_type": f"jobs.{event}",
        "workspace_id": plan.workspace.workspace_id,
        "run": {"run_id": plan.run_id},
        "job": {"job_id": plan.job.job_id, "name": plan.job.name_at(plan.started)},
    }
    if task is not None:
        body["run"] = {"run_id": task.run_id, "parent_run_id": plan.run_id}
        body["task"] = {"task_key": task.task_key}
    return body


def _outcome(ending: Ending) -> str:
    return "on_success" if ending.result_state == "SUCCEEDED" else "on_failure"


def _ending(ending: Ending, api_words: bool) -> Row:
    state = ending.result_state
    return {
        "result_state": _API_WORDS.get(state, state) if api_words else state,
        "termination_code": ending.termination_code,
        "termination_type": ending.termination_type,
    }


def _in_order(lines: list[tuple[datetime, GoodLine]]) -> list[GoodLine]:
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]
