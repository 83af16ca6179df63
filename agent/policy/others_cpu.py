"""What everybody but this node's units takes of the processors: all use, less that of the processes below this one."""

import contextlib
from collections.abc import Callable

import psutil


class OthersCpu:
    """Asked again and again; each answer is of the time since the one before."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._cpus = psutil.cpu_count() or 1  # all of the machine's, since that is what is asked for
        self._before: tuple[float, float, float] | None = None

    def percent(self) -> float | None:
        """Percent of the whole machine (blocking, some ms); None the first time, when nothing is to compare with."""
        now, busy, ours = self._monotonic(), _busy_seconds(), _units_seconds()
        before, self._before = self._before, (now, busy, ours)
        if before is None or now <= before[0]:
            return None
        others = (busy - before[1]) - max(0.0, ours - before[2])  # units that ended took their times with them
        return min(100.0, max(0.0, 100 * others / ((now - before[0]) * self._cpus)))


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    waited = times.idle + getattr(times, "iowait", 0.0)
    counted_twice = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times) - waited - counted_twice)


def _units_seconds() -> float:
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
