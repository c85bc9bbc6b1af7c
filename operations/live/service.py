"""What a service of the live system is: how it is made ready, started, and known to be healthy."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from operations.live.errors import ServiceFailed
from warehouse.settings import make_private, without_secrets

_LOOK_SECONDS = 0.1
_STOP_SECONDS = 20.0
_CAUSE = re.compile(r"(?:Exception|[Ee]rror): .")
# What this process has started: it outlives it, and when it ends it is to be reaped.
_started: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service lives: its folder, and its ports by the name of what listens there.

    The ports are the same at every start, so that clients find it again.
    """

    folder: Path
    ports: Mapping[str, int]

    def address(self, port: str) -> str:
        """host:port of what listens there."""
        return f"127.0.0.1:{self.ports[port]}"


# Where the service of a name is or will be; None for one that is not there or not installed.
PlaceOf = Callable[[str], Place | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program that runs beside others.

    ``needs`` names services that have to be healthy before. ``missing`` says what is not installed,
    if something is; an ``optional`` one is then left out. ``command`` writes the configuration into
    the folder and gives the command line; ``is_healthy`` asks the service itself.
    """

    name: str
    ports: Sequence[str]
    command: Callable[[Place], Sequence[str]]
    is_healthy: Callable[[Place], bool]
    missing: Callable[[], str | None] = lambda: None
    optional: bool = False
    needs: Sequence[str] = ()
    start_seconds: float = 180.0


class Running:
    """A service over a home: started and stopped there, by whichever process."""

    def __init__(self, service: Service, home: Path) -> None:
        self.service = service
        self._folder = home / "live" / service.name
        self._facts = self._folder / "service.json"
        self.log = home / "logs" / f"{service.name}.log"

    @property
    def place(self) -> Place:
        """Folder and ports; the ports are chosen when they are first asked for."""
        make_private(self._folder)
        ports = self._known().get("ports", {})
        if set(ports) != set(self.service.ports):
            ports = dict(zip(self.service.ports, free_ports(len(self.service.ports)), strict=True))
            self._keep({"ports": ports})
        return Place(self._folder, ports)

    @property
    def process(self) -> psutil.Process | None:
        """The process, while it lives."""
        known = self._known()
        with suppress(psutil.Error, KeyError):
            found = psutil.Process(known["pid"])
            is_it = abs(found.create_time() - known["created"]) < 1
            if is_it and found.status() != psutil.STATUS_ZOMBIE:
                return found
        return None

    def is_healthy(self) -> bool:
        """Whether it runs and answers."""
        return self.process is not None and self.service.is_healthy(self.place)

    def start(self) -> bool:
        """Starts it and waits until it is healthy; False if it ran already.

        Raises:
            ServiceFailed: with what is missing, or with its last words.
        """
        missing = self.service.missing()
        if missing:
            raise ServiceFailed(missing)
        child = None
        deadline = time.monotonic() + self.service.start_seconds
        while time.monotonic() < deadline:
            # One that runs at first may be about to end.
            if child is None and self.process is None:
                child = self._spawn()
            if self.service.is_healthy(self.place):
                return child is not None
            if child is not None and child.poll() is not None:
                raise ServiceFailed(f"{self.service.name} ended at its start: {self._last_words()}")
            time.sleep(_LOOK_SECONDS)
        self.stop()
        raise ServiceFailed(
            f"{self.service.name} was not healthy within {self.service.start_seconds:.0f} seconds"
            f" and was stopped; see {self.log}."
        )

    def stop(self) -> bool:
        """Ends it and what it has started; False if it did not run."""
        process = self.process
        if process is None:
            return False
        family = [process, *process.children(recursive=True)]
        process.terminate()
        alive = _still_alive([process], _STOP_SECONDS)
        for member in family if alive else family[1:]:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        _still_alive(family, 5)
        _reap()
        return True

    def kill(self) -> None:
        """Ends it at once, as when the machine fails."""
        process = self.process
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            _reap()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        make_private(self.log.parent)
        command = self.service.command(self.place)
        with self.log.open("ab") as output:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env=without_secrets(os.environ),
                start_new_session=True,
            )
        created = psutil.Process(child.pid).create_time()
        self._keep({"pid": child.pid, "created": created, "ports": dict(self.place.ports)})
        _started.append(child)
        return child

    def _last_words(self) -> str:
        said = self.log.read_text(errors="replace").splitlines()[-50:]
        causes = [line for line in said if _CAUSE.search(line)]
        return (causes or said or ["it said nothing"])[-1].strip()[:300] + f" (see {self.log})"

    def _known(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._facts.read_text()))
        except (OSError, ValueError):
            return {}

    def _keep(self, facts: Mapping[str, object]) -> None:
        fresh = self._facts.with_suffix(".tmp")
        fresh.write_text(json.dumps(facts))
        fresh.replace(self._facts)


def _still_alive(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Waits for their end; those that have not ended then.

    One that nobody has reaped has ended: in a container the first process may be slow at that.
    """
    deadline = time.monotonic() + seconds
    alive = list(processes)
    while alive:
        alive = [one for one in alive if not _has_ended(one)]
        if time.monotonic() > deadline:
            break
        time.sleep(_LOOK_SECONDS / 5)
    return alive


def _has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _reap() -> None:
    for child in list(_started):
        if child.poll() is not None:
            _started.remove(child)


def free_ports(count: int) -> list[int]:
    """Ports on the loopback interface that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
