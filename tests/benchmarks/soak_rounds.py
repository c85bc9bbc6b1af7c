"""What runs beside the feed: rounds of dbt one after the other, and a look at memory."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

import psutil

from operations.dbt import PROJECT, DbtFailed, dbt_command, run_dbt
from tests.benchmarks.soak_plan import Sample

_LOOK_SECONDS = 2.0
_END_SECONDS = 20.0


@dataclass(eq=False)
class Rounds(threading.Thread):
    """One dbt command again and again, `every` so many seconds or without a pause, until `stop`.

    `seconds` are those of each round that went well, `failures` what dbt said of the others.
    """

    warehouse: Mapping[str, str]
    home: Path
    _: KW_ONLY
    title: str
    arguments: Sequence[str]
    every: float = 0.0
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    _process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        threading.Thread.__init__(self, name=self.title, daemon=True)

    def run(self) -> None:
        """Goes round; a start that finds the last at work is left out."""
        began = time.monotonic()
        while not self.stop.is_set():
            self.once()
            if self.every:
                elapsed = time.monotonic() - began
                self.stop.wait(self.every - elapsed % self.every)

    def once(self) -> None:
        """One round."""
        started = time.monotonic()
        try:
            run_dbt(
                self.arguments,
                warehouse=self.warehouse,
                target=self.home / f"target-{self.title}",
                log=self.home / "logs" / f"soak-{self.title}" / "dbt.log",
                execute=self._execute,
            )
            self.seconds.append(time.monotonic() - started)
        except DbtFailed as failed:
            if not self.stop.is_set():
                self.failures.append(str(failed))

    def _execute(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        if self.stop.is_set():
            return 1
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                dbt_command(arguments),
                cwd=PROJECT,
                env=dict(environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self._process.wait()

    def end(self) -> None:
        """Stops at once, with the round that is at work."""
        self.stop.set()
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process is not None and self._process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
            if self.is_alive():
                self.join(_END_SECONDS)


class Memory(threading.Thread):
    """Resident bytes of processes with all their children, looked at now and then."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        super().__init__(name="memory", daemon=True)
        self.processes = processes
        self.samples: list[Sample] = []
        self.stop = threading.Event()

    def run(self) -> None:
        """Looks until it is stopped."""
        began = time.monotonic()
        while not self.stop.wait(_LOOK_SECONDS):
            at = time.monotonic() - began
            for name, pid in self.processes.items():
                self.samples.append(Sample(at=at, name=name, resident=resident(pid)))


def resident(pid: int) -> int:
    """Bytes in memory of a process and its children; 0 where it is gone."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += int(one.memory_info().rss)
    return total
