"""How fast bytes may pass: a token bucket for all transfers of one direction together.

Own code, since what is on PyPI (aiolimiter, pyrate-limiter) has one rate for its life, counts no bytes that have passed
already, and looks at a clock of its own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

BURST_SECONDS = 0.25
LOOK_SECONDS = 0.5
_LEAST_SECONDS = 0.001
_SPEED_SECONDS = 5


class Throttle:
    """`rate` gives the bytes a second that may pass now, or None for as many as come; it may change at any time, which
    holds within half a second. `clock` is monotonic, in seconds.

    Who waits is served in the order of coming, and a transfer waits with one piece at a time: so all are served alike.
    """

    def __init__(self, rate: Callable[[], float | None], clock: Clock, sleep: Sleep) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._left = 0.0
        self._looked_at = clock()
        self._looked_rate: float | None = None

    def note(self, size: int) -> None:
        """So many bytes have passed, whether they might or not: others wait the longer."""
        if self._fill() is not None:
            self._left -= size

    async def take(self, size: int) -> None:
        """Wait until all that passed before is paid for, and let so many bytes pass."""
        if self._rate() is None and not self._turn.locked():
            return
        async with self._turn:
            while (seconds := self._seconds_to_wait()) > 0:
                # not for less than a clock can tell; and looked at again, since the rate may be another
                await self._sleep(min(max(seconds, _LEAST_SECONDS), LOOK_SECONDS))
            self.note(size)

    def _seconds_to_wait(self) -> float:
        rate = self._fill()
        return 0.0 if rate is None or self._left >= 0 else -self._left / rate

    def _fill(self) -> float | None:
        now, rate, before = self._clock(), self._rate(), self._looked_rate
        if rate is None or before is None:
            self._left = 0.0
        else:
            if rate < before and self._left < 0:  # what passed at the faster rate is not paid for at the slower
                self._left *= rate / before
            self._left = min(self._left + (now - self._looked_at) * rate, BURST_SECONDS * rate)
        self._looked_at, self._looked_rate = now, rate
        return rate


class Speed:
    """Bytes a second, over the last five whole seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: deque[tuple[int, int]] = deque()

    def add(self, size: int) -> None:
        """So many bytes have passed."""
        second = int(self._clock())
        if self._seconds and self._seconds[-1][0] == second:
            second, before = self._seconds.pop()
            size += before
        self._seconds.append((second, size))
        self._drop(second)

    def now(self) -> float:
        """How fast it goes."""
        second = int(self._clock())
        self._drop(second)
        return sum(size for at, size in self._seconds if at < second) / _SPEED_SECONDS

    def _drop(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] < second - _SPEED_SECONDS:
            self._seconds.popleft()
