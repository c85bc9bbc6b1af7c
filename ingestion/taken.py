"""What a local checkpoint says was taken, followed from one reading to the next."""

from collections.abc import Mapping
from pathlib import Path

from ingestion.checkpoint import files_between, standing, taken_until


class TakenFiles:
    """The files of finished micro-batches; a reading costs what was taken since the one before."""

    def __init__(self, checkpoint: Path) -> None:
        self._checkpoint = checkpoint
        self._id, self._until = "", -1
        self._files: dict[Path, int] = {}

    def read(self) -> Mapping[Path, int]:
        """Path and mtime (epoch milliseconds) of each, as of now.

        Raises:
            CheckpointUnreadable: if the checkpoint does not have the form that Spark writes.
        """
        found = standing(self._checkpoint)
        checkpoint_id = "" if found is None else found.id
        until = taken_until(self._checkpoint)
        # Another checkpoint in the same folder, or an older state of it that was put back.
        if checkpoint_id != self._id or until < self._until:
            self._id, self._until, self._files = checkpoint_id, -1, {}
        for file in files_between(self._checkpoint, self._until, until):
            self._files[file.path] = file.modified_ms
        self._until = until
        return self._files
