"""Cuts SQL text into tokens, so that names can be told from strings and comments."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["space", "comment", "string", "quoted", "word", "other"]

_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--[^\n]*)
  | (?P<opening>/\*)
  | (?P<string>[rR]'[^']*'|[rR]"[^"]*"|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<quoted>`(?:[^`]|``)*`)
  | (?P<word>\w+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BRACKET = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: what it is, its own text, and where it starts."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position behind the last character."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """The lower-cased identifier this token spells, or "" where it spells none."""
        if self.kind == "word":
            return self.text.lower()
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`").lower()
        return ""

    @property
    def keyword(self) -> str:
        """The upper-cased bare word or sign; "" for strings and quoted names."""
        return self.text.upper() if self.kind in ("word", "other") else ""


def significant_tokens(sql: str) -> list[Token]:
    """All tokens of the text but white space and comments, in order."""
    return [token for token in _scan(sql) if token.kind not in ("space", "comment")]


def _scan(sql: str) -> list[Token]:
    tokens, position = [], 0
    while position < len(sql):
        match = _PATTERN.match(sql, position)
        assert match is not None  # the last alternative takes any character
        kind, end = str(match.lastgroup), match.end()
        if kind == "opening":
            kind, end = "comment", _comment_end(sql, end)
        tokens.append(Token(kind, sql[position:end], position))  # type: ignore[arg-type]
        position = end
    return tokens


def _comment_end(sql: str, position: int) -> int:
    """Behind the bracket that closes the comment; brackets nest."""
    depth = 1
    while depth:
        match = _BRACKET.search(sql, position)
        if match is None:
            return len(sql)
        depth += 1 if match.group() == "/*" else -1
        position = match.end()
    return position


def string_value(token: Token) -> str:
    """What a string literal says, for the plain literals that names are written in."""
    text = token.text
    if text[0] in "rR":
        return text[2:-1]
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def replaced(sql: str, edits: list[tuple[int, int, str]]) -> str:
    """The text with each (start, end, replacement) applied; edits do not overlap."""
    parts, position = [], 0
    for start, end, text in sorted(edits):
        parts += [sql[position:start], text]
        position = end
    return "".join([*parts, sql[position:]])
