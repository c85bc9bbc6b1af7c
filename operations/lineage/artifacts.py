"""Events of a dbt run out of the artifacts that it left: OpenLineage's own processor, put right.

What the processor makes otherwise of this project: seeds and snapshots are no inputs to it, a
source is called by its name in dbt and not by its table, a skipped test has failed, tests happen
when they are told, and every telling is another run.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attr
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, error_message_run, job_type_job
from openlineage.client.uuid import generate_static_uuid
from openlineage.common.provider.dbt.facets import DbtRunRunFacet, ParentRunMetadata
from openlineage.common.provider.dbt.processor import DbtArtifactProcessor
from openlineage.common.provider.dbt.utils import get_parent_run_metadata

from ingestion.lineage_events import Place
from operations.dbt import FAILED
from operations.lineage.column_facet import ColumnFacets
from operations.lineage.errors import NothingToTell

Document = dict[str, Any]
TOLD = ("build", "run", "seed", "snapshot", "test")
# A retry does what the build before it left undone.
_AS = {"retry": "build"}
# Kinds of nodes that are tables like a source to what reads them; the processor asks for sources.
_LIKE_SOURCES = ("seed.", "snapshot.")


def artifact(target: Path, name: str) -> Document:
    """An artifact of dbt in its target folder.

    Raises:
        NothingToTell: if it is not there, or is none.
    """
    path = target / name
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NothingToTell(
            f"There is no {name} in {target}: run dbt first, or name its target folder."
        ) from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NothingToTell(f"{path} cannot be read ({error}).") from error
    if not isinstance(found, dict) or "metadata" not in found:
        raise NothingToTell(f"{path} is no artifact of dbt: it has no metadata.")
    return found


def events_of(manifest: Document, results: Document, place: Place, producer: str) -> list[RunEvent]:
    """What a run of dbt did: its start, each model and test that was not skipped, its end.

    ``manifest`` and ``results`` are the artifacts manifest.json and run_results.json.

    Raises:
        NothingToTell: where the run was none that builds or tests.
    """
    command = results["args"]["which"]
    results = {**results, "args": {**results["args"], "which": _AS.get(command, command)}}
    if results["args"]["which"] not in TOLD:
        raise NothingToTell(
            f"The last command was dbt {command}, which has no lineage; told are"
            f" {', '.join((*TOLD, *_AS))}."
        )
    processor = _Processor(manifest, results, place, producer)
    told = [_put_right(event, results) for event in processor.parse().events()]
    return [*processor.frame(RunState.START), *told, *processor.frame(_outcome(results))]


class _Processor(DbtArtifactProcessor):  # type: ignore[misc]
    def __init__(self, manifest: Document, results: Document, place: Place, producer: str) -> None:
        super().__init__(producer=producer, job_namespace=place.namespace)
        self._columns = ColumnFacets(manifest, producer)
        self._artifacts = (_readable(manifest), _without_skipped(results))
        self._results, self._place = results, place
        self._project = manifest["metadata"]["project_name"]
        self._above = get_parent_run_metadata()
        self.dbt_run_metadata = self._itself()

    def get_dbt_metadata(self) -> tuple[Document, Document, Document, None]:
        manifest, results = self._artifacts
        return manifest, results, {"type": "databricks", "host": self._place.host}, None

    def dbt_run_run_facet(self) -> dict[str, DbtRunRunFacet]:
        return {
            "dbt_run": DbtRunRunFacet(
                invocation_id=self._results["metadata"]["invocation_id"],
                project_name=self._project,
                dbt_runtime="core",
            )
        }

    def get_column_lineage(
        self, namespace: str, compiled_sql: str
    ) -> column_lineage_dataset.ColumnLineageDatasetFacet | None:
        """By this project's own reading of SQL: the parser behind it does not read these models."""
        return self._columns.of(namespace, compiled_sql)

    def frame(self, state: RunState) -> list[RunEvent]:
        """The event of the whole run; the runs of models name it as their parent."""
        metadata, itself = self._results["metadata"], self.dbt_run_metadata
        begins = state is RunState.START
        facets = {**self.dbt_run_run_facet(), **self.processing_engine_facet()}
        if self._above:
            facets["parent"] = self._above.to_openlineage()
        kind = job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="DBT", jobType="JOB", producer=self.producer
        )
        return [
            RunEvent(
                eventType=state,
                eventTime=metadata["invocation_started_at" if begins else "generated_at"],
                producer=self.producer,
                run=Run(runId=itself.run_id, facets=facets),
                job=Job(
                    namespace=itself.job_namespace, name=itself.job_name, facets={"jobType": kind}
                ),
            )
        ]

    def _itself(self) -> ParentRunMetadata:
        itself = ParentRunMetadata(
            run_id=self._results["metadata"]["invocation_id"],
            job_name=f"dbt-run-{self._project}",
            job_namespace=self._place.namespace,
        )
        root = self._above or itself
        # A root that is told in part would mix two runs: then whoever is directly above is it.
        whole = root.root_parent_run_id and root.root_parent_job_name
        prefix = "root_parent_" if whole and root.root_parent_job_namespace else ""
        return attr.evolve(
            itself,
            root_parent_run_id=getattr(root, f"{prefix}run_id"),
            root_parent_job_name=getattr(root, f"{prefix}job_name"),
            root_parent_job_namespace=getattr(root, f"{prefix}job_namespace"),
        )


def _readable(manifest: Document) -> Document:
    """The manifest with seeds and snapshots among the sources, each by the name of its table."""
    sources = {
        key: {**source, "name": source["identifier"]} for key, source in manifest["sources"].items()
    }
    for key, node in manifest["nodes"].items():
        if key.startswith(_LIKE_SOURCES):
            sources[f"source.{key}"] = {**node, "name": node["alias"]}
    parents = {
        key: [f"source.{one}" if one.startswith(_LIKE_SOURCES) else one for one in above]
        for key, above in manifest["parent_map"].items()
    }
    return {**manifest, "sources": sources, "parent_map": parents}


def _without_skipped(results: Document) -> Document:
    done = [one for one in results["results"] if one["status"] != "skipped"]
    return {**results, "results": done}


def _put_right(event: RunEvent, results: Document) -> RunEvent:
    """The event with an id and a time that are the same at each telling, and with its error."""
    metadata = results["metadata"]
    last = metadata["generated_at"]
    data = f"{metadata['invocation_id']} {event.job.name}".encode()
    run_id = str(generate_static_uuid(datetime.fromisoformat(last), data))
    facets = dict(event.run.facets or {})
    if event.eventType is RunState.FAIL and (message := _message(event, results)):
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
            message=message, programmingLanguage="SQL", producer=event.producer
        )
    at = min(datetime.fromisoformat(event.eventTime), datetime.fromisoformat(last))
    return attr.evolve(
        event, eventTime=at.isoformat(), run=attr.evolve(event.run, runId=run_id, facets=facets)
    )


def _message(event: RunEvent, results: Document) -> str:
    node = (event.job.facets or {}).get("dbt_node")
    said: Mapping[str, Any] = {one["unique_id"]: one["message"] for one in results["results"]}
    return str(said.get(getattr(node, "unique_id", "")) or "")


def _outcome(results: Document) -> RunState:
    bad = any(one["status"] in FAILED for one in results["results"])
    return RunState.FAIL if bad else RunState.COMPLETE
