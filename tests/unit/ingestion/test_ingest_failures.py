"""Sentences out of what Spark throws."""

import pytest

from ingestion.errors import CheckpointBusy, FileNotWhole, NotSettled, SourceFailed
from ingestion.failures import as_ingestion_error
from ingestion.sources import Source

SOURCE = Source(name="usage", schema="b", table_name="usage", path="u", format="jsonl")
READ = (
    "[STREAM_FAILED] Query terminated with exception: x SQLSTATE: XXKST\n"
    "Caused by: org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error "
    "while reading file file:///l/a%20b.json.gz.  SQLSTATE: KD001\n"
)


def test_a_cut_off_gzip_is_named_with_the_remedy() -> None:
    error = as_ingestion_error(SOURCE, Exception(READ + "Caused by: java.io.EOFException: end"))
    assert isinstance(error, FileNotWhole)
    assert str(error).startswith("/l/a b.json.gz is cut off")
    assert "nothing of its batch was kept" in str(error)


def test_another_reading_error_is_named_too() -> None:
    error = as_ingestion_error(SOURCE, Exception(READ + "Caused by: java.io.IOException: disk"))
    assert "/l/a b.json.gz cannot be read to its end" in str(error)


def test_sparks_own_conflict_becomes_a_sentence() -> None:
    text = "[CONCURRENT_STREAM_LOG_UPDATE] Concurrent update to the log."
    assert isinstance(as_ingestion_error(SOURCE, Exception(text)), CheckpointBusy)


def test_an_error_for_people_stays_itself() -> None:
    error = NotSettled("x")
    assert as_ingestion_error(SOURCE, error) is error


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[OUTER] a\nCaused by: x: [INNER.CAUSE] no space left", "[INNER.CAUSE] no space left"),
        ("first line\nsecond", "first line"),
        ("", "Exception"),
        (
            "[PYTHON_EXCEPTION] Traceback:\n  File x\nImportError: No module 'm'\n SQLSTATE: 38000",
            "ImportError: No module 'm'",
        ),
    ],
)
def test_anything_else_becomes_its_innermost_sentence(text: str, sentence: str) -> None:
    error = as_ingestion_error(SOURCE, Exception(text))
    assert isinstance(error, SourceFailed)
    assert str(error) == f"usage failed: {sentence}"
