"""Runs of sources as events of OpenLineage: named by its naming, as specified, never in the way."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingestion.lineage import Sender, SourceLineage, wanted
from ingestion.lineage_events import Place, delivered, host_of
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult
from tests.unit.lineage.specification import facets_in, faults
from warehouse.provenance import Provenance

USAGE = Source(name="usage", schema="b", table_name="usage", path="platform/usage", format="jsonl")
ORDERS = Source(name="orders", schema="b", table_name="orders", topic="orders", format="kafka")
SETTINGS = Settings(
    landing="/landing", checkpoints="/c", kafka={"bootstrap.servers": "broker-1:9092, broker-2:1"}
)
OK = SourceResult(source="usage", table="b.usage", status="ok", files=3, rows=70, size=2048)
WHO = Provenance(
    component="ingest", run_id="r1", actor="a", code_version="0.1.0", git_revision="abc"
)
PARENT = "airflow/lakeledger_daily.ingest/01941f29-7c00-7087-8940-40e508bed6ae"
Document = dict[str, Any]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the environment names for events."""
    for name, value in (("TYPE", "file"), ("LOG_FILE_PATH", str(tmp_path / "events")),
                        ("APPEND", "true")):  # fmt: skip
        monkeypatch.setenv(f"OPENLINEAGE__TRANSPORT__{name}", value)
    return tmp_path / "events"


def told(log: Path) -> list[Document]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def lineage(settings: Settings = SETTINGS) -> SourceLineage:
    return SourceLineage(Sender.from_environment(), settings, WHO)


def facets(event: Document) -> dict[str, Document]:
    return dict(facets_in(event))


def test_a_run_is_told_with_what_it_read_and_wrote(log: Path) -> None:
    assert lineage().during(USAGE, lambda: OK) is OK
    start, end = told(log)
    assert faults(start) + faults(end) == []
    assert [event["eventType"] for event in (start, end)] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == end["run"]["runId"]
    assert start["job"] == end["job"] | {"facets": start["job"]["facets"]}
    assert (start["job"]["namespace"], start["job"]["name"]) == ("lakeledger", "ingest.usage")
    for event in (start, end):
        (read,), (written,) = event["inputs"], event["outputs"]
        assert (read["namespace"], read["name"]) == ("file", "/landing/platform/usage")
        assert written["namespace"] == "databricks://embedded"
        assert written["name"] == "lakeledger.b.usage"
    found = facets(end)
    assert (found["inputStatistics"]["fileCount"], found["inputStatistics"]["size"]) == (3, 2048)
    assert found["outputStatistics"]["rowCount"] == 70
    assert {"key": "run_id", "value": "r1", "source": "LAKELEDGER"} in found["tags"]["tags"]
    assert "raw" in [field["name"] for field in found["schema"]["fields"]]


def test_messages_are_counted_as_rows_in(log: Path) -> None:
    lineage().during(ORDERS, lambda: replace(OK, files=None, size=None))
    _, end = told(log)
    assert faults(end) == []
    assert (end["inputs"][0]["namespace"], end["inputs"][0]["name"]) == (
        "kafka://broker-1:9092",
        "orders",
    )
    assert facets(end)["inputStatistics"]["rowCount"] == 70
    assert "kafka_offset" in [field["name"] for field in facets(end)["schema"]["fields"]]


def test_a_failure_is_told_with_its_sentence(log: Path) -> None:
    lineage().during(USAGE, lambda: replace(OK, status="failed", rows=0, message="no right"))
    _, end = told(log)
    assert faults(end) == []
    assert end["eventType"] == "FAIL"
    assert facets(end)["errorMessage"]["message"] == "no right"


@pytest.mark.parametrize(
    ("status", "continuous", "ends"),
    [
        ("stopped", None, "ABORT"),
        ("stopped", 10.0, "COMPLETE"),
        ("waiting", None, "COMPLETE"),
        ("nothing landed", None, "COMPLETE"),
    ],
)
def test_how_a_run_ends(log: Path, status: Any, continuous: float | None, ends: str) -> None:
    settings = replace(SETTINGS, continuous=continuous)
    lineage(settings).during(USAGE, lambda: replace(OK, status=status))
    start, end = told(log)
    assert end["eventType"] == ends
    kind = "BATCH" if continuous is None else "STREAMING"
    assert facets(start)["jobType"]["processingType"] == kind


def test_whoever_started_it_is_its_parent(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", PARENT)
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "production")
    lineage().during(USAGE, lambda: OK)
    start, _ = told(log)
    assert faults(start) == []
    assert start["job"]["namespace"] == "production"
    assert facets(start)["parent"]["job"]["name"] == "lakeledger_daily.ingest"


