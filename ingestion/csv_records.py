"""Delivered CSV cut into records, each as a JSON object with the header's names as keys."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence

from ingestion.records import Record, decoded, encoded

_MOST_COLUMNS = 10_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def cut_csv(content: bytes) -> Iterator[Record]:
    """One JSON object per CSV record after the header, values as text.

    A row shorter than the header leaves the last keys out; values beyond it come as ``_extra_1``
    and so on; lines without any character are no records. A file that is no CSV (an open quote,
    text after a closing quote, UTF-16, more columns than a table has) comes as one rescued record.
    """
    csv.field_size_limit(sys.maxsize)
    try:
        if content.startswith(_UTF16):
            raise csv.Error("UTF-16")
        # A record that cannot be cut must not leave half of its file behind, so all come first.
        rows = [row for row in csv.reader(_text(content), strict=True) if row]
    except csv.Error:
        yield Record(raw=content, is_rescued=True)
        return
    if not rows:
        return
    longest = max(map(len, rows))
    if longest > _MOST_COLUMNS:
        yield Record(raw=content, is_rescued=True)
        return
    keys = unique_keys(rows[0], extra=longest - len(rows[0]))
    for row in rows[1:]:
        yield Record(raw=_object(keys, row), is_rescued=False)


def _text(content: bytes) -> io.StringIO:
    return io.StringIO(decoded(content), newline="")


def _object(keys: Sequence[str], row: Sequence[str]) -> bytes:
    members = dict(zip(keys, row, strict=False))
    return encoded(json.dumps(members, ensure_ascii=False, separators=(",", ":")))


def unique_keys(header: Sequence[str], *, extra: int) -> list[str]:
    """The header's names made distinct (``a``, ``a_2``), then ``extra`` names ``_extra_<n>``.

    A column without a name is called by its place: ``_column_3``.
    """
    named = [name or f"_column_{place}" for place, name in enumerate(header, start=1)]
    wanted = named + [f"_extra_{number}" for number in range(1, extra + 1)]
    taken = set(wanted)
    seen: set[str] = set()
    next_copy: dict[str, int] = {}
    keys: list[str] = []
    for name in wanted:
        key, copy = name, next_copy.get(name, 2)
        while key in seen or (key != name and key in taken):
            key, copy = f"{name}_{copy}", copy + 1
        next_copy[name] = copy
        seen.add(key)
        keys.append(key)
    return keys
