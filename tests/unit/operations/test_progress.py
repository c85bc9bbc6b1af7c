"""How far dbt is, as its log says."""

import io
import time
from pathlib import Path

from rich.console import Console

from operations.progress import nodes_done, shown_progress

LOG = b"""20:55:00  Concurrency: 4 threads (target='local')
20:55:01  1 of 116 START sql view model silver.a ....... [RUN]
20:55:02  1 of 116 OK created sql view model silver.a .. [OK in 0.41s]
20:55:02  2 of 116 START test unique_a ................. [RUN]
20:55:03  2 of 116 PASS unique_a ....................... [PASS in 0.30s]
20:55:03  3 of 116 START sql view model silver.b ....... [RUN]
"""


def test_nodes_that_ended_count() -> None:
    assert nodes_done(LOG) == (2, 116)
    assert nodes_done(LOG[:120]) is None


def test_a_terminal_shows_it(tmp_path: Path) -> None:
    log, output = tmp_path / "dbt.log", io.StringIO()
    console = Console(file=output, force_terminal=True, width=80)
    with shown_progress(console, "dbt build", log):
        log.write_bytes(LOG)
        deadline = time.monotonic() + 10
        while "2 of 116" not in output.getvalue() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert "dbt build … 2 of 116" in output.getvalue()


def test_what_is_no_terminal_shows_nothing(tmp_path: Path) -> None:
    output = io.StringIO()
    with shown_progress(Console(file=output), "dbt build", tmp_path / "dbt.log"):
        pass
    assert output.getvalue() == ""
