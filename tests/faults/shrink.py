"""From a round that fails to the smallest one that still does, by leaving things out."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.faults.rounds import Round

Item = TypeVar("Item")


def smallest(
    items: Sequence[Item], fails: Callable[[Sequence[Item]], bool], most_tries: int
) -> list[Item]:
    """A part of `items` that still fails and of which no piece that was tried can be left out.

    Halves first, then smaller pieces; `fails` is asked at most `most_tries` times.
    """
    kept, size, tries = list(items), max(1, len(items) // 2), 0
    while kept and tries < most_tries:
        start, left_out = 0, False
        while start < len(kept) and tries < most_tries:
            rest = kept[:start] + kept[start + size :]
            tries += 1
            if fails(rest):
                kept, left_out = rest, True
            else:
                start += size
        if size == 1 and not left_out:
            break
        size = max(1, size // 2)
    return kept


def shrunk(failing: Round, fails: Callable[[Round], bool], most_tries: int = 24) -> Round:
    """The smallest round found: fewer accounts first, then fewer faults."""
    accounts = smallest(
        failing.world.accounts,
        lambda some: bool(some) and fails(failing.of(some, failing.faults)),
        most_tries // 2,
    )
    found = failing.of(accounts, failing.faults)
    faults = smallest(
        found.faults, lambda some: fails(found.of(accounts, some)), most_tries - most_tries // 2
    )
    return found.of(accounts, faults)
