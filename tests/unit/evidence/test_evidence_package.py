"""Evidence: days are checked, a folder is written once, and a changed file shows."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operations.evidence.collect import Table, is_record, revisions
from operations.evidence.package import Document, open_folder, write_package
from operations.evidence.period import Days, EvidenceRefused
from warehouse.provenance import Provenance

WHO = Provenance(
    component="evidence", run_id="r1", actor="somebody", code_version="1", git_revision="abc"
)
JANUARY = Days.parse("2026-01-01", "2026-01-31")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("January", "2026-01-31", "--from 'January' is no day"),
        ("2026-01-01", "2026-02-30", "--to '2026-02-30' is no day"),
        ("2026-02-01", "2026-01-31", "--from 2026-02-01 is later than --to 2026-01-31"),
    ],
)
def test_days_that_make_no_sense_are_refused(first: str, last: str, said: str) -> None:
    with pytest.raises(EvidenceRefused, match=said):
        Days.parse(first, last)


def test_the_last_day_is_included() -> None:
    assert JANUARY.holds(datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    assert not JANUARY.holds(datetime(2026, 2, 1, tzinfo=UTC))
    assert not JANUARY.holds(datetime(2025, 12, 31, 23, 59, tzinfo=UTC))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    open_folder(tmp_path / "new" / "folder")
    (tmp_path / "index.json").write_text("kept")
    with pytest.raises(EvidenceRefused, match="is not empty"):
        open_folder(tmp_path)
    with pytest.raises(EvidenceRefused, match="cannot be used"):
        open_folder(tmp_path / "index.json")
    assert (tmp_path / "index.json").read_text() == "kept"


def test_the_index_names_rows_and_digest_of_each_file(tmp_path: Path) -> None:
    documents = [
        Document.of_lines("a.jsonl", ['{"x":"ü"}', '{"x":2}'], "rows of a"),
        Document.of_lines("empty.jsonl", [], "nothing happened"),
    ]
    digest = write_package(tmp_path, documents, JANUARY, WHO, "2026-02-01T00:00:00+00:00")
    content = (tmp_path / "index.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    index = json.loads(content)
    assert (index["from"], index["to"]) == ("2026-01-01", "2026-01-31")
    assert index["made_by"]["actor"] == "somebody"
    for listed, rows in zip(index["files"], (2, 0), strict=True):
        written = (tmp_path / listed["name"]).read_bytes()
        assert listed["rows"] == rows == written.count(b"\n")
        assert listed["bytes"] == len(written)
        assert listed["sha256"] == hashlib.sha256(written).hexdigest()
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "empty.jsonl", "index.json"}


def test_records_are_every_table_of_their_schemas_but_the_bill_itself() -> None:
    names = {
        "operations.platform_logs": True,
        "operations.whatever_comes": True,
        "ledger.period_seals": True,
        "ledger.sealed_usage": False,
        "ledger.sealed_revenue": False,
        "silver.quarantine_decisions": True,
        "silver.quarantine": False,
        "gold_billing.fct_usage_daily": False,
    }
    for name, expected in names.items():
        schema, table = name.split(".")
        assert is_record(Table(schema=schema, name=table)) is expected, name


def test_revisions_are_those_of_rows_and_of_commits() -> None:
    lines = [
        '{"git_revision":"abc"}',
        '{"git_revision":null}',
        '{"userMetadata":"{\\"git_revision\\": \\"abc\\"}"}',
        '{"userMetadata":"{\\"git_revision\\": \\"def\\"}"}',
        '{"userMetadata":"what somebody wrote"}',
        '{"userMetadata":"[1]"}',
        '{"userMetadata":null}',
    ]
    assert revisions(lines) == {"abc": 2, "def": 1}
