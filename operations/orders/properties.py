"""Client configuration from a `.properties` file as Kafka's own tools read it."""

import re
from pathlib import Path

from operations.orders.errors import KafkaConfigError

_SEPARATOR = re.compile(r"(?<!\\)(?:\\\\)*(\s*[=:]\s*|\s+)")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SPECIAL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


def read_properties(path: Path) -> dict[str, str]:
    """Keys and values of the file.

    Raises:
        KafkaConfigError: if it is not there, cannot be read or is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise KafkaConfigError(
            f"{path} is not there. Write one with at least bootstrap.servers=<host>:<port>, or "
            "name another with --kafka-config."
        ) from error
    except UnicodeDecodeError as error:
        raise KafkaConfigError(f"{path} is no UTF-8 text; save it as that.") from error
    except OSError as error:
        raise KafkaConfigError(
            f"{path} could not be read: {error.strerror or error}. Check its rights."
        ) from error
    try:
        return parse_properties(text)
    except KafkaConfigError as error:
        raise KafkaConfigError(f"{path}, {error}") from error


def parse_properties(text: str) -> dict[str, str]:
    """Keys and values of a text in the format of java.util.Properties; the last one wins.

    Raises:
        KafkaConfigError: if a line has no key or no value. The message quotes keys only, for a
            value may be a secret.
    """
    found: dict[str, str] = {}
    for number, line in _logical_lines(text):
        separator = _SEPARATOR.search(line)
        key = _unescaped(line[: separator.start(1)] if separator else line)
        value = _unescaped(line[separator.end(1) :]) if separator else ""
        if not separator or not key:
            raise KafkaConfigError(f"line {number}: not of the form key=value.")
        if not value:
            raise KafkaConfigError(f"line {number}: {key} has no value.")
        found[key] = value.rstrip() if key == "bootstrap.servers" else value
    return found


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers, continued ones joined, without comments and empty ones."""
    lines: list[tuple[int, str]] = []
    held, begun = "", 0
    for number, physical in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = physical.lstrip()
        if not held:
            begun = number
            if not line or line[0] in "#!":
                continue
        held += line
        if (len(held) - len(held.rstrip("\\"))) % 2:
            held = held[:-1]
            continue
        lines.append((begun, held))
        held = ""
    return [*lines, (begun, held)] if held else lines


def _unescaped(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _SPECIAL.get(code, code)

    return _ESCAPE.sub(plain, text)
