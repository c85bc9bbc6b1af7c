"""Cutting documents that hold their records in an array."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.json_records import cut_json_array
from ingestion.records import Record


def cut(content: bytes) -> list[tuple[bytes, bool]]:
    return [tuple(record) for record in cut_json_array(content, "Records")]


@pytest.mark.parametrize(
    ("content", "elements"),
    [
        (b'{"Records":[{"a":1},{"a":2}]}', [b'{"a":1}', b'{"a":2}']),
        (
            b'{\n "Records": [\n  {"a": 1},\n  {\n   "b": [1, 2]}\n ]\n}\n',
            [b'{"a": 1}', b'{\n   "b": [1, 2]}'],
        ),
        (b'{"Records":[]}', []),
        (b'{"Records" : [\n ]\n}\n', []),
        (b'\xef\xbb\xbf{"Records":[{}]}', [b"{}"]),
        (b'{"v":1,"Records":[{"Records":[2]}],"w":{"Records":[3]}}', [b'{"Records":[2]}']),
        (
            b'{"Records":[1.0000000000000000001, 1E400, "x", null]}',
            [b"1.0000000000000000001", b"1E400", b'"x"', b"null"],
        ),
        (b'{"Records":[1]}\n{"Records":[2]}', [b"1", b"2"]),
        (b'{"Records":[{"a":"\xff"}]}', [b'{"a":"\xff"}']),
        (b'{"Records":[{"a":1,"a":2}]}', [b'{"a":1,"a":2}']),
        (b'{"Records":[' + b"9" * 5000 + b"]}", [b"9" * 5000]),
    ],
)
def test_elements_keep_their_text(content: bytes, elements: list[bytes]) -> None:
    assert cut(content) == [(element, False) for element in elements]


def test_json_lines_land_line_by_line() -> None:
    assert cut(b'{"a":1}\n\n{"a":\r\n{"a":3}\n') == [
        (b'{"a":1}', False),
        (b"", False),
        (b'{"a":\r', False),
        (b'{"a":3}', False),
    ]


def test_a_document_without_the_member_is_a_line_of_its_own() -> None:
    assert cut(b'{"logFiles":[]}') == [(b'{"logFiles":[]}', False)]


@pytest.mark.parametrize(
    "content",
    [
        b'{"Records":[{"a":1},{"a":',
        b'{\n "Records": [\n  {"a": 1},\n',
        b'{\n "other": [\n  1\n ]\n}\n',
        b'{"Records":[1,]}',
        b'{"Records":[1]} trailing',
        b'[{"a":1}]',
        b"no json at all",
        b'{"Records":[' + b"[" * 100_000,
    ],
)
def test_what_cannot_be_cut_lands_whole(content: bytes) -> None:
    assert cut(content) == [(content, True)]


def test_an_empty_file_has_a_blank_line_at_most() -> None:
    assert cut(b"\n\n") == [(b"", False), (b"", False)]
    assert cut(b"") == cut(b"\xef\xbb\xbf") == []


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.lists(values, max_size=5),
    st.dictionaries(st.text().filter(lambda key: key != "Records"), values, max_size=2),
    st.sampled_from([None, 0, 1, 4]),
    st.booleans(),
)
def test_any_document_gives_its_elements(
    elements: list[Any], others: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    document = {**others, "Records": elements}
    content = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    records = cut(content.encode("utf-8", "surrogatepass"))
    assert [r for _, r in records] == [False] * len(elements)
    found = [json.dumps(json.loads(raw.decode("utf-8", "surrogatepass"))) for raw, _ in records]
    assert found == [json.dumps(element) for element in elements]


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_give_records_or_one_rescued_whole(content: bytes) -> None:
    records = list(cut_json_array(content, "Records"))
    if any(record.is_rescued for record in records):
        assert records == [Record(raw=content, is_rescued=True)]
