"""Where messages go: a protocol that the broker and a file keep."""

import json
import time
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from operations.orders.dimensions import timestamp
from operations.orders.encoding import Message
from operations.orders.errors import OutputError


class Sink(Protocol):
    """Takes messages in order. `finish` is called once, when all have been put."""

    name: str

    def put(self, message: Message) -> None:
        """Takes one message; it may be on its way still when this returns.

        Raises:
            OrdersError: if it, or an earlier one, cannot be delivered.
        """

    def idle(self, seconds: float) -> None:
        """Lets time pass, up to so many seconds, doing what is due meanwhile."""

    def finish(self) -> int:
        """Waits until all is delivered. Returns the number of messages that certainly arrived.

        Raises:
            OrdersError: if one did not.
        """

    def abandon(self) -> None:
        """Lets go of what is held, after an error; nothing is waited for."""


class JsonLinesFile:
    """A file with one JSON object per message, which appears whole when the run is done.

    Keys and values are text; what is no UTF-8 stands in `value_base64` instead of `value`.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path, self._count = path, 0
        self._temporary = path.with_name(f".{path.name}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._temporary.open("w", encoding="utf-8")
        except OSError as error:
            raise self._refused(error) from error

    def put(self, message: Message) -> None:
        """Writes one line."""
        try:
            self._file.write(json.dumps(as_record(message), ensure_ascii=False) + "\n")
        except OSError as error:
            raise self._refused(error) from error
        self._count += 1

    def idle(self, seconds: float) -> None:
        """Sleeps."""
        time.sleep(seconds)

    def finish(self) -> int:
        """Gives the file its name."""
        try:
            self._file.close()
            self._temporary.replace(self._path)
        except OSError as error:
            raise self._refused(error) from error
        return self._count

    def abandon(self) -> None:
        """Removes what was written."""
        with suppress(OSError):  # the error that led here is the one to be told
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _refused(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._path} could not be written: {error.strerror or error}. Check the folder's "
            "rights and the free space."
        )


def as_record(message: Message) -> dict[str, Any]:
    """A message as JSON takes it."""
    return {
        "sent_at": timestamp(message.moment),
        "key": None if message.key is None else message.key.decode(),
        **_value(message.value),
        "headers": {name: content.decode() for name, content in message.headers},
    }


def _value(value: bytes | None) -> dict[str, str | None]:
    if value is None:
        return {"value": None}
    try:
        return {"value": value.decode()}
    except UnicodeDecodeError:
        return {"value_base64": b64encode(value).decode()}
