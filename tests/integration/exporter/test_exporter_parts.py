"""Every part of the exporter over the embedded lakehouse: its statements, its one session."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.log_table import COLUMNS
from operations.console.relations import Relation, Relations
from operations.dbt import PROJECT
from operations.exporter.catalogue import PARTS
from operations.exporter.collector import PipelineCollector
from operations.exporter.parts import parts
from operations.queries import Cursor, timestamp_literal
from tests.lakehouse_fixtures import Lakehouse
from warehouse.engine import Server

RELATIONS = Relations(PROJECT / "models")
LOG = Relation("operations", "platform_logs", COLUMNS)
QUARANTINE = RELATIONS.source("silver", "quarantine")
REQUESTS = RELATIONS.source("operations", "deletion_requests")
FRESHNESS, SCORES, PERIODS = map(
    RELATIONS.model, ("ops_freshness", "ops_quality_scores", "fct_period_states")
)
MADE = (LOG, QUARANTINE, REQUESTS, FRESHNESS, SCORES, PERIODS)
ASKED = set(PARTS) - {"landing"}
Series = dict[tuple[str, ...], float]
Connect = Callable[[], Any]
NOW = datetime.now(UTC)


@pytest.fixture
def cursor(lakehouse: Lakehouse) -> Iterator[Cursor]:
    """A session with none of the tables; those that are made are gone afterwards."""
    # What another test wrote by path keeps its files when its name is dropped.
    lakehouse.clear("operations")
    with closing(lakehouse.connection.connect()) as connection, connection.cursor() as found:
        drop(found)
        yield found
        drop(found)


def drop(cursor: Cursor) -> None:
    for relation in MADE:
        cursor.execute(f"create schema if not exists {relation.schema}")
        cursor.execute(f"drop table if exists {relation}")


def make(cursor: Cursor, relation: Relation, *rows: Mapping[str, str]) -> None:
    """A table as it is declared, and rows of expressions; other columns are null."""
    listed = ", ".join(f"{name} {kind}" for name, kind in relation.columns.items())
    cursor.execute(f"create table {relation} ({listed}) using delta")
    for row in rows:
        cast = ", ".join(f"cast({row[n]} as {relation.columns[n]})" for n in row)
        cursor.execute(f"insert into {relation} ({', '.join(row)}) select {cast}")


def at(age: timedelta) -> str:
    return timestamp_literal(NOW - age)


def make_all(cursor: Cursor) -> None:
    """An hour in which something is wrong with everything."""
    hour, days = timedelta(hours=1), timedelta(days=30)
    run = {"component": "'ingest'", "subject": "'audit_logs'", "run_id": "'1'"}
    make(
        cursor,
        LOG,
        {**run, "logged_at": at(hour), "status": "'ok'", "rows_out": "7", "seconds": "2.5"},
        {**run, "logged_at": at(hour / 2), "status": "'failed'", "message": "'DELTA_CONCURRENT_X'"},
        {**run, "logged_at": at(days), "status": "'failed'"},
    )
    reached = {"source_name": "'audit_logs'", "region": "'eu'", "layer": "'silver'",
               "slo_seconds": "300", "file_count": "4"}  # fmt: skip
    make(
        cursor,
        FRESHNESS,
        {**reached, "lag_seconds": "12.5", "waiting_count": "2", "within_slo_pct": "50"},
        {**reached, "lag_seconds": "9", "waiting_count": "1", "within_slo_pct": "100"},
    )
    rejected = {"source": "'audit_logs'", "copies": "3"}
    make(
        cursor,
        QUARANTINE,
        {**rejected, "ingested_at": at(hour)},
        {**rejected, "ingested_at": at(hour), "copies": "null"},
        {**rejected, "ingested_at": at(days)},
    )
    score = {"source_name": "'audit_logs'", "layer": "'silver'"}
    make(
        cursor,
        SCORES,
        {**score, "landed_date": "date'2026-01-05'", "good_share": "0.75"},
        {**score, "landed_date": "date'2026-01-04'", "good_share": "1"},
    )
    make(
        cursor,
        PERIODS,
        {"billing_period": "'2025-12'", "period_state": "'OPEN'", "open_break_count": "2"},
        {"billing_period": "'2025-11'", "period_state": "'CLOSED'", "open_break_count": "0"},
    )
    make(cursor, REQUESTS, {"due_at": at(hour)}, {"due_at": at(-hour)},
         {"due_at": at(days), "purged_at": at(hour)})  # fmt: skip


def scrape(collector: PipelineCollector) -> Series:
    return {
        (one.name.removeprefix("lakeledger_"), *one.labels.values()): one.value
        for family in collector.collect()
        for one in family.samples
    }


def read_well(series: Series) -> set[str]:
    return {name[1] for name, value in series.items() if "collector_success" in name[0] and value}


def collector(connect: Connect, nowhere: Path) -> PipelineCollector:
    return PipelineCollector(parts(connect, None, nowhere), 0)


def test_every_part_says_what_its_tables_hold(
    cursor: Cursor, connect: Connect, tmp_path: Path
) -> None:
    make_all(cursor)
    found = scrape(collector(connect, tmp_path))
    assert read_well(found) == ASKED
    silver = ("audit_logs", "eu", "silver")
    expected = {
        ("ingest_runs", "audit_logs", "ok"): 1,
        ("ingest_runs", "audit_logs", "failed"): 1,
        ("ingest_rows", "audit_logs"): 7,
        ("ingest_batch_seconds", "audit_logs"): 2.5,
        ("delta_write_conflicts", "ingest"): 1,
        ("freshness_lag_seconds", *silver): 12.5,
        ("freshness_waiting_files", *silver): 3,
        ("freshness_within_slo_ratio", *silver): 0.75,
        ("freshness_slo_seconds", "silver"): 300,
        ("quarantine_rows", "audit_logs"): 4,
        ("quarantine_ratio", "audit_logs"): 0.25,
        ("close_unclosed_periods",): 1,
        ("close_blocking_breaks",): 2,
        ("deletion_requests_open",): 2,
        ("deletion_requests_overdue",): 1,
    }
    assert {name: found.get(name) for name in expected} == expected


def test_before_anything_is_built_only_what_use_makes_may_be_missing(
    cursor: Cursor, connect: Connect, tmp_path: Path
) -> None:
    assert read_well(scrape(collector(connect, tmp_path))) == {"log", "deletion"}


def test_one_session_for_all_scrapes_and_another_after_the_engine_was_lost(
    cursor: Cursor, lakehouse: Lakehouse, tmp_path: Path
) -> None:
    make_all(cursor)
    opened: list[Any] = []

    def connect() -> Any:
        opened.append(connection.connect())
        return opened[-1]

    server = Server(port=0)
    connection = server.serve(lakehouse.engine)
    asked = collector(connect, tmp_path)
    try:
        assert read_well(scrape(asked)) == read_well(scrape(asked)) == ASKED
        assert len(opened) == 1
        server.stop()
        server = Server(port=0)
        connection = server.serve(lakehouse.engine)
        assert read_well(scrape(asked)) == ASKED
        assert len(opened) == 2
    finally:
        opened[-1].close()
        server.stop()
