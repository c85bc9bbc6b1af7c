"""Whom ingestion must not bring back: identifiers known by salted digests, found in text again.

An identifier is one token: an e-mail address, a user name, an id. What stands for it is never
itself but its length and its HMAC under a salt of its request, so that the ledger of the forgotten
names nobody, and a text is hashed only where a token of that length stands.
"""

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

# How everything begins that takes the place of an identifier.
PSEUDONYM = "forgotten-"
# How a character of a token may be written: itself, escaped in JSON (at any depth), in a URL.
_ESCAPED = r"\\+u00(?:2[5bBdDeE]|3[0-9]|4[0-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])"
_QUOTED = r"%(?:2[5bBdDeE]|3[0-9]|4[0-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])"
_PLAIN = r"[\w.+@-]|%(?![0-9a-fA-F]{2})"
# A token, or an escape of a character that is in none and would look like a part of one.
_TOKEN = re.compile(rf"((?:{_PLAIN}|{_ESCAPED}|{_QUOTED})+)|\\+u[0-9a-fA-F]{{4}}|%[0-9a-fA-F]{{2}}")
_ESCAPE = re.compile(r"(?:\\+u00|%)([2-7][0-9a-fA-F])")
_PUNCTUATION = "._%+@-"
# Bytes of plain tokens in lower case, all others as blanks: tokens of a line in a microsecond.
_BYTES = bytes(
    ord(chr(byte).lower()) if chr(byte).isascii() and re.match(r"[\w.+@-]", chr(byte)) else 32
    for byte in range(256)
)
_REMEMBERED = 100_000
# \n before a name looks like a name that starts with n.
_AFTER_BACKSLASH = "bfnrt"


class Token(NamedTuple):
    """A token of a text: where it stands, and what it is without escapes, in lower case."""

    start: int
    end: int
    name: str


def canonical(text: str) -> str:
    """An identifier as it is compared: without escapes, in lower case."""
    if "\\" in text or "%" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.lower()


def tokens(text: str, shortest: int = 1) -> Iterator[Token]:
    """The tokens of a text that could be an identifier, without punctuation around them."""
    for found in _TOKEN.finditer(text):
        start, end = found.span(1)
        if end - start < shortest:
            continue
        escaped = start > 0 and text[start - 1] == "\\" and text[start] in _AFTER_BACKSLASH
        for first in (start, start + 1) if escaped else (start,):
            bare = text[first:end].lstrip(_PUNCTUATION)
            begin = end - len(bare)
            bare = bare.rstrip(_PUNCTUATION)
            if bare:
                yield Token(begin, begin + len(bare), canonical(bare))


def digest(salt: bytes, name: str) -> str:
    """What a ledger keeps of an identifier in canonical form."""
    return hmac.digest(salt, name.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A person who is to be forgotten: digests of the identifiers, and what takes their place."""

    pseudonym: str
    salt: bytes
    digests: frozenset[str]
    lengths: frozenset[int]


@dataclass(frozen=True)
class Tombstones:
    """All of them, asked token by token."""

    all: Sequence[Tombstone]

    def __bool__(self) -> bool:
        return bool(self.all)

    @cached_property
    def shortest(self) -> int:
        """The length of the shortest identifier."""
        return min(self._by_length, default=1)

    @cached_property
    def _by_length(self) -> Mapping[int, Mapping[bytes, Mapping[str, str]]]:
        """Length, salt, digest: pseudonym. A token is hashed once for all who share a salt."""
        found: dict[int, dict[bytes, dict[str, str]]] = {}
        for stone in self.all:
            for length in stone.lengths:
                known = found.setdefault(length, {}).setdefault(stone.salt, {})
                for one in stone.digests:
                    known.setdefault(one, stone.pseudonym)
        return found

    @cached_property
    def _answers(self) -> dict[str, str | None]:
        """What was asked before: a few names make up most of what is delivered."""
        return {}

    def pseudonym_of(self, name: str) -> str | None:
        """What takes the place of a canonical token; None for everybody else."""
        salts = self._by_length.get(len(name))
        if salts is None:
            return None
        answers = self._answers
        if name not in answers:
            if len(answers) >= _REMEMBERED:
                answers.clear()
            answers[name] = next(
                (who for salt, known in salts.items() if (who := known.get(digest(salt, name)))),
                None,
            )
        return answers[name]

    def may_hold(self, line: bytes) -> bool:
        """False only where holds() is: a quick look, for nearly every line holds nobody."""
        if b"%" in line or b"\\u" in line:
            return True
        escaped = b"\\" in line
        shortest = self.shortest
        for token in [part for part in line.translate(_BYTES).split() if len(part) >= shortest]:
            name = token.decode().strip(_PUNCTUATION)
            if self.pseudonym_of(name) or (
                escaped and self.pseudonym_of(name[1:].lstrip(_PUNCTUATION))
            ):
                return True
        return False

    def hits(self, text: str) -> Iterator[tuple[Token, str]]:
        """The tokens that are identifiers, each with its pseudonym, from left to right."""
        reached = 0
        for token in tokens(text, self.shortest):
            if token.start >= reached and (pseudonym := self.pseudonym_of(token.name)):
                reached = token.end
                yield token, pseudonym

    def holds(self, text: str) -> bool:
        """Whether any token is an identifier."""
        return next(self.hits(text), None) is not None


def tombstone(pseudonym: str, salt: bytes, names: Iterable[str]) -> Tombstone:
    """The tombstone of identifiers in canonical form."""
    known = tuple(names)
    return Tombstone(
        pseudonym=pseudonym,
        salt=salt,
        digests=frozenset(digest(salt, name) for name in known),
        lengths=frozenset(map(len, known)),
    )
