"""A circuit breaker per source, read off the log of its attempts: no other state is kept.

Closed: the source is tried. Open: too large a share of the last attempts failed, so it is left
alone for a while. Half-open: the while is over, the next attempt decides.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a breaker opens, and for how long; each failed trial doubles that, up to ``longest``."""

    window: int = 10
    at_least: int = 3
    failure_share: float = 0.5
    cool_down: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run of a source that came to an end, good or bad; the time is UTC."""

    ended_at: datetime
    succeeded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """The state now; ``until`` says when an open one lets the next attempt through."""

    state: State
    until: datetime | None = None


LIMITS = Limits()
CLOSED = Breaker(state="closed")


def breaker_of(attempts: Sequence[Attempt], now: datetime, limits: Limits = LIMITS) -> Breaker:
    """The breaker that these attempts, oldest first, have led to."""
    recent: deque[bool] = deque(maxlen=limits.window)
    until: datetime | None = None
    pause = limits.cool_down
    for attempt in attempts:
        if until is not None and not attempt.succeeded:
            pause = min(2 * pause, limits.longest)
            until = attempt.ended_at + pause
        elif until is not None:
            until, pause = None, limits.cool_down
            recent.clear()
        else:
            recent.append(attempt.succeeded)
            if not attempt.succeeded and _is_too_much(recent, limits):
                until = attempt.ended_at + pause
    if until is None:
        return CLOSED
    return Breaker(state="half-open" if now >= until else "open", until=until)


def _is_too_much(recent: Sequence[bool], limits: Limits) -> bool:
    failures = sum(not succeeded for succeeded in recent)
    return len(recent) >= limits.at_least and failures >= limits.failure_share * len(recent)
