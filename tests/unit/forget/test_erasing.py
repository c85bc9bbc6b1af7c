import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cutting import cutter
from ingestion.deletions import erase_bytes
from ingestion.erasing import erase_content, erase_record, erase_text
from ingestion.sources import Source, load_sources
from ingestion.tombstones import Tombstones, canonical, tombstone

MODELS = Path(__file__).parents[3] / "models"
SOURCES = {source.name: source for source in load_sources(MODELS)}
GONE = "forgotten-0123456789abcdef"
NAMES = ("ann@example.com", "user-0001", "4711000047110000", "a%b@example.com")
FORGOTTEN = Tombstones((tombstone(GONE, b"salt", map(canonical, NAMES)),))
PLAIN = replace(SOURCES["job_runs"], subject_field=None)


@pytest.mark.parametrize(
    ("text", "erased"),
    [
        ("ann@example.com", GONE),
        ("Ann@Example.COM said", f"{GONE} said"),
        ("to ann@example.com, user-0001.", f"to {GONE}, {GONE}."),
        ("/Users/ann@example.com/x", f"/Users/{GONE}/x"),
        (r"ann\u0040example.com", GONE),
        (r"{\"a\":\"ann\\u0040example.com\"}", rf"{{\"a\":\"{GONE}\"}}"),
        ("?q=ann%40example.com&b", f"?q={GONE}&b"),
        ("%20ann@example.com%0Aann@example.com", f"%20{GONE}%0A{GONE}"),
        (r"line\nann@example.com", rf"line\n{GONE}"),
        (r"\u000aann@example.com", rf"\u000a{GONE}"),
        ("“ann@example.com”", f"“{GONE}”"),
        ("-ann@example.com-", f"-{GONE}-"),
        ("a%b@example.com", GONE),
    ],
)
def test_an_identifier_is_found_however_it_is_written(text: str, erased: str) -> None:
    assert erase_text(text, FORGOTTEN) == erased
    assert FORGOTTEN.may_hold(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "joann@example.com",
        "jo.ann@example.com",
        "ann@example.com.au",
        "ann@example.comx",
        "éann@example.com",
        "user-00011",
        "47110000471100001",
        "",
    ],
)
def test_others_stay_as_they_are(text: str) -> None:
    assert erase_text(text, FORGOTTEN) is text


def test_a_number_becomes_a_string_where_it_stands_alone() -> None:
    line = '{"id":4711000047110000,"s":"ids: 4711000047110000, 1","n":1.50}'
    erased = erase_text(line, FORGOTTEN, is_json=True)
    assert erased == f'{{"id":"{GONE}","s":"ids: {GONE}, 1","n":1.50}}'
    assert json.loads(erased)["id"] == GONE


def test_what_a_person_did_goes_whole_and_what_others_did_stays() -> None:
    own = (
        '{"userIdentity":{"email":"ann@example.com","n":null},"sourceIPAddress":"10.0.0.1",'
        '"requestParams":{"a" : "x\\"y", "b":"", "c":[1.50,"z"]},"requestId":"r1"}'
    )
    assert erase_record(own, SOURCES["audit_logs"], FORGOTTEN) == (
        f'{{"userIdentity":{{"email":"{GONE}","n":null}},"sourceIPAddress":"{GONE}",'
        f'"requestParams":{{"a" : "{GONE}", "b":"", "c":[1.50,"{GONE}"]}},"requestId":"r1"}}'
    )
    others = own.replace("ann@", "bob@").replace('"z"', '"ann@example.com"')
    expected = others.replace("ann@example.com", GONE)
    assert erase_record(others, SOURCES["audit_logs"], FORGOTTEN) == expected


def test_money_stays() -> None:
    line = '{"usage_quantity":"1.50","identity_metadata":{"run_as":"ann@example.com"},"x":1.50}'
    erased = erase_record(line, SOURCES["billing_usage"], FORGOTTEN)
    assert erased == line.replace("ann@example.com", GONE)


def test_erasing_twice_changes_nothing() -> None:
    once = erase_text("ann@example.com user-0001", FORGOTTEN)
    assert erase_text(once, FORGOTTEN) is once


def test_bytes_that_are_no_utf_8_survive() -> None:
    line = b"\xff ann@example.com \xfe"
    assert erase_bytes(line, PLAIN, FORGOTTEN) == b"\xff " + GONE.encode() + b" \xfe"
    assert erase_bytes(b"\xff", PLAIN, FORGOTTEN) == b"\xff"
    assert erase_bytes(None, PLAIN, FORGOTTEN) is None


WORDS = st.lists(
    st.sampled_from(
        [*NAMES, "ANN@example.com", "bob@example.com", "\n", "\t", '"', "\\", ",", "n", " ", ".",
         "é", "\ufeff", "%40", "1.50", "\x01", "/", "{", "user"]
    ),
    max_size=6,
).map("".join)  # fmt: skip
RECORDS = st.lists(
    st.dictionaries(
        st.sampled_from(["userIdentity", "sourceIPAddress", "requestParams", "other"]),
        st.one_of(WORDS, st.dictionaries(WORDS, WORDS, max_size=2), st.integers(), st.none()),
        max_size=4,
    ),
    max_size=4,
)


def cut(source: Source, content: bytes) -> list[bytes]:
    if source.format == "jsonl":
        return content.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n").split(b"\n")
    return [record.raw for record in cutter(source)(content)]


def assert_a_replay_gives_the_same_rows(source: Source, content: bytes) -> None:
    rows = [erase_bytes(row, source, FORGOTTEN) for row in cut(source, content)]
    erased = erase_content(content, source, FORGOTTEN)
    assert cut(source, erased) == rows
    assert erase_content(erased, source, FORGOTTEN) is erased
    assert not any(name.encode() in erased.lower() for name in NAMES[:1]) or any(
        b"ann@example.com" in row.lower() for row in rows if row is not None
    )


@given(RECORDS, st.booleans(), st.booleans())
def test_a_file_of_lines_gives_the_rows_of_bronze(
    records: list[dict[str, object]], is_ascii: bool, has_mark: bool
) -> None:
    lines = [json.dumps(record, ensure_ascii=is_ascii) for record in records] + ["{broken ann@"]
    mark = b"\xef\xbb\xbf" if has_mark else b""
    content = mark + "".join(f"{line}\n" for line in lines).encode()
    assert_a_replay_gives_the_same_rows(SOURCES["audit_logs"], content)


@given(RECORDS, st.sampled_from([None, 1]))
def test_a_document_of_records_gives_the_rows_of_bronze(
    records: list[dict[str, object]], indent: int | None
) -> None:
    document = json.dumps({"owner": "ann@example.com", "Records": records}, indent=indent)
    assert_a_replay_gives_the_same_rows(SOURCES["cloudtrail"], document.encode())


@given(st.lists(st.lists(WORDS, min_size=2, max_size=3), max_size=4))
def test_a_table_of_values_gives_the_rows_of_bronze(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["clusterName", "clusterCustomTags"], *rows])
    content = text.getvalue().encode()
    assert_a_replay_gives_the_same_rows(SOURCES["billable_usage"], content)


@given(WORDS)
def test_the_quick_look_misses_nobody(text: str) -> None:
    if FORGOTTEN.holds(text):
        assert FORGOTTEN.may_hold(text.encode())
