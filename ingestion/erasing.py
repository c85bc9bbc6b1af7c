"""Erases the forgotten from what was delivered: the same function for files and for rows.

So a file that is replayed gives the very row that bronze has, with the same hash. Everything else
stays byte for byte: a line stays a line, and the money in it stays.
"""

import re
from collections.abc import Callable, Iterator

from ingestion.json_records import is_lines, members, record_spans
from ingestion.records import decoded, encoded
from ingestion.sources import Source
from ingestion.tombstones import Tombstones

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
# A string, and the colon by which it is the name of a member and no value.
_NAME_OR_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?', re.DOTALL)

Erase = Callable[[str], str]


def erase_text(text: str, forgotten: Tombstones, *, is_json: bool = False) -> str:
    """Every identifier replaced by its pseudonym; the very same text where there is none.

    In JSON a bare number becomes a string, or the document would be none any more.
    """
    parts: list[str] = []
    reached = 0
    strings: list[tuple[int, int]] | None = None
    for token, pseudonym in forgotten.hits(text):
        if is_json and token.name.isdigit():
            if strings is None:
                strings = [found.span() for found in _STRING.finditer(text)]
            if not any(start < token.start < end for start, end in strings):
                pseudonym = f'"{pseudonym}"'
        parts += [text[reached : token.start], pseudonym]
        reached = token.end
    return "".join((*parts, text[reached:])) if parts else text


def erase_record(text: str, source: Source, forgotten: Tombstones) -> str:
    """A record as bronze has it, without the forgotten.

    Where the source says which field names whose record it is, and that is a forgotten person,
    every string in the fields that speak of persons goes.
    """
    if not forgotten.holds(text):
        return text
    if source.subject_field is not None:
        text = _without_person(text, source, forgotten)
    return erase_text(text, forgotten, is_json=source.format != "csv")


def _without_person(text: str, source: Source, forgotten: Tombstones) -> str:
    try:
        found = list(members(text))
    except (ValueError, IndexError, RecursionError):
        return text
    subject = "".join(text[m.start : m.end] for m in found if m.name == source.subject_field)
    whose = next((pseudonym for _, pseudonym in forgotten.hits(subject)), None)
    if whose is None:
        return text
    for member in reversed(found):
        if member.name in source.person_fields:
            value = _NAME_OR_VALUE.sub(
                lambda string: string[0] if string[2] or not string[1] else f'"{whose}"',
                text[member.start : member.end],
            )
            text = text[: member.start] + value + text[member.end :]
    return text


def erase_content(content: bytes, source: Source, forgotten: Tombstones) -> bytes:
    """A delivered file without the forgotten; the very same bytes where none is in it."""
    if not any(map(forgotten.may_hold, content.split(b"\n"))):
        return content
    text = decoded(content)
    mark = content[: len(content) - len(encoded(text))]
    erased = "".join(_erased_parts(text, source, forgotten))
    return content if erased == text else mark + encoded(erased)


def _erased_parts(text: str, source: Source, forgotten: Tombstones) -> Iterator[str]:
    if source.format == "csv":
        yield erase_text(text, forgotten)
        return
    reached = 0
    for start, end in _records(text, source):
        yield erase_text(text[reached:start], forgotten, is_json=True)
        yield erase_record(text[start:end], source, forgotten)
        reached = end
    yield erase_text(text[reached:], forgotten, is_json=True)


def _records(text: str, source: Source) -> Iterator[tuple[int, int]]:
    if source.records_key is not None:
        spans = record_spans(text, source.records_key)
        if spans is not None or not is_lines(text):
            yield from spans or [(0, len(text))]
            return
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1
