"""What a piece of work took: time, CPU, bytes and memory of the processes that did it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Seconds by the clock and of CPU, bytes read and written by system calls, peak memory.

    Bytes count what comes from the page cache, too, and what goes through pipes and sockets.
    """

    seconds: float
    cpu: float
    read: int
    written: int
    peak: int


@dataclass(slots=True)
class Measure:
    """Filled when its work has ended."""

    usage: Usage | None = None

    @property
    def taken(self) -> Usage:
        """What was measured.

        Raises:
            ValueError: while the work goes on.
        """
        if self.usage is None:
            raise ValueError("the work has not ended")
        return self.usage


def family(pid: int) -> tuple[int, ...]:
    """A process and all that descend from it."""
    known = [pid]
    for one in known:
        with suppress(*_GONE):
            for task in Path(f"/proc/{one}/task").iterdir():
                known += map(int, (task / "children").read_text().split())
    return tuple(known)


@contextmanager
def measured(*pids: int) -> Iterator[Measure]:
    """Measures processes that are there from beginning to end, and what they start and wait for.

    What a process has started and not waited for is not counted: name it.
    """
    for pid in pids:
        # Peak memory counts from here.
        with suppress(*_GONE):
            Path(f"/proc/{pid}/clear_refs").write_text("5")
    measure, cpu, traffic = Measure(), _cpu(pids), _traffic(pids)
    started = time.perf_counter()
    try:
        yield measure
    finally:
        seconds = time.perf_counter() - started
        read, written = (
            after - before for before, after in zip(traffic, _traffic(pids), strict=True)
        )
        measure.usage = Usage(
            seconds=seconds,
            cpu=_cpu(pids) - cpu,
            read=read,
            written=written,
            peak=sum(map(_peak, pids)),
        )


def _cpu(pids: tuple[int, ...]) -> float:
    """Seconds in user and system mode, with those of children that have ended."""
    total = 0
    for pid in pids:
        with suppress(*_GONE):
            # The name of a program may hold spaces: fields count from behind it.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / _TICKS


def _traffic(pids: tuple[int, ...]) -> tuple[int, int]:
    read = written = 0
    for pid in pids:
        with suppress(*_GONE):
            lines = Path(f"/proc/{pid}/io").read_text().splitlines()
            numbers = {
                name: int(number) for name, _, number in (line.partition(":") for line in lines)
            }
            read, written = read + numbers["rchar"], written + numbers["wchar"]
    return read, written


def _peak(pid: int) -> int:
    with suppress(*_GONE):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
