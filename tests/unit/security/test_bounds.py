"""Declarations and documents that mean harm are told in a sentence, in no time."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ingestion.bounded_yaml import DEEPEST, MOST_ALIASES, read_yaml
from ingestion.csv_records import cut_csv
from ingestion.errors import CheckpointUnreadable, SourcesInvalid
from ingestion.json_records import cut_json_array
from ingestion.overwrites import Ledger
from ingestion.sources import load_sources
from operations.dbt import PROJECT

pytestmark = pytest.mark.timeout(20)
TABLE = (
    "sources: [{{name: {name}, tables: [{{name: t, "
    "config: {{meta: {{ingestion: {ingestion}}}}}}}]}}]"
)


def declared(tmp_path: Path, text: str) -> str:
    (tmp_path / "bronze").mkdir(exist_ok=True)
    (tmp_path / "bronze" / "_x__sources.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SourcesInvalid) as told:
        load_sources(tmp_path)
    assert len(str(told.value)) < 2000
    return str(told.value)


def laughs() -> str:
    """Nine levels of ten references each: a billion values in a few lines."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join([*lines, "sources: [{name: *a9, tables: *a9}]"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (laughs(), "or one within another"),
        ("[&a x" + ", *a" * (MOST_ALIASES + 1) + "]", f"more than {MOST_ALIASES} references"),
        ("[" * 100_000, f"nested deeper than {DEEPEST}"),
        ("a: " + "{b: " * 200 + "1" + "}" * 200, f"nested deeper than {DEEPEST}"),
        ("x: " + "y" * 2_000_000, "larger than 1,048,576 bytes"),
        ("a: &a {x: 1}\nb: {<<: *a}", "merge keys"),
        ("when: 2026-13-45", "is no valid YAML"),
        ("a: !!python/object/apply:os.system [id]", "is no valid YAML"),
        ("a: \x00", "is no valid YAML"),
    ],
)
def test_yaml_beyond_its_bounds_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert said in declared(tmp_path, text)


def test_a_loop_of_references_is_told(tmp_path: Path) -> None:
    assert "or one within another" in declared(
        tmp_path, "sources: [&s {name: *s, tables: [{name: t, config: {meta: {ingestion: {}}}}]}]"
    )


@pytest.mark.parametrize(
    ("ingestion", "said"),
    [
        ("{path: p, format: jsonl, region_pattern: '((?:a+)+)$'}", "repeats a group"),
        ("{path: p, format: jsonl, region_pattern: '(?:a*){2,}(b)'}", "repeats a group"),
        ("{path: p, format: jsonl, files: '*a*a*a*a*'}", "more than 3 stars"),
        ("{path: p, format: jsonl, files: '[a'}", "not closed"),
        ("{path: p, format: jsonl, files: '{a'}", "not closed"),
        ("{path: ../x, format: jsonl}", "below the landing root"),
        ("{path: /etc, format: jsonl}", "below the landing root"),
        ("{path: a/../../x, format: jsonl}", "below the landing root"),
        (f"{{path: {'p' * 600}, format: jsonl}}", "longer than 500"),
    ],
)
def test_patterns_and_paths_beyond_their_bounds_are_told(
    tmp_path: Path, ingestion: str, said: str
) -> None:
    assert said in declared(tmp_path, TABLE.format(name="x", ingestion=ingestion))


@given(st.text(alphabet="`'\"; -./\\\n${}abc", min_size=1))
def test_a_name_that_is_not_plain_declares_no_table(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    if set(name) <= set("abc"):
        return
    tmp_path = tmp_path_factory.mktemp("m")
    text = TABLE.format(name=json.dumps(name), ingestion="{path: p, format: jsonl}")
    assert "plain table or schema name" in declared(tmp_path, text)


def test_the_project_reads_yaml_by_the_safe_loader_alone() -> None:
    code = [
        p for top in ("ingestion", "operations", "warehouse") for p in (PROJECT / top).rglob("*.py")
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in code)
    assert "yaml.load(" not in text
    assert "UnsafeLoader" not in text
    assert "FullLoader" not in text


def test_own_sources_are_within_the_bounds() -> None:
    for path in sorted((PROJECT / "models" / "bronze").rglob("_*__sources.yml")):
        text = path.read_text(encoding="utf-8")
        assert read_yaml(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "content",
    [
        b'{"Records":[' + b"[" * 200_000 + b"]" * 200_000 + b"]}",
        b'{"Records":[' + b'{"a":' * 100_000,
        b'{"Records":[{"n":' + b"9" * 1_000_000 + b"}]}",
        b'{"Records":[{"n":1e999999999,"n":2,"s":"\\u0000\\ud800"}]}',
        b'{"Records":[{"t":"' + b"x" * 5_000_000 + b'"}]}',
        b"\x00" * 1000,
        b'"' * 100_001,
    ],
)
def test_no_document_stops_the_cutter(content: bytes) -> None:
    records = list(cut_json_array(content, "Records"))
    assert len(records) == 1
    assert records[0].raw in content


@pytest.mark.parametrize("content", [b"a," * 500_000 + b"\n1", b"a\n" + b"," * 5_000_000])
def test_a_table_of_endless_columns_is_kept_whole(content: bytes) -> None:
    assert [record.is_rescued for record in cut_csv(content)] == [True]


def test_many_columns_of_one_name_are_told_apart_in_no_time() -> None:
    (record,) = cut_csv(b"a," * 9_000 + b"b\n" + b"1," * 9_000 + b"2")
    assert json.loads(record.raw)["a_9000"] == "1"


@given(st.binary(max_size=400))
def test_no_bytes_stop_a_cutter(content: bytes) -> None:
    for record in (*cut_json_array(content, "Records"), *cut_csv(content)):
        assert isinstance(record.raw, bytes)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_a_ledger_of_another_form_is_told(
    tmp_path_factory: pytest.TempPathFactory, document: object
) -> None:
    folder = tmp_path_factory.mktemp("c")
    (folder / "overwrites.json").write_text(json.dumps(document))
    if document == {}:
        assert Ledger.read(folder).files == {}
        return
    with pytest.raises(CheckpointUnreadable):
        Ledger.read(folder)


def test_a_ledger_that_nests_without_end_is_told(tmp_path: Path) -> None:
    (tmp_path / "overwrites.json").write_text("[" * 200_000)
    with pytest.raises(CheckpointUnreadable):
        Ledger.read(tmp_path)
