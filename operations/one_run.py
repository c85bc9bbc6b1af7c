"""One run of a command at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.settings import make_private


@contextmanager
def alone(home: Path, name: str, refusal: Exception) -> Iterator[None]:
    """Holds the lock ``name`` of a home; raises the refusal where another process has it."""
    make_private(home)
    with (home / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refusal from error
        yield
