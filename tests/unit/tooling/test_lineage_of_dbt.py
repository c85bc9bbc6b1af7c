"""A run of dbt over the whole project, told to OpenLineage out of its artifacts."""

import json
from pathlib import Path
from typing import Any

import pytest
from openlineage.client.serde import Serde
from typer.testing import CliRunner

from ingestion.lineage_events import Place
from operations.cli import app
from operations.lineage.artifacts import events_of
from operations.lineage.errors import NothingToTell
from operations.lineage.telling import tell_quietly, workspace
from tests.unit.lineage.specification import facets_in, faults

HERE = Place(namespace="lakeledger", catalog="lakeledger")
RUN = "54f9b3be-6da2-4a0d-a78f-ea28f4bfa48e"
BROKEN = "model.lakeledger.fct_usage_daily"
Document = dict[str, Any]


def result(unique_id: str, status: str, **more: Any) -> Document:
    times = {"started_at": "2026-01-05T03:00:02.000001Z",
             "completed_at": "2026-01-05T03:00:04.500000Z"}  # fmt: skip
    return {
        "unique_id": unique_id,
        "status": status,
        "message": "OK",
        "failures": None,
        "adapter_response": {"rows_affected": 12, "query_id": "q-1"},
        "timing": [{"name": "execute", **times}] if status != "skipped" else [],
        **more,
    }


def results_of(manifest: Document, command: str = "build", most: int | None = None) -> Document:
    """As of a build (of ``most`` nodes) in which a model failed; what is above it was skipped."""
    skipped = set(manifest["child_map"][BROKEN])
    found = []
    for key in manifest["nodes"]:
        kind = key.split(".")[0]
        if key == BROKEN:
            found.append(result(key, "error", message="[UNRESOLVED_COLUMN] x", timing=[]))
        elif key in skipped:
            found.append(result(key, "skipped", message=None))
        elif kind in ("model", "seed", "snapshot"):
            found.append(result(key, "success"))
        elif kind == "test":
            found.append(result(key, "pass", failures=0))
    metadata = {
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
        "dbt_version": "1.11.16",
        "invocation_id": RUN,
        "invocation_started_at": "2026-01-05T03:00:00.000000Z",
        "generated_at": "2026-01-05T03:05:00.000000Z",
    }
    arguments = {"which": command, "target": None}
    return {"metadata": metadata, "args": arguments, "results": found[:most]}


def told(manifest: Document, results: Document) -> list[Document]:
    return [
        json.loads(Serde.to_json(event))
        for event in events_of(manifest, results, HERE, "urn:lakeledger:0.1.0")
    ]


@pytest.fixture(scope="module")
def events(manifest: Document) -> list[Document]:
    return told(manifest, results_of(manifest))


def node_of(event: Document) -> str:
    return str(dict(facets_in(event["job"])).get("dbt_node", {}).get("unique_id", ""))


def names(datasets: list[Document]) -> set[str]:
    assert {one["namespace"] for one in datasets} <= {"databricks://embedded"}
    return {one["name"] for one in datasets}


def test_every_event_is_as_specified(events: list[Document]) -> None:
    assert len(events) > 400
    # A start holds what its end holds, and its own time.
    looked_at = [event for n, event in enumerate(events) if event["eventType"] != "START" or n < 20]
    wrong = {event["job"]["name"]: found for event in looked_at if (found := faults(event))}
    assert wrong == {}


def test_every_model_that_ran_is_told_with_all_that_it_reads(
    events: list[Document], manifest: Document
) -> None:
    tables = {**manifest["nodes"], **manifest["sources"]}

    def table(key: str) -> str:
        node = tables[key]
        name = node["identifier"] if key.startswith("source.") else node["alias"]
        return f"{node['database']}.{node['schema']}.{name}"

    begun = {
        node_of(event): event
        for event in events
        if event["eventType"] == "START"
        and event["outputs"]
        and node_of(event).startswith(("model.", "snapshot."))
    }
    ran = {one["unique_id"] for one in results_of(manifest)["results"] if one["status"] != "skipped"
           and one["unique_id"].startswith(("model.", "snapshot."))}  # fmt: skip
    assert begun.keys() == ran
    kinds = set()
    for key, event in begun.items():
        parents = {one for one in manifest["parent_map"][key] if one in tables}
        kinds |= {one.split(".")[0] for one in parents}
        assert names(event["inputs"]) == {table(one) for one in parents}, key
        assert names(event["outputs"]) == {table(key)}
    assert kinds == {"model", "source", "seed", "snapshot"}


