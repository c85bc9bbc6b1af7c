"""Steady pacing: each message at its moment, however long the one before took."""

import time
from collections.abc import Callable

# Shorter waits are not worth the call; they are made up for by the next.
_SHORTEST = 0.0005
# A wait is cut into pieces, so that a request to stop is soon heard.
_LONGEST = 0.2


class Pacer:
    """Holds messages back until their moment, on a clock that starts with the first one."""

    def __init__(
        self,
        idle: Callable[[float], None],
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._idle, self._stopped, self._clock = idle, stopped, clock
        self._origin: float | None = None
        self.most_behind = 0.0  # seconds

    def wait(self, moment: int) -> None:
        """Returns when `moment` (ms) has come, at once if it has passed, or when stopped."""
        now = self._clock()
        if self._origin is None:
            self._origin = now - moment / 1000
        left = self._origin + moment / 1000 - now
        self.most_behind = max(self.most_behind, -left)
        while left > _SHORTEST and not self._stopped():
            self._idle(min(left, _LONGEST))
            left = self._origin + moment / 1000 - self._clock()
