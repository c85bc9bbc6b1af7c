"""What a run of a source is in the terms of OpenLineage: pure, events out of values.

Names of datasets follow the specification's naming: tables by the workspace, files by where they
lie, topics by the broker.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import attr
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    error_message_run,
    input_statistics_input_dataset,
    job_type_job,
    output_statistics_output_dataset,
    parent_run,
    schema_dataset,
    tags_run,
)

from ingestion.envelope import columns_of
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult
from warehouse.provenance import Provenance

# The embedded lakehouse has an address of every run's own; a table has to keep its name.
EMBEDDED = "embedded"
# Before the version: whoever sends events is named by a URI.
URN = "urn:lakeledger:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where things are: the workspace's host (``EMBEDDED`` without one), the catalog of tables.

    ``namespace`` is that of jobs.
    """

    namespace: str
    catalog: str
    host: str = EMBEDDED

    @property
    def tables(self) -> str:
        """The namespace of tables; names in it are catalog.schema.table."""
        return f"databricks://{self.host}"


def host_of(address: str) -> str:
    """The host of a workspace, however its address is written; ``EMBEDDED`` for an empty one."""
    found = urlsplit(address if "://" in address else f"//{address}")
    return found.hostname or EMBEDDED


def delivered(source: Source, settings: Settings, place: Place) -> tuple[str, str]:
    """(namespace, name) of the folder or topic that a source is read from."""
    if source.topic:
        first = settings.kafka.get("bootstrap.servers", "unknown").split(",")[0].strip()
        return f"kafka://{first.rpartition('://')[2]}", source.topic
    folder = settings.folder(source.name, source.path)
    address = urlsplit(folder)
    if address.scheme and address.scheme not in ("file", "dbfs"):
        return f"{address.scheme}://{address.netloc}", address.path.strip("/") or "/"
    if settings.platform == "databricks":
        return f"dbfs://{place.host}", address.path
    return "file", str(Path(address.path if address.scheme else folder).absolute())


def began(
    source: Source,
    settings: Settings,
    place: Place,
    who: Provenance,
    *,
    run_id: str,
    at: datetime,
    parent: parent_run.ParentRunFacet | None = None,
) -> RunEvent:
    """The event with which a run of a source begins: what it reads and what it writes."""
    kind = "BATCH" if settings.continuous is None else "STREAMING"
    producer = URN + who.code_version
    job_type = job_type_job.JobTypeJobFacet(
        processingType=kind, integration="LAKELEDGER", jobType="INGESTION", producer=producer
    )
    tags = [
        tags_run.TagsRunFacetFields(key=key, value=value, source="LAKELEDGER")
        for key, value in (("run_id", who.run_id), ("git_revision", who.git_revision))
    ]
    facets = {"tags": tags_run.TagsRunFacet(tags=tags, producer=producer)}
    namespace, name = delivered(source, settings, place)
    return RunEvent(
        eventType=RunState.START,
        eventTime=at.isoformat(),
        producer=producer,
        run=Run(runId=run_id, facets=facets | ({"parent": parent} if parent else {})),
        job=Job(
            namespace=place.namespace, name=f"ingest.{source.name}", facets={"jobType": job_type}
        ),
        inputs=[InputDataset(namespace=namespace, name=name)],
        outputs=[
            OutputDataset(
                namespace=place.tables,
                name=f"{place.catalog}.{source.table}",
                facets={"schema": _schema(source, who)},
            )
        ],
    )


def ended(start: RunEvent, result: SourceResult, *, continuous: bool, at: datetime) -> RunEvent:
    """The event with which that run ends: rows and files in and out, or what went wrong."""
    state = _state(result, continuous=continuous)
    (read,), (written,) = start.inputs or [], start.outputs or []
    facets = dict(start.run.facets or {})
    if state is RunState.FAIL:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
            message=result.message, programmingLanguage="PYTHON", producer=start.producer
        )
    # A message is a row; how many rows a file has is known when they are written.
    taken = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
        rowCount=result.rows if result.files is None else None,
        fileCount=result.files,
        size=result.size,
        producer=start.producer,
    )
    rows = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=result.rows, producer=start.producer
    )
    return attr.evolve(
        start,
        eventType=state,
        eventTime=at.isoformat(),
        run=Run(runId=start.run.runId, facets=facets),
        inputs=[attr.evolve(read, inputFacets={"inputStatistics": taken})],
        outputs=[attr.evolve(written, outputFacets={"outputStatistics": rows})],
    )


def _state(result: SourceResult, *, continuous: bool) -> RunState:
    if result.status == "failed":
        return RunState.FAIL
    # A continuous run has no other end than a stop.
    stopped = result.status == "stopped" and not continuous
    return RunState.ABORT if stopped else RunState.COMPLETE


def _schema(source: Source, who: Provenance) -> schema_dataset.SchemaDatasetFacet:
    fields = [
        schema_dataset.SchemaDatasetFacetFields(name=name, type=kind.lower())
        for name, kind in columns_of(source)
    ]
    return schema_dataset.SchemaDatasetFacet(fields=fields, producer=URN + who.code_version)
