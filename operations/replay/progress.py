"""Which parts of a replay are done: rows of the table operations.replays, which also says who did.

A replay is known by what it replays and by the project's models. The same command goes on where it
was cut short; once it has ended, it begins anew; with other models it is another replay.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.queries import Cursor, rows, utc
from operations.replay.estimate import Scope
from operations.replay.window import Window

# What silver and gold are made by.
_MADE_BY = ("dbt_project.yml", "macros", "models", "snapshots")
_CREATE = """create table if not exists operations.replays (
    replay_id string not null comment 'Hash of sources, regions, window, parts and models.',
    attempt int not null comment 'Which time it is replayed, from 1 on.',
    sources string not null comment 'Sources.',
    regions string not null comment 'Regions; empty for all.',
    part_from timestamp not null comment 'Files that landed from this time on.',
    part_to timestamp not null comment 'Files that landed before this time.',
    ended_at timestamp not null comment 'When silver and gold had the part.',
    done_by string not null comment 'Who replayed it.'
) using delta comment 'Parts of replays that are done. Grain: replay, attempt, part.'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a replay stands: its id, the attempt that is on, and the parts left, oldest first."""

    replay_id: str
    attempt: int
    left: tuple[Window, ...]
    parts: tuple[Window, ...]

    @property
    def done(self) -> int:
        """Parts that are done."""
        return len(self.parts) - len(self.left)


def fingerprint(project: Path) -> str:
    """A hash of everything that decides what the models make."""
    digest = hashlib.sha256()
    for name in _MADE_BY:
        root = project / name
        for file in [root] if root.is_file() else sorted(root.rglob("*")):
            if file.is_file():
                digest.update(f"{file.relative_to(project)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def replay_id(scope: Scope, parts: Sequence[Window], models: str) -> str:
    """Follows from what is replayed, in which parts and by which models."""
    said = [
        sorted(source.name for source in scope.sources),
        sorted(scope.regions),
        sorted(scope.down_to),
        [part.texts() for part in parts],
        models,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def progress_of(cursor: Cursor, name: str, parts: Sequence[Window]) -> Progress:
    """What is left of the replay: all parts, unless the newest attempt was cut short."""
    cursor.execute("create schema if not exists operations")
    cursor.execute(_CREATE)
    found = rows(
        cursor,
        "select attempt, part_from, part_to from operations.replays where replay_id = :name",
        name=name,
    )
    newest = max((int(row[0]) for row in found), default=1)
    done = {Window(utc(row[1]), utc(row[2])) for row in found if int(row[0]) == newest}
    left = tuple(part for part in parts if part not in done)
    if not left:
        newest, left = newest + 1, tuple(parts)
    return Progress(replay_id=name, attempt=newest, left=left, parts=tuple(parts))


def note_done(cursor: Cursor, progress: Progress, scope: Scope, part: Window, by: str) -> None:
    """Writes down that silver and gold have the part."""
    start, end = part.texts()
    cursor.execute(
        """insert into operations.replays by name
        select :name as replay_id, cast(:attempt as int) as attempt, :sources as sources,
            :regions as regions, cast(:since as timestamp) as part_from,
            cast(:until as timestamp) as part_to, current_timestamp() as ended_at,
            :by as done_by""",
        {
            "name": progress.replay_id,
            "attempt": str(progress.attempt),
            "sources": ", ".join(source.name for source in scope.sources),
            "regions": ", ".join(scope.regions),
            "since": start,
            "until": end,
            "by": by,
        },
    )
