"""How fast a transfer is and how long it will take, from its last seconds. Plain arithmetic; time comes in."""

from collections import deque

_WINDOW_SECONDS = 8.0
_ENOUGH_SECONDS = 0.8


class Pace:
    """Speed over the last seconds: steady enough to read, quick enough to be true."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def reset(self) -> None:
        """Forget what was: after a pause, or when another kind of work begins."""
        self._samples.clear()

    def add(self, now: float, done_bytes: int) -> None:
        """So many bytes are done at `now` (monotonic seconds). Fewer than before begins anew."""
        if self._samples and done_bytes < self._samples[-1][1]:
            self.reset()
        self._samples.append((now, done_bytes))
        while len(self._samples) > 2 and now - self._samples[1][0] > _WINDOW_SECONDS:
            self._samples.popleft()

    def bytes_per_second(self) -> float | None:
        """None until enough was seen."""
        if len(self._samples) < 2:
            return None
        (first_at, first_bytes), (last_at, last_bytes) = self._samples[0], self._samples[-1]
        seconds = last_at - first_at
        return (last_bytes - first_bytes) / seconds if seconds >= _ENOUGH_SECONDS else None

    def seconds_left(self, done_bytes: int, total_bytes: int) -> float | None:
        """None while the speed is unknown or nothing moves."""
        speed = self.bytes_per_second()
        return max(0, total_bytes - done_bytes) / speed if speed else None
