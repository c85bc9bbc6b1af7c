"""dbt kept warm: one process that loads it once and runs every command of a test session.

A command that starts dbt anew spends seconds on imports before its first statement, and there are
dozens. What runs is the same: dbt's own entry for programs, the same arguments and environment, the
project read from its files each time.
"""

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection

from operations.dbt import PROJECT


def serve_dbt(pipe: Connection) -> None:
    """Runs dbt with arguments, environment and log; gives the exit code of its command line."""
    from dbt.cli.main import dbtRunner

    while True:
        arguments, environment, log = pipe.recv()
        os.chdir(PROJECT)
        os.environ.clear()
        os.environ.update(environment)
        with log.open("w") as output, redirect_stdout(output), redirect_stderr(output):
            ended = dbtRunner().invoke(list(arguments))
            if ended.exception is not None:
                print(ended.exception, file=sys.stderr)
        pipe.send(0 if ended.success else 1 if ended.exception is None else 2)
