"""Cutting delivered CSV into JSON records."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.csv_records import cut_csv, unique_keys
from ingestion.records import Record


def rows(content: bytes) -> list[dict[str, str]]:
    cut = list(cut_csv(content))
    assert not any(record.is_rescued for record in cut)
    return [json.loads(record.raw) for record in cut]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", [{"a": "1", "b": "2"}]),
        (b"a,b,c\n1,2\n", [{"a": "1", "b": "2"}]),
        (b"a\n1,2,3\n", [{"a": "1", "_extra_1": "2", "_extra_2": "3"}]),
        (b"\xef\xbb\xbfa,b\n1,2", [{"a": "1", "b": "2"}]),
        (b'a,b\n"x\ny","say ""hi"""\n', [{"a": "x\ny", "b": 'say "hi"'}]),
        (b'a,b\r\n"x\r\ny",2\r\n', [{"a": "x\r\ny", "b": "2"}]),
        (b"a,a,\n1,2,3\n", [{"a": "1", "a_2": "2", "_column_3": "3"}]),
        (b"a,b\n1,\n", [{"a": "1", "b": ""}]),
        (b"a\n\n1\n\n", [{"a": "1"}]),
        (b'a\n5" disk\n', [{"a": '5" disk'}]),
        (b"a,b\n", []),
        (b"", []),
        (b"\n\n", []),
    ],
)
def test_cuts(content: bytes, expected: list[dict[str, str]]) -> None:
    assert rows(content) == expected


@pytest.mark.parametrize(
    "content",
    [b'a,b\n1,2\n"open,3\n4,5\n', b'a\n"x"y\n', "a,b\n1,2\n".encode("utf-16")],
    ids=["open quote", "text after a quote", "utf-16"],
)
def test_what_is_no_csv_lands_whole(content: bytes) -> None:
    assert list(cut_csv(content)) == [Record(raw=content, is_rescued=True)]


def test_bytes_that_are_no_utf8_stay_as_they_are() -> None:
    (record,) = cut_csv(b"a\n\xff\xc3\n")
    assert record == Record(raw=b'{"a":"\xff\xc3"}', is_rescued=False)


def test_numbers_and_order_stay_as_they_came() -> None:
    (record,) = cut_csv(b"b,a\n0.133328777777777812,007\n")
    assert record.raw == b'{"b":"0.133328777777777812","a":"007"}'


def test_a_field_of_five_megabytes_is_cut() -> None:
    assert rows(b"a\n" + b"x" * 5_000_000 + b"\n") == [{"a": "x" * 5_000_000}]


def test_keys_never_collide() -> None:
    assert unique_keys(["a", "a_2", "a", "_extra_1"], extra=1) == [
        "a",
        "a_2",
        "a_3",
        "_extra_1",
        "_extra_1_2",
    ]


field = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(st.lists(st.lists(field, min_size=2, max_size=4), min_size=1, max_size=6))
def test_every_value_written_as_csv_comes_back(table: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["h1", "h2"], *table])
    assert [list(row.values()) for row in rows(text.getvalue().encode())] == table


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_give_records_or_one_rescued_whole(content: bytes) -> None:
    cut = list(cut_csv(content))
    if any(record.is_rescued for record in cut):
        assert cut == [Record(raw=content, is_rescued=True)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "a_2", "", "_column_1", "_extra_1"])), st.integers(0, 3))
def test_any_header_gives_one_key_per_column(header: list[str], extra: int) -> None:
    keys = unique_keys(header, extra=extra)
    assert len(set(keys)) == len(keys) == len(header) + extra
