"""The collector: names, parts that fail, figures that are kept, and what Prometheus gets."""

import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import urllib3
from databricks.sql.exc import ServerOperationError
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from operations.cli import app
from operations.exporter import tables
from operations.exporter.catalogue import FIGURES, OWN, PARTS, Sample, families, table
from operations.exporter.cli import ExporterRefused, serve
from operations.exporter.collector import PipelineCollector
from operations.exporter.parts import parts
from warehouse.settings import PROJECT

NOW = datetime(2026, 3, 3, tzinfo=UTC)
# The last word of a name is its unit; without one it is a count of what the name says.
UNITS = ("seconds", "bytes", "ratio")


class FakeCursor:
    """Answers a statement by the first table of the answers that it names."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        self._answers = answers
        self._found: Sequence[Sequence[Any]] | None = None

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> None:
        name = next((name for name in self._answers if name in operation), None)
        if name is None:
            raise ServerOperationError("[TABLE_OR_VIEW_NOT_FOUND] no `t`", {})
        self._found = self._answers[name]

    def fetchall(self) -> Sequence[Sequence[Any]]:
        assert self._found is not None
        return self._found

    @contextmanager
    def cursor(self) -> Iterator["FakeCursor"]:
        yield self

    def close(self) -> None:
        pass


def values(samples: Iterable[Sample]) -> dict[tuple[str, ...], float]:
    return {(one.name, *one.labels): one.value for one in samples}


def served(collector: PipelineCollector) -> dict[tuple[str, ...], float]:
    registry = CollectorRegistry()
    registry.register(collector)
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for one in family.samples
    }


def test_names_are_as_prometheus_wants_them() -> None:
    names = [figure.metric for figure in (*FIGURES, *OWN)]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"lakeledger(_[a-z]+)+", name)
        assert not name.endswith(("_total", "_count", "_sum", "_ms", "_minutes", "_percent"))
        unit = [word for word in UNITS if word in name.split("_")]
        assert not unit or name.endswith(unit[-1]), f"{name}: the unit comes last"
        if "timestamp" in name:
            assert name.endswith("_timestamp_seconds")


def test_the_page_has_the_catalogue() -> None:
    page = (PROJECT / "docs" / "observability.md").read_text()
    assert table() in page, "write it again: python -m operations.exporter.catalogue"


def test_a_figure_that_is_not_in_the_catalogue_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        list(families([Sample("made_up", (), 1)]))


def test_a_part_that_fails_takes_no_other_with_it() -> None:
    def broken() -> Iterable[Sample]:
        raise OSError("gone")

    good = [Sample("close_unclosed_periods", (), 2)]
    found = served(PipelineCollector({"landing": broken, "close": lambda: good}, 0))
    assert found["lakeledger_collector_success", "landing"] == 0
    assert found["lakeledger_collector_success", "close"] == 1
    assert found["lakeledger_close_unclosed_periods",] == 2


def test_figures_are_kept_for_a_while() -> None:
    asked, clock = [], iter(range(0, 1000, 4))

    def read() -> Iterable[Sample]:
        asked.append(1)
        return ()

    collector = PipelineCollector({"log": read}, 30, lambda: float(next(clock)))
    for _ in range(4):
        list(collector.collect())
    assert len(asked) == 1
    for _ in range(8):
        list(collector.collect())
    assert len(asked) == 2


def test_registering_asks_nothing() -> None:
    def never() -> Iterable[Sample]:
        raise AssertionError

    CollectorRegistry().register(PipelineCollector({"log": never}, 0))


def test_freshness_by_layer() -> None:
    rows = [
        ("audit_logs", "us", "silver", 12.5, 300, 2, 0.75),
        ("audit_logs", "eu", "silver", None, 300, 0, None),
    ]
    found = values(tables.freshness(FakeCursor({"ops_freshness": rows})))
    assert found == {
        ("freshness_lag_seconds", "audit_logs", "us", "silver"): 12.5,
        ("freshness_waiting_files", "audit_logs", "us", "silver"): 2,
        ("freshness_within_slo_ratio", "audit_logs", "us", "silver"): 0.75,
        ("freshness_waiting_files", "audit_logs", "eu", "silver"): 0,
        ("freshness_slo_seconds", "silver"): 300,
    }


def test_only_months_that_are_over_can_be_late() -> None:
    rows = [("2026-01", 2), ("2025-12", 1), ("2026-03", 9)]
    found = values(tables.close(FakeCursor({"fct_period_states": rows}), NOW))
    assert found["close_unclosed_periods",] == 2
    assert found["close_blocking_breaks",] == 3
    assert (
        found["close_overdue_seconds",] == (NOW - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()
    )
    none = values(tables.close(FakeCursor({"fct_period_states": [("2026-03", 9)]}), NOW))
    assert set(none.values()) == {0}


def test_requests_beyond_their_seven_days() -> None:
    rows = [(datetime(2026, 3, 2),), (datetime(2026, 3, 9, tzinfo=UTC),)]
    found = values(tables.deletion(FakeCursor({"deletion_requests": rows}), NOW))
    assert found == {("deletion_requests_open",): 2, ("deletion_requests_overdue",): 1}


def test_tables_that_use_makes_may_be_missing_and_marts_may_not(tmp_path: Path) -> None:
    found = parts(lambda: FakeCursor({}), None, tmp_path)
    assert set(found) == set(PARTS) - {"landing"}
    got = served(PipelineCollector(found, 0))
    good = {name[1]: value for name, value in got.items() if "collector_success" in name[0]}
    assert good == {
        "log": 1,
        "deletion": 1,
        "freshness": 0,
        "quarantine": 0,
        "quality": 0,
        "close": 0,
    }


def test_a_landing_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["exporter", "--landing", str(tmp_path / "none")])
    assert ended.exit_code == 1
    assert "does not exist" in ended.output


def test_an_address_that_is_taken_is_said_so() -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as taken,
        pytest.raises(ExporterRefused, match="--port names another"),
    ):
        serve(CollectorRegistry(), "127.0.0.1", taken.getsockname()[1])


def test_figures_over_http() -> None:
    registry = CollectorRegistry()
    registry.register(PipelineCollector({}, 0))
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        answer = urllib3.request("GET", f"http://127.0.0.1:{server.server_port}/metrics")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert answer.status == 200
    assert b"lakeledger_collector_timestamp_seconds" in answer.data


class Warehouse:
    """Gives sessions; those that it has ended answer nothing any more."""

    def __init__(self) -> None:
        self.sessions: list[EndedOrNot] = []

    def connect(self) -> "EndedOrNot":
        self.sessions.append(EndedOrNot({"silver.quarantine": [("platform.audit_logs", 3)]}))
        return self.sessions[-1]


class EndedOrNot(FakeCursor):
    ended = False

    @contextmanager
    def cursor(self) -> Iterator[FakeCursor]:
        if self.ended:
            raise ServerOperationError("Invalid SessionHandle", {})
        yield self


def test_one_session_serves_all_parts_and_scrapes(tmp_path: Path) -> None:
    warehouse = Warehouse()
    found = parts(warehouse.connect, None, tmp_path)
    for _ in range(3):
        assert len(list(found["quarantine"]())) == 1
        assert list(found["deletion"]()) == []
    assert len(warehouse.sessions) == 1


def test_a_session_that_was_ended_is_opened_anew(tmp_path: Path) -> None:
    warehouse = Warehouse()
    found = parts(warehouse.connect, None, tmp_path)
    list(found["quarantine"]())
    warehouse.sessions[0].ended = True
    assert len(list(found["quarantine"]())) == 1
    assert len(warehouse.sessions) == 2


def test_what_a_new_session_refuses_is_told(tmp_path: Path) -> None:
    warehouse = Warehouse()
    with pytest.raises(ServerOperationError, match="TABLE_OR_VIEW_NOT_FOUND"):
        parts(warehouse.connect, None, tmp_path)["freshness"]()
    assert len(warehouse.sessions) == 1
