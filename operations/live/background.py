"""Commands of the project that run beside this one, each into a log of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from operations.live.errors import ServiceFailed
from warehouse.settings import make_private

_END_SECONDS = 60.0


class Background:
    """A `lakeledger …` that runs on; it is ended with the one that started it."""

    def __init__(self, arguments: Sequence[str], home: Path) -> None:
        self.name = arguments[0]
        self.log = home / "logs" / f"live-{self.name}.log"
        make_private(self.log.parent)
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "operations", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "LAKELEDGER_HOME": str(home)},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it still does.

        Raises:
            ServiceFailed: if it ended with an error.
        """
        code = self._process.poll()
        if code:
            raise ServiceFailed(f"`lakeledger {self.name}` ended with {code}: see {self.log}.")
        return code is None

    def kill(self) -> None:
        """Ends it at once, as when the machine fails."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Asks it to end, and makes it if it does not."""
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)
        self.kill()


@contextmanager
def background(arguments: Sequence[str], home: Path) -> Iterator[Background]:
    """Runs beside what is inside, and ends with it."""
    one = Background(arguments, home)
    try:
        yield one
    finally:
        one.end()
