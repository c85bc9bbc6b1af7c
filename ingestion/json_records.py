"""JSON documents that hold their records in an array, cut into the exact text of each record."""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NamedTuple

from ingestion.records import Record, decoded, encoded

# Values are only skipped over: numbers stay text, so none is too long and none is rounded.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")


class Member(NamedTuple):
    """A member of an object: its name, and where its value stands in the text."""

    name: str
    start: int
    end: int


def cut_json_array(content: bytes, records_key: str) -> Iterator[Record]:
    """The elements of the array ``records_key`` of each document in ``content``, text unchanged.

    A file of JSON lines comes line by line; what is neither comes as one rescued record.
    """
    text = decoded(content)
    elements = record_spans(text, records_key)
    if elements is None:
        yield from _lines(content, text)
        return
    for start, end in elements:
        yield Record(raw=encoded(text[start:end]), is_rescued=False)


def record_spans(text: str, records_key: str) -> list[tuple[int, int]] | None:
    """Start and end of every record; None where the text is anything but such documents."""
    try:
        return _documents(text, records_key)
    except (ValueError, IndexError, RecursionError):
        return None


def members(text: str) -> Iterator[Member]:
    """The members of the one object that a text is; ValueError or IndexError where it is none."""
    at = _expect(text, _skip(text, 0), "{")
    while text[at] != "}":
        name, at = scanstring(text, _expect(text, at, '"', skip=False), False)
        start = _expect(text, _skip(text, at), ":")
        end = _DECODER.raw_decode(text, start)[1]
        yield Member(name, start, end)
        at = _next(text, end, "}")
    if _skip(text, at + 1) != len(text):
        raise ValueError("text after the object")


def _documents(text: str, records_key: str) -> list[tuple[int, int]]:
    """Start and end of every record; ValueError where the text is anything but such documents."""
    elements: list[tuple[int, int]] = []
    at = _skip(text, 0)
    if at == len(text):
        raise ValueError("no document")
    while at < len(text):
        at = _skip(text, _document(text, at, records_key, elements))
    return elements


def _document(text: str, at: int, records_key: str, elements: list[tuple[int, int]]) -> int:
    at = _expect(text, at, "{")
    found = False
    while text[at] != "}":
        name, at = scanstring(text, _expect(text, at, '"', skip=False), False)
        at = _expect(text, _skip(text, at), ":")
        if name == records_key and text[at] == "[":
            found, at = True, _array(text, at, elements)
        else:
            at = _DECODER.raw_decode(text, at)[1]
        at = _next(text, at, "}")
    if not found:
        raise ValueError(f"no array {records_key}")
    return at + 1


def _array(text: str, at: int, elements: list[tuple[int, int]]) -> int:
    at = _expect(text, at, "[")
    while text[at] != "]":
        end = _DECODER.raw_decode(text, at)[1]
        elements.append((at, end))
        at = _next(text, end, "]")
    return at + 1


def _next(text: str, at: int, closing: str) -> int:
    """Moves past a comma to the next member, or stays at the closing bracket."""
    at = _skip(text, at)
    if text[at] == closing:
        return at
    at = _expect(text, at, ",")
    if text[at] == closing:
        raise ValueError("a comma before the end")
    return at


def _expect(text: str, at: int, character: str, *, skip: bool = True) -> int:
    if text[at] != character:
        raise ValueError(f"no {character} at {at}")
    return _skip(text, at + 1) if skip else at + 1


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _lines(content: bytes, text: str) -> Iterator[Record]:
    if not is_lines(text):
        yield Record(raw=content, is_rescued=True)
        return
    for line in text.removesuffix("\n").split("\n") if text else ():
        yield Record(raw=encoded(line), is_rescued=False)


def is_lines(text: str) -> bool:
    """Whether a text that is no document of records is a file of JSON lines.

    Half is enough: such a file may have bad lines, a broken document has no good ones.
    """
    full = [line for line in text.split("\n") if line.strip()]
    return not full or 2 * sum(map(_is_object, full)) >= len(full)


def _is_object(line: str) -> bool:
    try:
        value, end = _DECODER.raw_decode(line, _skip(line, 0))
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not line[end:].strip()