def test_what_was_written_says_which_columns_it_was_taken_from(compiled: Path) -> None:
    """Where the manifest holds the SQL; and of no table that the event does not name as read."""
    document = json.loads(compiled.read_text(encoding="utf-8"))
    ended = [one for one in told(document, results_of(document)) if one["eventType"] == "COMPLETE"]
    facets = {}
    for event in ended:
        for output in event["outputs"]:
            facet = dict(facets_in(output)).get("columnLineage")
            if facet and node_of(event).startswith(("model.", "snapshot.")):
                facets[node_of(event)] = facet
                read = [one for field in facet["fields"].values() for one in field["inputFields"]]
                tables = {(one["namespace"], one["name"]) for one in read}
                assert tables <= {(one["namespace"], one["name"]) for one in event["inputs"]}
    assert len(facets) > 150
    hourly = facets["model.lakeledger.fct_usage_hourly"]
    inputs = {(one["name"], one["field"]) for one in hourly["fields"]["list_cost"]["inputFields"]}
    table = "lakeledger.silver.int_platform__priced_usage_records"
    assert inputs == {(table, "list_price"), (table, "usage_quantity")}
    assert "record_count" not in hourly["fields"]
    some = [one for one in ended if node_of(one) in list(facets)[:20]]
    assert {one["job"]["name"]: found for one in some if (found := faults(one))} == {}


def test_a_model_that_failed_says_why_and_what_was_skipped_is_not_told(
    events: list[Document], manifest: Document
) -> None:
    failed = [event for event in events if event["eventType"] == "FAIL"]
    models = {node_of(event): event for event in failed if node_of(event).startswith("model.")}
    assert models.keys() == {BROKEN}
    assert dict(facets_in(models[BROKEN]["run"]))["errorMessage"]["message"].startswith("[UNRES")
    skipped = {key for key in manifest["child_map"][BROKEN] if key.startswith("model.")}
    assert skipped
    ran = [event for event in events if event["outputs"]]
    assert skipped & {node_of(event) for event in ran} == set()


def test_the_run_holds_the_runs_of_its_models_together(events: list[Document]) -> None:
    first, *inside, last = events
    assert (first["eventType"], last["eventType"]) == ("START", "FAIL")
    assert first["run"]["runId"] == last["run"]["runId"] == RUN
    parents = {dict(facets_in(event["run"]))["parent"]["run"]["runId"] for event in inside}
    assert parents == {RUN}
    times = sorted(event["eventTime"][:19] for event in events)
    assert (times[0], times[-1]) == (first["eventTime"][:19], last["eventTime"][:19])


def test_telling_twice_tells_of_the_same_runs(events: list[Document], manifest: Document) -> None:
    again = told(manifest, results_of(manifest))
    for one, other in zip(events, again, strict=True):
        assert one["run"]["runId"] == other["run"]["runId"]
        assert one["eventTime"] == other["eventTime"]
    assert len({(one["run"]["runId"], one["eventType"]) for one in again}) == len(again)


def test_bronze_has_the_name_that_ingestion_gives_it(events: list[Document]) -> None:
    read = set().union(*(names(event["inputs"]) for event in events))
    assert {"lakeledger.bronze_platform.audit_logs", "lakeledger.bronze_orders.orders"} <= read


def test_a_retry_is_told_as_a_build(manifest: Document) -> None:
    first, *_, last = told(manifest, results_of(manifest, "retry", most=9))
    assert (first["job"], last["eventType"]) == (last["job"], "COMPLETE")


def test_a_command_that_builds_nothing_is_refused(manifest: Document) -> None:
    with pytest.raises(NothingToTell, match="dbt compile, which has no lineage"):
        told(manifest, results_of(manifest, "compile"))


@pytest.fixture
def target(parsed: Path, manifest: Document, tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").symlink_to(parsed / "manifest.json")
    results = json.dumps(results_of(manifest, most=9))
    (tmp_path / "target" / "run_results.json").write_text(results)
    return tmp_path / "target"


def emitted(target: Path) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["lineage", "emit", str(target)])
    return ended.exit_code, ended.output


def test_the_command_sends_by_the_transport_of_the_environment(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(target / "events"))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    code, said = emitted(target)
    lines = (target / "events").read_text().splitlines()
    assert (code, said) == (0, f"{len(lines)} events sent.\n")
    assert json.loads(lines[0])["job"]["name"] == "dbt-run-lakeledger"


def test_the_command_says_what_it_lacks(
    target: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert emitted(target)[0] == 1
    assert "Nowhere to send events to: set OPENLINEAGE_URL" in emitted(target)[1]
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(tmp_path))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    code, said = emitted(target)
    assert (code, "0 of " in said, str(tmp_path) in said) == (1, True, True)
    (target / "run_results.json").write_text("{")
    assert "run_results.json cannot be read" in emitted(target)[1]
    (target / "run_results.json").write_text("[]")
    assert "is no artifact of dbt" in emitted(target)[1]
    (target / "run_results.json").unlink()
    assert "There is no run_results.json in" in emitted(target)[1]


def test_quietly_nothing_is_a_failure(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(target))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    tell_quietly(target)
    tell_quietly(target / "nowhere")
    (target / "run_results.json").write_text("{")
    tell_quietly(target)


def test_tables_of_a_workspace_are_named_by_it() -> None:
    assert workspace("prod", {"DATABRICKS_HOST": "https://x.y"}) == "https://x.y"
    assert workspace(None, {"DATABRICKS_HOST": "https://x.y"}) == ""
    with pytest.raises(NothingToTell, match="set DATABRICKS_HOST"):
        workspace("prod", {})