@pytest.mark.parametrize(
    ("folder", "platform", "name"),
    [
        ("s3://bucket/landing/eu/", "databricks", ("s3://bucket", "landing/eu/platform/usage")),
        ("/Volumes/c/s/landing", "databricks",
         ("dbfs://dbc-1.cloud.databricks.com", "/Volumes/c/s/landing/platform/usage")),
        ("file:///data", "local", ("file", "/data/platform/usage")),
        ("abfss://box@account.dfs.core.windows.net/in", "databricks",
         ("abfss://box@account.dfs.core.windows.net", "in/platform/usage")),
    ],
)  # fmt: skip
def test_files_are_named_by_where_they_lie(
    folder: str, platform: Any, name: tuple[str, str]
) -> None:
    where = Place(namespace="n", catalog="c", host=host_of("https://dbc-1.cloud.databricks.com/"))
    settings = Settings(landing=folder, checkpoints="/c", platform=platform)
    assert delivered(USAGE, settings, where) == name


@pytest.mark.parametrize(
    ("address", "host"),
    [("dbc-1.cloud.databricks.com", "dbc-1.cloud.databricks.com"), ("https://H.x/", "h.x"),
     ("", "embedded")],
)  # fmt: skip
def test_a_table_is_named_by_its_workspace(address: str, host: str) -> None:
    assert Place(namespace="n", catalog="c", host=host_of(address)).tables == f"databricks://{host}"


def test_it_is_off_until_a_transport_is_named() -> None:
    assert not wanted({"OPENLINEAGE_NAMESPACE": "x", "OPENLINEAGE_URL": ""})
    assert wanted({"OPENLINEAGE_URL": "http://127.0.0.1:5000"})
    assert wanted({"OPENLINEAGE__TRANSPORT__TYPE": "console"})
    assert not wanted({"OPENLINEAGE_URL": "http://127.0.0.1", "OPENLINEAGE_DISABLED": "True"})


def test_while_it_is_off_nothing_of_it_is_imported() -> None:
    program = (
        "import sys\n"
        "from ingestion.lineage import Sender\n"
        "import ingestion.run, operations.lineage.cli\n"
        "assert not Sender.from_environment().on\n"
        "print([name for name in sys.modules if name.startswith('openlineage')])"
    )
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3])}
    ended = subprocess.run([sys.executable, "-c", program], env=clean, capture_output=True)
    assert ended.stdout.decode().strip() == "[]", ended.stderr.decode()


def test_a_server_gets_what_a_file_would(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[Document] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            plain = gzip.decompress(body) if "Content-Encoding" in self.headers else body
            got.append({"path": self.path, **json.loads(plain)})
            self.send_response(201)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "http")
        monkeypatch.setenv("OPENLINEAGE__TRANSPORT__URL", url)
        told = lineage()
        told.during(USAGE, lambda: OK)
        told.sender.close()
        server.shutdown()
    assert told.sender.failure == ""
    assert [event["eventType"] for event in got] == ["START", "COMPLETE"]
    assert {event.pop("path") for event in got} == {"/api/v1/lineage"}
    assert [faults(event) for event in got] == [[], []]


def test_what_cannot_be_sent_stops_no_source(
    log: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log.mkdir()  # a folder takes no events
    broken = lineage()
    ran: list[str] = []

    def run() -> SourceResult:
        ran.append("ran")
        return OK

    assert [broken.during(USAGE, run) for _ in range(2)] == [OK, OK]
    assert ran == ["ran", "ran"]
    assert str(log) in broken.sender.failure
    assert not broken.sender.on


def test_a_transport_that_is_none_stops_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "carrier-pigeon")
    broken = lineage()
    assert broken.during(USAGE, lambda: OK) is OK
    assert "carrier-pigeon" in broken.sender.failure


def test_sources_at_once_do_not_write_into_each_others_events(log: Path) -> None:
    shared, gate = lineage(), threading.Barrier(8)

    def run() -> SourceResult:
        gate.wait(10)
        return OK

    work: Callable[[int], SourceResult] = lambda _: shared.during(USAGE, run)  # noqa: E731
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [OK] * 8
    assert sorted(event["eventType"] for event in told(log)) == ["COMPLETE"] * 8 + ["START"] * 8


def test_the_check_itself_finds_what_is_not_as_specified(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENLINEAGE_SPEC", raising=False)
    lineage().during(USAGE, lambda: OK)
    _, end = told(log)
    end["eventType"] = "DONE"
    end["run"]["runId"] = "r1"
    del end["job"]["namespace"]
    end["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] = "70"
    del end["run"]["facets"]["tags"]["_producer"]
    assert len(faults(end)) == 5
