"""Looks for a person byte by byte, in every file there is: the proof that asks no table.

Also finds what is no identifier by itself but has one in it, such as `job-of-alice@example.com`:
a person has to say whether that is the same one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.tombstones import tokens
from operations.forget.files import content_of, files_below

_BATCH_ROWS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """Files looked at; those that hold a person, with the tokens; those nobody can look into."""

    files: int
    places: Mapping[Path, frozenset[str]]
    lookalikes: Mapping[Path, frozenset[str]]
    unreadable: Sequence[Path] = field(default_factory=tuple)


def search(folders: Sequence[Path], identifiers: Sequence[str]) -> Searched:
    """Every file below the folders: its name, its bytes, gzip unpacked, values of Parquet."""
    places: dict[Path, frozenset[str]] = {}
    lookalikes: dict[Path, frozenset[str]] = {}
    unreadable: list[Path] = []
    counts: Counter[str] = Counter()
    for path in (path for folder in folders for path in files_below(folder)):
        counts["files"] += 1
        try:
            found = frozenset(_names_in(path, identifiers))
        except (OSError, EOFError, pa.ArrowInvalid):
            unreadable.append(path)
            continue
        exact = found & frozenset(identifiers)
        if exact:
            places[path] = exact
        if found - exact:
            lookalikes[path] = found - exact
    return Searched(
        files=counts["files"], places=places, lookalikes=lookalikes, unreadable=unreadable
    )


def _names_in(path: Path, identifiers: Sequence[str]) -> Iterator[str]:
    """Tokens that are an identifier or have one in them."""
    for text in _texts(path):
        low = text.lower()
        if not any(identifier.encode() in low for identifier in identifiers) and not (
            b"%" in low or b"\\u" in low
        ):
            continue
        for token in tokens(low.decode("utf-8", "replace"), len(min(identifiers, key=len))):
            if any(identifier in token.name for identifier in identifiers):
                yield token.name


def _texts(path: Path) -> Iterator[bytes]:
    yield str(path).encode("utf-8", "surrogateescape")
    content = content_of(path)
    yield content
    if content.startswith(b"PAR1"):
        for batch in pq.ParquetFile(pa.BufferReader(content)).iter_batches(_BATCH_ROWS):
            for column in batch.columns:
                yield from _values(column)


def _values(column: pa.Array) -> Iterator[bytes]:
    """All text of a column, at any depth, a chunk with a line per value."""
    kind = column.type
    if pa.types.is_struct(kind):
        for place in range(kind.num_fields):
            yield from _values(column.field(place))
    elif pa.types.is_map(kind):
        yield from _values(column.keys)
        yield from _values(column.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _values(column.flatten())
    elif pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind):
        values = column.cast(pa.binary()).drop_null().to_pylist()
        yield b"\n".join(values)
