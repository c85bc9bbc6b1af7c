"""The only writer: encodes files and puts each into the landing folder in one step."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from operations.simulator.assembly import PlannedFile
from operations.simulator.errors import LandingConflictError, LandingWriteError


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedFile:
    """A file's bytes as they land. `name` is relative to the landing root."""

    name: str
    content: bytes
    rows: int
    sha256: str


def encode_file(planned: PlannedFile) -> EncodedFile:
    """The bytes of a file, compressed where its name says so; the same lines, the same bytes."""
    text = "".join(f"{row}\n" for row in planned.rows)
    content = text.encode("utf-8", "surrogateescape")
    if planned.name.endswith(".gz"):
        content = gzip.compress(content, compresslevel=3, mtime=0)
    return EncodedFile(
        name=planned.name,
        content=content,
        rows=len(planned.rows),
        sha256=hashlib.sha256(content).hexdigest(),
    )


class Delivery:
    """Writes files under a landing root; a file that is there already is left alone."""

    def __init__(self, landing: Path) -> None:
        self._landing = landing
        self.written = 0
        self.unchanged = 0

    def put(self, file: EncodedFile) -> None:
        """Writes one file.

        Raises:
            LandingConflictError: if a file of that name holds other content.
            LandingWriteError: if the file cannot be written.
        """
        target = self._landing / file.name
        if target.exists():
            if hashlib.sha256(read_bytes(target)).hexdigest() != file.sha256:
                raise LandingConflictError(
                    f"{target} exists with other content than this run would write; it was left "
                    "as it is. Remove the run with --clean, or use another --landing."
                )
            self.unchanged += 1
            return
        write_atomically(target, file.content)
        self.written += 1


def write_atomically(target: Path, content: bytes) -> None:
    """Writes a file under a temporary dot-name and renames it, so no reader sees half of it.

    Raises:
        LandingWriteError: if the file system refuses.
    """
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise LandingWriteError(
            f"{target} could not be written: {error.strerror or error}. Check the folder's rights "
            "and the free space, then run the same command again."
        ) from error


def remove(path: Path) -> None:
    """Takes a file away, if it is there.

    Raises:
        LandingWriteError: if the file system refuses.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LandingWriteError(
            f"{path} could not be replaced: {error.strerror or error}. Check its rights."
        ) from error


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        LandingWriteError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise LandingWriteError(
            f"{path} could not be read: {error.strerror or error}. Check its rights."
        ) from error
