"""What a run of ingestion needs to know, built once from the command line and the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Platform = Literal["local", "databricks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where files land, where rows and checkpoints go, and how a run proceeds.

    ``landing`` and ``checkpoints`` are folders (on Databricks also cloud addresses). Tables are
    Delta tables by path under ``tables`` locally, ``catalog``.schema.table on Databricks.
    ``continuous`` is the seconds between micro-batches, None takes what is there and ends; then
    ``retry_seconds`` is how long after it failed a source is tried again, None lets it be.
    ``kafka`` is the configuration of a client, empty where there is no broker; ``max_messages``
    the most of a micro-batch. ``try_now`` takes no notice of circuit breakers. ``user_metadata`` is
    what commits say of who made them; a run that was told nothing says it itself.
    """

    landing: str
    checkpoints: str
    tables: Path | None = None
    catalog: str | None = None
    platform: Platform = "local"
    folders: Mapping[str, str] = field(default_factory=dict)
    continuous: float | None = None
    retry_seconds: float | None = None
    settle_seconds: float = 2.0
    max_files: int = 1000
    max_bytes: str = "10g"
    managed_file_events: bool = False
    parallel: int = 2
    try_now: bool = False
    user_metadata: str = ""
    kafka: Mapping[str, str] = field(default_factory=dict, repr=False)
    max_messages: int = 500_000

    def folder(self, name: str, path: str) -> str:
        """The folder of the source ``name``, whose declared path below the landing is ``path``."""
        return self.folders.get(name) or f"{self.landing.rstrip('/')}/{path}"

    def bounds(self, name: str) -> str:
        """What no link among the files of the source ``name`` may lead out of."""
        return self.folders.get(name) or self.landing

    def checkpoint(self, name: str) -> str:
        """The checkpoint folder of the source ``name``."""
        return f"{self.checkpoints.rstrip('/')}/{name}"


def detect_platform(
    chosen: Platform | None = None, environment: Mapping[str, str] | None = None
) -> Platform:
    """The platform asked for, else Databricks where its runtime says so, else local."""
    env = os.environ if environment is None else environment
    return chosen or ("databricks" if env.get("DATABRICKS_RUNTIME_VERSION") else "local")
