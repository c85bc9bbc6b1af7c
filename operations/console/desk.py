"""What the console changes: rejected rows are judged again. Nothing else is written by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from operations.console.lakehouse import Lakehouse
from operations.platform_log import recorded_session
from operations.quarantine import decisions
from operations.quarantine.decisions import Choice
from operations.quarantine.sources import find_source, sources_as_written
from warehouse.connection import Connection
from warehouse.settings import PROJECT


class Desk(Protocol):
    """The quarantine as the page knows it; all raise QuarantineRefused with a sentence."""

    def choice(self, source: str, reason: str | None) -> Choice:
        """The rows of a source, by its name, and of a reason."""

    def waiting(self, choice: Choice) -> int:
        """How many they are now."""

    def examples(self, choice: Choice) -> Sequence[Sequence[Any]]:
        """(line, region, file, when it reached bronze) of the newest."""

    def requeue(self, choice: Choice, by: str, why: str) -> int:
        """Has them judged again; gives their number."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A requeue that somebody has asked for and not confirmed yet."""

    choice: Choice
    rows: int
    by: str
    why: str

    def consequences(self) -> tuple[str, ...]:
        """What it will do, a sentence each."""
        source, one = self.choice.source, self.rows == 1
        rows = f"{self.rows:,} row{'' if one else 's'}"
        reason = "" if self.choice.reason is None else f" with the reason {self.choice.reason}"
        return (
            f"{rows} of {source.name}{reason} {'is' if one else 'are'} put at the end of"
            f" {source.bronze} once more, in a batch named requeue-…; nothing is deleted.",
            f"As many decisions “requeued” are noted in silver.quarantine_decisions, by {self.by}"
            + (f": {self.why}." if self.why else ", without a word why."),
            "The platform log gets a row. The next run of the pipeline judges the rows by the rules"
            " as they are then; those that are rejected again are open again.",
        )


class QuarantineDesk:
    """The quarantine of a lakehouse; what it changes stands in the platform log."""

    def __init__(
        self, lakehouse: Lakehouse, connection: Callable[[], Connection], project: Path = PROJECT
    ) -> None:
        self._lakehouse = lakehouse
        self._connection = connection
        self._sources = sources_as_written(project / "models")

    def choice(self, source: str, reason: str | None) -> Choice:
        """As Desk says."""
        return Choice(source=find_source(self._sources, source), reason=reason)

    def waiting(self, choice: Choice) -> int:
        """As Desk says."""
        with self._lakehouse.sessions.cursor() as cursor:
            return decisions.waiting(cursor, choice)

    def examples(self, choice: Choice) -> Sequence[Sequence[Any]]:
        """As Desk says; 20 at most."""
        with self._lakehouse.sessions.cursor() as cursor:
            return decisions.examples(cursor, choice, 20)

    def requeue(self, choice: Choice, by: str, why: str) -> int:
        """As Desk says."""
        with recorded_session(self._connection(), "quarantine") as session:
            count = decisions.requeue(session.cursor, choice, by, why)
            session.add(f"requeue {choice}", f"{by}: {why}", row_count=count)
        return count
