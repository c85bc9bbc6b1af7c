"""The only writer: lines into a compressed file for each day, put into the landing in one step."""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from operations.simulator.delivery import read_bytes, write_atomically

FOLDER = Path("commerce") / "web_events" / "region=global"


def land(root: Path, run: str, days: Mapping[date, Iterable[str]]) -> int:
    """Writes the files of a run below the landing root; returns how many were new or changed.

    A file that is there already with the same content is left alone: it is not delivered again.

    Raises:
        LandingWriteError: if a file cannot be written, or one that is there not be read.
    """
    written = 0
    for day, lines in sorted(days.items()):
        text = "".join(f"{line}\n" for line in lines)
        content = gzip.compress(text.encode(), compresslevel=6, mtime=0)
        target = root / FOLDER / f"date={day}" / f"web_events-{run}-{day}.json.gz"
        if not (target.is_file() and read_bytes(target) == content):
            write_atomically(target, content)
            written += 1
    return written


def run_name(options: object, order_ids: Iterable[str]) -> str:
    """Twelve hex digits that stand for options and orders; part of the names of the files."""
    text = "\n".join((repr(options), *order_ids))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
