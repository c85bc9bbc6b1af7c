"""The files of evidence and their index: anybody can see later that nothing was changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from operations.evidence.period import Days, EvidenceRefused
from warehouse.provenance import Provenance

INDEX = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file to write: its name, its text, how many rows that is and what they are."""

    name: str
    text: str
    rows: int
    about: str

    @classmethod
    def of_lines(cls, name: str, lines: Sequence[str], about: str) -> "Document":
        """JSON lines."""
        return cls(name=name, text="".join(f"{x}\n" for x in lines), rows=len(lines), about=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file as the index lists it."""

    name: str
    about: str
    rows: int
    bytes: int
    sha256: str


def open_folder(folder: Path) -> None:
    """Makes the folder.

    Raises:
        EvidenceRefused: if something is in it, or if it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise EvidenceRefused(f"{folder} cannot be used: {error.strerror}.") from error
    if taken:
        raise EvidenceRefused(f"{folder} is not empty: evidence is written into a new folder.")


def write_package(
    folder: Path, documents: Sequence[Document], days: Days, who: Provenance, made_at: str
) -> str:
    """Writes the files and, last, the index; returns the SHA-256 of the index."""
    listed = []
    for document in documents:
        content = document.text.encode()
        path = folder / document.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        listed.append(
            Listed(
                name=document.name,
                about=document.about,
                rows=document.rows,
                bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    index: Mapping[str, object] = {
        "from": str(days.first),
        "to": str(days.last),
        "made_at": made_at,
        "made_by": asdict(who),
        "files": [asdict(one) for one in listed],
    }
    content = (json.dumps(index, indent=2, ensure_ascii=False) + "\n").encode()
    (folder / INDEX).write_bytes(content)
    return hashlib.sha256(content).hexdigest()
