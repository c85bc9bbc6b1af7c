"""What the exporter makes of rows of the platform's log."""

from datetime import UTC, datetime, timedelta

import pytest

from operations.exporter.catalogue import Sample
from operations.exporter.log import Entry, log_figures

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def entry(minutes_ago: float, status: str = "ok", **told: object) -> Entry:
    values = {"component": "ingest", "subject": "audit_logs", **told}
    at = NOW - timedelta(minutes=minutes_ago)
    return Entry(logged_at=at, status=status, **values)  # type: ignore[arg-type]


def figures(*entries: Entry) -> dict[tuple[str, ...], float]:
    samples: list[Sample] = list(log_figures(entries, NOW))
    found = {(one.name, *one.labels): one.value for one in samples}
    assert len(found) == len(samples), "a series twice"
    return found


def test_runs_of_a_source_by_how_they_ended() -> None:
    found = figures(
        entry(50, rows_out=10, seconds=4),
        entry(40, "nothing landed", seconds=1),
        entry(30, "failed", seconds=2),
        entry(20, rows_out=5, seconds=8),
        entry(10, "held off", seconds=0),
    )
    assert found["ingest_runs", "audit_logs", "ok"] == 2
    assert found["ingest_runs", "audit_logs", "held off"] == 1
    assert found["ingest_failure_ratio", "audit_logs"] == pytest.approx(1 / 3)
    assert found["ingest_rows", "audit_logs"] == 15
    assert found["ingest_batch_seconds", "audit_logs"] == 8
    good_at = (NOW - timedelta(minutes=20)).timestamp()
    assert found["ingest_success_timestamp_seconds", "audit_logs"] == good_at


@pytest.mark.parametrize(
    ("last_minutes_ago", "state"), [(1, "open"), (6, "half-open")], ids=["open", "half-open"]
)
def test_the_breaker_is_the_one_that_ingestion_reads(last_minutes_ago: float, state: str) -> None:
    found = figures(*(entry(last_minutes_ago + 2 - n, "failed") for n in range(3)))
    states = {name[2]: value for name, value in found.items() if name[0] == "breaker_state"}
    assert states == {"closed": 0, "open": 0, "half-open": 0} | {state: 1}


def test_a_source_that_was_only_held_off_has_no_ratio() -> None:
    assert ("ingest_failure_ratio", "audit_logs") not in figures(entry(1, "held off"))


def test_commands_and_not_the_nodes_of_dbt() -> None:
    found = figures(
        entry(9, component="dbt", subject="dbt build", seconds=60),
        entry(8, "failed", component="dbt", subject="model.lakeledger.stg", seconds=9),
        entry(7, "failed", component="dbt", subject="dbt build", seconds=70),
        entry(6, component="profile", subject="gold_billing"),
    )
    assert found["command_runs", "dbt build", "ok"] == 1
    assert found["command_runs", "dbt build", "failed"] == 1
    assert found["command_seconds", "dbt build"] == 70
    assert found["command_runs", "profile", "ok"] == 1
    assert not any("model.lakeledger.stg" in name for name in found)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("[DELTA_CONCURRENT_APPEND] Transaction conflict detected.", 1),
        ("io.delta.exceptions.ConcurrentDeleteReadException: …", 1),
        ("Multiple streaming queries are concurrently using it", 0),
    ],
)
def test_conflicts_of_writers(message: str, count: int) -> None:
    found = figures(entry(1, "failed", message=message))
    assert found["delta_write_conflicts", "ingest"] == count
