"""Takes files again that were delivered anew under the same name (``allow_overwrites``), locally.

Auto Loader does this by itself. Spark's file source knows a file by its path alone, so a file
that changed after it was taken is read here, outside of the stream, as a commit of its own.
"""

import json
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyspark.sql import SparkSession

from ingestion.checkpoint import ListedFile
from ingestion.deletions import NOBODY
from ingestion.errors import CheckpointUnreadable
from ingestion.inspection import BatchFacts, inspect_batch
from ingestion.reader import read_files
from ingestion.rows import rows_of_batch
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.tombstones import Tombstones
from ingestion.writer import Target, append, transaction_of

_LEDGER = "overwrites.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Which versions (path to mtime in epoch ms) were taken again; ``pending`` is under way."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: int = -1
    files: Mapping[str, int] = field(default_factory=dict)
    pending: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, checkpoint: Path) -> "Ledger":
        """The ledger in the checkpoint folder, an empty one if there is none."""
        try:
            return cls(**json.loads((checkpoint / _LEDGER).read_text()))
        except FileNotFoundError:
            return cls()
        except (ValueError, TypeError, RecursionError) as error:
            raise CheckpointUnreadable(f"{checkpoint / _LEDGER} is damaged ({error}).") from error

    def write(self, checkpoint: Path) -> "Ledger":
        """Keeps the ledger: either whole or as it was before."""
        fresh = checkpoint / f".{_LEDGER}"
        members = {name: getattr(self, name) for name in ("id", "version", "files", "pending")}
        fresh.write_text(json.dumps(members))
        fresh.replace(checkpoint / _LEDGER)
        return self


def changed_files(landed: Mapping[Path, int], taken: Mapping[Path, int]) -> dict[Path, int]:
    """The files that are not as they were when they were taken, with their mtime now."""
    return {p: mtime for p, mtime in landed.items() if p in taken and taken[p] != mtime}


def take_again(
    spark: SparkSession,
    source: Source,
    settings: Settings,
    target: Target,
    landed: Mapping[Path, int],
    taken: Mapping[Path, int],
    before_write: Callable[[], None] = lambda: None,
    forgotten: Callable[[], Tombstones] = lambda: NOBODY,
) -> BatchFacts | None:
    """Appends the rows of every changed file; None if no file changed.

    Each version of a file comes once, unless it changes while it is read: then it comes again.
    """
    checkpoint = Path(settings.checkpoint(source.name))
    ledger = Ledger.read(checkpoint)
    if not ledger.pending:
        known = {**taken, **{Path(path): mtime for path, mtime in ledger.files.items()}}
        changed = {str(path): mtime for path, mtime in changed_files(landed, known).items()}
        if not changed:
            return None
        ledger = replace(ledger, version=ledger.version + 1, pending=changed).write(checkpoint)
    before_write()
    try:
        facts = _append(spark, source, settings, target, ledger, forgotten())
    except Exception:
        # Known not to be written, so the next run plans anew, with the files as they are then.
        replace(ledger, pending={}).write(checkpoint)
        raise
    files = {**ledger.files, **ledger.pending}
    replace(ledger, files=files, pending={}).write(checkpoint)
    return facts


def _append(
    spark: SparkSession,
    source: Source,
    settings: Settings,
    target: Target,
    ledger: Ledger,
    forgotten: Tombstones,
) -> BatchFacts:
    files = [ListedFile(Path(path), mtime, 0) for path, mtime in ledger.pending.items()]
    # The files are looked up after this, so a change up to now is read with the rest.
    facts = inspect_batch(
        files,
        settle_seconds=settings.settle_seconds,
        planned_at=math.inf,
        bounds=Path(settings.bounds(source.name)).resolve(),
    )
    there = [str(file.path) for file in files if file.path not in facts.missing]
    if there:
        batch = f"{ledger.id}:{ledger.version}"
        rows = rows_of_batch(read_files(spark, source, there), source, batch, forgotten)
        transaction = transaction_of(source.name, ledger.id)
        append(rows, target, transaction=transaction, version=ledger.version)
    return facts
