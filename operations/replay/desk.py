"""Where the commands of a replay work: a connection, and dbt as `lakeledger run` starts it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.dbt import DbtOutcome, Execute, in_a_process, seeds_of
from operations.pipeline import WITHOUT_TESTS
from operations.platform_log import Recorded, recorded_session
from operations.queries import Cursor
from operations.replay.estimate import Scope
from operations.replay.sources import ReplayedSource, declared_sources
from operations.replay.window import Window
from operations.retries import run_dbt_patiently
from warehouse.lifecycle import running_warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a command works with; ``warehouse``: the connection as dbt's environment has it.

    ``log`` is the platform's, for what is done.
    """

    log: Recorded
    sources: tuple[ReplayedSource, ...]
    home: Path
    target: Path
    warehouse: Mapping[str, str] = field(default_factory=dict)
    execute: Execute = in_a_process

    @property
    def cursor(self) -> Cursor:
        """The connection's, of which commits say who made them."""
        return self.log.cursor

    def build(self, scope: Scope, part: Window) -> DbtOutcome:
        """Has silver and gold read a part of the window again.

        Raises:
            DbtFailed: if something failed that cannot pass by itself.
        """
        return run_dbt_patiently(
            build_arguments(scope, part),
            warehouse=self.warehouse,
            target=self.target,
            log=self.home / "logs" / "dbt-replay.log",
            execute=self.execute,
        )


def build_arguments(scope: Scope, part: Window) -> list[str]:
    """The dbt command for a part: the same works with plain dbt, on any target."""
    start, end = part.texts()
    asked: dict[str, Any] = {"sources": [source.name for source in scope.sources]}
    if scope.regions:
        asked["regions"] = list(scope.regions)
    ends = [f",+{model}" for model in scope.down_to] or [""]
    read = [source.selector for source in scope.sources] + ["source:silver.quarantine"]
    selected = [f"{name}+{end}" for name in read for end in ends]
    variables = json.dumps({"replay": asked | {"from": start, "to": end}})
    return ["build", "--select", *selected, *WITHOUT_TESTS, "--vars", variables]


@contextmanager
def opened(home: Path) -> Iterator[Desk]:
    """The desk of a home; starts its warehouse if it has to.

    Raises:
        ReplayRefused: if nothing has been built there.
    """
    target = home / "target"
    sources = declared_sources(target / "manifest.json")
    with running_warehouse(home) as warehouse, recorded_session(warehouse, "replay") as log:
        yield Desk(
            log=log,
            sources=sources,
            home=home,
            target=target,
            warehouse=warehouse.dbt_environment() | seeds_of(home),
        )
