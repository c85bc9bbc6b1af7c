"""The command serves this machine only, and hands the key on where nobody sees it."""

import subprocess
from collections.abc import Mapping, Sequence

import pytest

from operations.console import cli


class Child:
    """A process that is interrupted while it is waited for."""

    def __init__(self, interrupted: bool) -> None:
        self.interrupted = interrupted
        self.terminated = False

    def wait(self, timeout: float | None = None) -> int:
        if self.interrupted and not self.terminated:
            raise KeyboardInterrupt
        return 3

    def terminate(self) -> None:
        self.terminated = True


@pytest.mark.parametrize(("interrupted", "code"), [(False, 3), (True, 0)])
def test_pages_are_served_until_they_are_interrupted(
    monkeypatch: pytest.MonkeyPatch, interrupted: bool, code: int
) -> None:
    child = Child(interrupted)
    started: list[tuple[Sequence[str], Mapping[str, str]]] = []

    def popen(command: Sequence[str], env: Mapping[str, str]) -> Child:
        started.append((command, env))
        return child

    monkeypatch.setattr(subprocess, "Popen", popen)
    assert cli.serve(8600, "a-secret") == code
    command, environment = started[0]
    assert "--server.address=127.0.0.1" in command
    assert "--server.port=8600" in command
    assert "--browser.gatherUsageStats=false" in command
    assert "--client.showErrorDetails=none" in command
    assert "a-secret" not in " ".join(command)
    assert environment[cli.KEY] == "a-secret"
    assert child.terminated == interrupted
