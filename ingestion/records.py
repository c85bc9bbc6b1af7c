"""What a cut record is, and the byte-preserving text that the cutters work on."""

from typing import NamedTuple


class Record(NamedTuple):
    """A record's bytes; ``is_rescued`` where a file could not be cut and stands here whole."""

    raw: bytes
    is_rescued: bool


def decoded(content: bytes) -> str:
    """The text without its byte-order mark; bytes that are no UTF-8 survive until ``encoded``."""
    return content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def encoded(text: str) -> bytes:
    """The bytes of a text from ``decoded``, those that are no UTF-8 included."""
    return text.encode("utf-8", "surrogateescape")
