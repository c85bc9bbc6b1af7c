"""Runs played into memory, for tests to look at."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from operations.orders.encoding import Message
from operations.orders.run import Done, run
from operations.orders.settings import FRAUDS, PRESETS, Options

START = datetime(2026, 1, 9, 10, tzinfo=UTC)


@dataclass
class Kept:
    """A sink that keeps everything; time passes at once."""

    name: str = "memory"
    messages: list[Message] = field(default_factory=list)

    def put(self, message: Message) -> None:
        self.messages.append(message)

    def idle(self, seconds: float) -> None: ...

    def finish(self) -> int:
        return len(self.messages)

    def abandon(self) -> None:
        self.messages.clear()


@dataclass
class Played:
    options: Options
    done: Done
    messages: list[Message]

    @property
    def values(self) -> list[bytes | None]:
        return [message.value for message in self.messages]

    @property
    def expected(self) -> dict[str, Any]:
        return self.done.tally.expected({}, self.done.complete)


def options(preset: str = "hostile", **changes: Any) -> Options:
    given = {"start": START, "count": 6000, "defects": PRESETS[preset], "frauds": FRAUDS[preset]}
    return Options(**(given | changes))


def play(chosen: Options) -> Played:
    sink = Kept()
    done = run(chosen, sink)
    return Played(chosen, done, sink.messages)
