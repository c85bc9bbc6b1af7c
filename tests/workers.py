"""Processes that stay warm from one piece of work to the next, and can be killed in the middle.

Each leads a process group, so that what it has started dies with it.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any


class Died(Exception):
    """The process ended in the middle of its work."""


class Worker:
    """One process that does one kind of work, again and again; after a kill a new one does.

    ``serve`` is called in it with a pipe, and ``arguments``: it takes work from there, a tuple,
    and puts the result of each back.
    """

    def __init__(self, serve: Callable[..., None], *arguments: Any) -> None:
        self._serve, self._arguments = serve, arguments
        self._process: Any = None
        self._pipe: Any = None

    def __call__(self, *work: Any) -> Any:
        """Does the work and gives its result.

        Raises:
            Died: if the process did not live to the end of it.
        """
        self.warm()
        try:
            self._pipe.send(work)
            return self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            self._process = None
            raise Died from None

    @property
    def pid(self) -> int | None:
        """The process that does the work; None while there is none."""
        return None if self._process is None else self._process.pid

    def warm(self) -> None:
        """Starts the process unless it runs."""
        if self._process is not None:
            return
        context = multiprocessing.get_context("spawn")
        self._pipe, inner = context.Pipe()
        self._process = context.Process(
            target=_lead, args=(self._serve, inner, self._arguments), daemon=True
        )
        self._process.start()
        inner.close()

    def kill(self, *, group: bool = True) -> None:
        """Kills the process, and what it started unless told otherwise."""
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ends the process."""
        self.kill()
        if self._process is not None:
            self._process.join()
            self._process = None


def _lead(serve: Callable[..., None], pipe: Connection, arguments: tuple[Any, ...]) -> None:
    os.setsid()
    # Work under way would go on when nobody waits for it any more.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError):
        serve(pipe, *arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)
