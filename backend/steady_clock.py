"""The server's clock: unix seconds that never jump by themselves, whatever the machine's clock is set to."""

import time
from collections.abc import Callable

JUMP_SECONDS = 1.0


class SteadyClock:
    """The wall clock at its making, going on by the monotonic one. Where the wall clock has gone is told by `lag`;
    `move` follows it, and is for who moves along what is counted from now, such as leases."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()

    def __call__(self) -> float:
        """Unix seconds."""
        return self._monotonic() + self._offset

    def lag(self) -> float:
        """Seconds by which the wall clock is ahead; negative where it was set back."""
        return self._wall() - self()

    def move(self, seconds: float) -> None:
        """Go on from so much later."""
        self._offset += seconds
