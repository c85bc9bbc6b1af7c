"""dbt kept warm: one process that loads it once and runs every command of a test session.

A command that starts dbt anew spends seconds on imports before its first statement, and there are
dozens. What runs is the same: dbt's own entry for programs, the same arguments and environment, the
project read from its files each time.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path

from operations.dbt import PROJECT

_SECONDS_TO_END = 10.0


class DbtWorker:
    """The process; it starts with the first command."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, inner = context.Pipe()
        self._process = context.Process(target=_serve, args=(inner,), daemon=True)

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        """Runs dbt and gives the exit code that its command line would give."""
        if self._process.pid is None:
            self._process.start()
        self._pipe.send((list(arguments), dict(environment), log))
        return int(self._pipe.recv())

    def stop(self) -> None:
        """Ends the process."""
        if self._process.pid is not None:
            self._pipe.send(None)
            self._process.join(_SECONDS_TO_END)
            self._process.kill()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _serve(pipe: Connection) -> None:
    # A command under way would go on asking a server that is gone.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from dbt.cli.main import dbtRunner

    while (command := pipe.recv()) is not None:
        arguments, environment, log = command
        os.chdir(PROJECT)
        os.environ.clear()
        os.environ.update(environment)
        with log.open("w") as output, redirect_stdout(output), redirect_stderr(output):
            ended = dbtRunner().invoke(arguments)
            if ended.exception is not None:
                print(ended.exception, file=sys.stderr)
        pipe.send(0 if ended.success else 1 if ended.exception is None else 2)
