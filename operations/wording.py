"""Words for people, harmless whatever the data hold."""

import unicodedata

_LONGEST = 200
_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def one_line(text: str) -> str:
    """The text on one line: without control and formatting characters, and not too long."""
    shown = "".join(" " if unicodedata.category(sign) in _NOT_SHOWN else sign for sign in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def counted(count: int, noun: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
