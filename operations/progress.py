"""How far dbt is, read off its log while it runs, for somebody who waits at a terminal."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

_POLL_SECONDS = 0.5
_TAIL_BYTES = 20_000
_NODE = re.compile(rb"^\S+\s+(\d+) of (\d+) (?!START\b)", re.MULTILINE)


def nodes_done(log: bytes) -> tuple[int, int] | None:
    """(number of the newest node that ended, nodes in all); None before the first has."""
    found = _NODE.findall(log)
    return (int(found[-1][0]), int(found[-1][1])) if found else None


@contextmanager
def shown_progress(console: Console, title: str, log: Path) -> Iterator[None]:
    """Shows how far the dbt is that writes this log; on what is no terminal, nothing."""
    if not console.is_terminal:
        yield
        return
    ended = threading.Event()
    log.unlink(missing_ok=True)
    with console.status(f"{title} …") as status:

        def follow() -> None:
            while not ended.wait(_POLL_SECONDS):
                if (found := nodes_done(_tail(log))) is not None:
                    status.update(f"{title} … {found[0]} of {found[1]}")

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()


def _tail(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            return file.read()
    except OSError:
        return b""
