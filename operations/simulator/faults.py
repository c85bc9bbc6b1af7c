"""Malformed lines: each with exactly one defect and the reason a quarantine must give for it."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from operations.simulator.defects import (
    EARLY,
    Defect,
    Record,
    common,
    end_before_start,
    no_key,
    whole,
    with_fields,
    wrong_type,
)
from operations.simulator.records import sql_time
from operations.simulator.settings import (
    AUDIT,
    CLUSTER_EVENTS,
    CLUSTERS,
    JOB_RUNS,
    JOBS,
    METRICS,
    PRICES,
    SPARK,
    TASK_RUNS,
    USAGE,
    WEBHOOKS,
    WORKSPACES,
    epoch_ms,
)
from operations.simulator.world import new_uuid

FUTURE = timedelta(days=365 * 20)

_FUTURE = Defect("future_event_time", "future_event_time", whole)
_NEGATIVE = Defect(
    "negative_quantity",
    "negative_quantity",
    with_fields({"record_type": "ORIGINAL", "usage_quantity": "-1.5"}),
)
_POSITIVE = Defect(
    "positive_retraction",
    "positive_retraction",
    with_fields({"record_type": "RETRACTION", "usage_quantity": "1.5"}),
)
_NO_RUN = Defect("missing_run.run_id", "missing_key:run.run_id", with_fields({"run": {}}))
_DEFECTS: Mapping[str, list[Defect]] = {
    USAGE: [
        *common("sku_name", "usage_quantity", "1.5"),
        *no_key("record_id"),
        *no_key("usage_quantity"),
        wrong_type("usage_quantity", "abc"),
        wrong_type("usage_start_time", "yesterday"),
        end_before_start("usage_end_time"),
        _NEGATIVE,
        _POSITIVE,
        _FUTURE,
    ],
    AUDIT: [
        *common("userAgent", "serviceName", "clusters"),
        *no_key("serviceName"),
        *no_key("timestamp"),
        wrong_type("timestamp", "yesterday"),
        _FUTURE,
    ],
    PRICES: [
        *common("sku_name", "cloud", "GCP"),
        *no_key("sku_name"),
        Defect("empty_price_window", "empty_price_window", with_fields({"price_end_time": EARLY})),
    ],
    WORKSPACES: [
        *common("workspace_name", "status", "BANNED"),
        *no_key("workspace_id"),
        wrong_type("snapshot_time", "yesterday"),
        _FUTURE,
    ],
    JOBS: [
        *common("name", "job_id", "1"),
        *no_key("job_id"),
        wrong_type("change_time", "yesterday"),
        _FUTURE,
    ],
    CLUSTERS: [
        *common("cluster_name", "cluster_id", "1"),
        *no_key("cluster_id"),
        wrong_type("enable_elastic_disk", "perhaps"),
        end_before_start("delete_time"),
        _FUTURE,
    ],
    JOB_RUNS: [
        *common("run_name", "run_id", "1"),
        *no_key("run_id"),
        *no_key("period_end_time"),
        wrong_type("period_start_time", "yesterday"),
        end_before_start("period_end_time"),
        _FUTURE,
    ],
    TASK_RUNS: [
        *common("task_key", "run_id", "1"),
        *no_key("task_key"),
        wrong_type("period_end_time", "soon"),
        end_before_start("period_end_time"),
        _FUTURE,
    ],
    WEBHOOKS: [
        *common("event_type", "event_type", "jobs.on_start"),
        *no_key("event_type"),
        *no_key("run"),
        _NO_RUN,
        wrong_type("received_at", "now"),
        _FUTURE,
    ],
    CLUSTER_EVENTS: [
        *common("type", "cluster_id", "1"),
        *no_key("cluster_id"),
        wrong_type("timestamp", "yesterday"),
        _FUTURE,
    ],
    METRICS: [
        *common("node_type", "instance_id", "i-1"),
        *no_key("instance_id"),
        wrong_type("cpu_user_percent", "high"),
        end_before_start("end_time"),
        _FUTURE,
    ],
    SPARK: [
        *common("Event", "Event", "Other"),
        *no_key("Event"),
        wrong_type("Timestamp", "yesterday"),
        _FUTURE,
    ],
}

# The field that makes a record another one, and what it is set to.
_IDENTITY: Mapping[str, tuple[str, Callable[[Random], str]]] = {
    USAGE: ("record_id", new_uuid),
    AUDIT: ("requestId", lambda rng: f"ServiceMain-{rng.randrange(10**12):012d}"),
    WORKSPACES: ("workspace_id", lambda rng: str(rng.randrange(10**16, 10**17))),
    JOBS: ("job_id", lambda rng: str(rng.randrange(10**16, 10**17))),
    CLUSTERS: ("cluster_id", lambda rng: f"lost-{rng.getrandbits(64):016x}"),
    JOB_RUNS: ("run_id", lambda rng: str(rng.randrange(10**16, 10**17))),
    TASK_RUNS: ("run_id", lambda rng: str(rng.randrange(10**16, 10**17))),
    CLUSTER_EVENTS: ("cluster_id", lambda rng: f"lost-{rng.getrandbits(64):016x}"),
    METRICS: ("instance_id", lambda rng: f"i-lost{rng.getrandbits(64):016x}"),
}

# Times by source as (field, hours after the moment); those of text are in UTC.
_TIMES: Mapping[str, tuple[tuple[str, int], ...]] = {
    USAGE: (("usage_start_time", 0), ("usage_end_time", 1)),
    WORKSPACES: (("snapshot_time", 0),),
    JOBS: (("change_time", 0),),
    CLUSTERS: (("change_time", 0),),
    JOB_RUNS: (("period_start_time", 0), ("period_end_time", 1)),
    TASK_RUNS: (("period_start_time", 0), ("period_end_time", 1)),
    METRICS: (("start_time", 0), ("end_time", 1)),
}
_EPOCH_TIMES = {
    AUDIT: "timestamp",
    WEBHOOKS: "received_at",
    CLUSTER_EVENTS: "timestamp",
    SPARK: "Timestamp",
}


def malformed_line(source: str, template: str, at: datetime, rng: Random) -> tuple[str, str]:
    """A malformed line of a source and its kind.

    The record in it is a new one (own id), so that a reader which took it would count one more.
    """
    record: Record = json.loads(template, parse_float=str)
    if source == PRICES:
        record["sku_name"] = f"{record['sku_name']}_{rng.randrange(10**6):06d}"
    elif source == WEBHOOKS:
        record["run"] = {**record["run"], "run_id": str(rng.randrange(10**16, 10**17))}
    elif source in _IDENTITY:
        field, new = _IDENTITY[source]
        record[field] = new(rng)
    defects = _DEFECTS[source]
    defect = defects[rng.randrange(len(defects))]
    if defect.reason == "future_event_time":
        _move(record, source, at + FUTURE)
    return defect.spoil(record, rng), defect.kind


def expected_reasons() -> dict[str, dict[str, str]]:
    """The quarantine reason of each kind of malformed line, by source."""
    return {source: {d.kind: d.reason for d in kinds} for source, kinds in _DEFECTS.items()}


def _move(record: Record, source: str, at: datetime) -> None:
    if source in _EPOCH_TIMES:
        record[_EPOCH_TIMES[source]] = epoch_ms(at)
    for field, hours in _TIMES.get(source, ()):
        record[field] = sql_time(at + timedelta(hours=hours))
    if source == USAGE:
        record["usage_date"] = f"{at:%Y-%m-%d}"
