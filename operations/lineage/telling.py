"""Tells what a run of dbt did, after it: by command, or quietly whenever a command has run dbt."""

import os
from collections.abc import Mapping
from pathlib import Path

import structlog

from ingestion.lineage import Sender, place, wanted
from operations.lineage.errors import NothingToTell, NotTold
from warehouse.provenance import code_version

_log = structlog.get_logger("operations")
SWITCHED_ON = (
    "OPENLINEAGE_URL, OPENLINEAGE_CONFIG, or OPENLINEAGE__TRANSPORT__TYPE and what that transport"
    " asks for (docs/lineage.md)"
)


def tell(target: Path) -> int:
    """Sends the events of the last run in dbt's target folder; gives how many.

    Raises:
        NothingToTell: if the folder holds no run that can be told, or not where its tables are.
        NotTold: if no transport is named, or not every event could be sent.
    """
    from ingestion.lineage_events import URN
    from operations.lineage.artifacts import artifact, events_of

    if not wanted(os.environ):
        raise NotTold(f"Nowhere to send events to: set {SWITCHED_ON}.")
    manifest, results = artifact(target, "manifest.json"), artifact(target, "run_results.json")
    host = workspace(results["args"].get("target"), os.environ)
    events = events_of(manifest, results, place(None, host), URN + code_version())
    sender = Sender.from_environment()
    sent = sender.send(lambda: events)
    sender.close()
    if sender.failure:
        raise NotTold(f"{sent} of {len(events)} events were sent, then: {sender.failure}")
    return sent


def tell_quietly(target: Path) -> None:
    """The same, where a transport is named; that it fails is logged and nothing more."""
    if not wanted(os.environ) or not (target / "run_results.json").exists():
        return
    try:
        tell(target)
    except NothingToTell:
        return  # dbt was asked for something that builds no table
    except Exception as error:
        _log.warning("lineage of dbt cannot be told", error=str(error).splitlines()[0])


def workspace(target: str | None, environment: Mapping[str, str]) -> str:
    """The address of the workspace in which a target of the profile builds; empty: embedded.

    Raises:
        NothingToTell: for a workspace's target, if the environment does not name its host.
    """
    if target != "prod":
        return ""
    found = environment.get("DATABRICKS_HOST") or environment.get("DBT_HOST")
    if not found:
        raise NothingToTell(
            "The run was one of target prod, whose tables are named by their workspace:"
            " set DATABRICKS_HOST."
        )
    return found
