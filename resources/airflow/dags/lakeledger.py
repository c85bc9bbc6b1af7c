"""Airflow starts what Databricks would start by its own clock: docs/airflow.md says how.

A DAG for each job of the bundle that has a schedule. The work, its retries, its timeouts and its
mails stay with the jobs; a step is a run of one of them, waited for without a worker.
"""

import os
from datetime import UTC, datetime, timedelta

from airflow.providers.databricks.operators.databricks import DatabricksRunNowOperator
from airflow.sdk import DAG, CronTriggerTimetable
from lakeledger_jobs import Plan, Step, plans

# As the target of the bundle has them before the names of its jobs: `staging `.
PREFIX = os.environ.get("LAKELEDGER_JOB_PREFIX", "")
CONNECTION = os.environ.get("LAKELEDGER_DATABRICKS_CONNECTION", "databricks_default")
POLL_SECONDS = int(os.environ.get("LAKELEDGER_POLL_SECONDS", "30"))
# A job that takes too long is ended by Databricks, whose message is the better one.
GRACE = timedelta(minutes=10)
# A try of a step starts one run, however often it is asked for; Databricks takes 64 characters.
TOKEN = "{{ ti.task_id }}.{{ dag_run.run_after.strftime('%Y%m%dT%H%M%S') }}.{{ ti.try_number }}"


def dag_of(plan: Plan) -> DAG:
    """The DAG of a plan. A start that finds a run at work waits, and only the newest does."""
    dag = DAG(
        dag_id=f"lakeledger_{plan.key}",
        description=plan.description,
        schedule=CronTriggerTimetable(plan.cron, timezone=plan.timezone),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(seconds=plan.seconds) + GRACE,
        tags=["lakeledger"],
    )
    with dag:
        steps = {step.key: operator_of(step) for step in plan.steps}
        for step in plan.steps:
            for before in step.after:
                steps[before] >> steps[step.key]
    return dag


def operator_of(step: Step) -> DatabricksRunNowOperator:
    """The task of a step."""
    return DatabricksRunNowOperator(
        task_id=step.key,
        databricks_conn_id=CONNECTION,
        job_name=f"{PREFIX}{step.job_name}",
        idempotency_token=TOKEN,
        trigger_rule=step.rule,
        retries=step.retries,
        deferrable=True,
        polling_period_seconds=POLL_SECONDS,
    )


for found in plans():
    globals()[f"lakeledger_{found.key}"] = dag_of(found)
