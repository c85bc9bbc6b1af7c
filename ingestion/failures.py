"""Turns what Spark throws into a sentence for a person."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingestion.errors import (
    CheckpointBusy,
    FileNotWhole,
    IngestionError,
    KafkaRefused,
    SourceFailed,
)
from ingestion.sources import Source

_UNREADABLE = re.compile(r"\[FAILED_READ_FILE[^]]*] Encountered error while reading file (\S+)\. ")
_CONCURRENT = re.compile(
    r"CONCURRENT_STREAM_LOG_UPDATE|Multiple streaming queries are concurrently"
)
_GONE = re.compile(r"OffsetOutOfRange|KAFKA_DATA_LOSS|data may have been lost")
_PYTHON_WORKER = re.compile(
    r"^([A-Za-z_.]+(?:Error|Exception): [^\n]*)\n SQLSTATE: 38000", re.MULTILINE
)
_FIRST_ERROR = re.compile(r"(?:^|: )(\[[A-Z_.0-9]+] [^\n]+)", re.MULTILINE)


def as_ingestion_error(source: Source, error: Exception) -> IngestionError:
    """The error itself if it is for people already, else what it means for this source."""
    if isinstance(error, IngestionError):
        return error
    text = str(error)
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        return _not_whole(unreadable.group(1), text)
    if source.topic and _GONE.search(text):
        return KafkaRefused(
            f"Messages of topic {source.topic} are gone before they were read: the broker keeps"
            " them for a shorter time than ingestion stood still. To go on with what is there,"
            f" delete the checkpoint of {source.name}; the log names the offsets that are lost."
        )
    if _CONCURRENT.search(text):
        return CheckpointBusy(
            f"Another process ingests {source.name} with the same checkpoint; "
            "wait until it has ended, or stop it."
        )
    return SourceFailed(f"{source.name} failed: {_cause(text) or type(error).__name__}")


def _cause(text: str) -> str:
    """The innermost error: those around it only say that a stream or a function failed."""
    worker = _PYTHON_WORKER.findall(text)
    if worker:
        return str(worker[-1]).strip()
    known = _FIRST_ERROR.findall(text)
    first = known[-1] if known else next((line for line in text.splitlines() if line.strip()), "")
    return str(first).strip()


def _not_whole(uri: str, text: str) -> FileNotWhole:
    path = unquote(urlsplit(uri).path)
    cut_off = Path(path).suffix == ".gz" and "EOFException" in text
    what = "is cut off (its gzip data ends early)" if cut_off else "cannot be read to its end"
    return FileNotWhole(
        f"{path} {what}; nothing of its batch was kept. Deliver it again under the same name "
        "(or move it away) and run again: everything of the batch is then taken once."
    )
