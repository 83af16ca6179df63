"""What everybody but this node's units takes of the processors: all use, less that of the processes below this one."""

import contextlib
from collections.abc import Callable

import psutil


def busy_seconds() -> float:
    """All that the processors worked since the machine was started, summed."""
    times = psutil.cpu_times()
    waited = times.idle + getattr(times, "iowait", 0.0)
    counted_twice = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times) - waited - counted_twice)


def units_seconds() -> float:
    """What the processes below this one worked, those that they have waited for with them (blocking, some ms)."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


class OthersCpu:
    """Asked again and again; each answer is of the time since the one before. `busy` and `ours` are seconds of
    processor that all programs and this node's units took until now, of all `cpus` of the machine."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        busy: Callable[[], float] = busy_seconds,
        ours: Callable[[], float] = units_seconds,
        cpus: int | None = None,
    ) -> None:
        self._monotonic = monotonic
        self._busy = busy
        self._ours = ours
        self._cpus = cpus or psutil.cpu_count() or 1
        self._before: tuple[float, float, float] | None = None

    def percent(self) -> float | None:
        """Percent of the whole machine (blocking, some ms); None the first time, when nothing is to compare with."""
        now, busy, ours = self._monotonic(), self._busy(), self._ours()
        before, self._before = self._before, (now, busy, ours)
        if before is None or now <= before[0]:
            return None
        others = (busy - before[1]) - max(0.0, ours - before[2])  # units that ended took their times with them
        return min(100.0, max(0.0, 100 * others / ((now - before[0]) * self._cpus)))
