"""When to call the server: one long poll that renews leases and brings work, one urgent call that carries reports.

Pure bookkeeping of two lanes; what the calls say is put together in brain.py.
"""

from collections.abc import Callable

from agent.events import CallTrouble

_FIRST_RETRY_SECONDS = 0.5
_LONGEST_RETRY_SECONDS = 20.0
_SLOW_RETRY_SECONDS = 60.0
_LONGEST_ASKED_SECONDS = 900.0
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class Lane:
    """One kind of call: at most one of it counts at a time. Times are the monotonic seconds that callers pass in.

    `random` gives numbers from 0 to 1: reconnects are spread, so that a server that comes back is not run over.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0
        self._empty = 0
        self._started_at = 0.0
        self.call: int | None = None
        self.due_at = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether the newest call of this lane brought no answer."""
        return self._failures > 0

    def start(self, call: int, now: float) -> None:
        """This call is now the one that counts."""
        self.call = call
        self._started_at = now

    def answered(self, now: float, *, empty: bool, wait_seconds: float) -> None:
        """The call was answered. Answers that are empty and early are paused after, ever longer up to a second."""
        self.call = None
        self._failures = 0
        if empty and now - self._started_at < wait_seconds / 2:
            pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**self._empty)
            self._empty = min(self._empty + 1, 10)
            self.due_at = now + pause * (0.5 + self._random())
        else:
            self._empty = 0
            self.due_at = now

    def failed(self, now: float, trouble: CallTrouble, *, lease_seconds: float, retry_after: float | None) -> None:
        """The call brought no answer: try again, ever later, but well within the time that a lease lasts, unless
        the server, or what answers in its place, asks for up to a quarter of an hour."""
        self.call = None
        self._failures += 1
        if trouble in (CallTrouble.CREDENTIAL, CallTrouble.UPGRADE):
            delay = _SLOW_RETRY_SECONDS
        else:
            longest = min(_LONGEST_RETRY_SECONDS, lease_seconds / 4)
            delay = min(longest, _FIRST_RETRY_SECONDS * 2 ** min(self._failures - 1, 10))
        self.due_at = now + max(delay * (0.5 + self._random()), min(retry_after or 0.0, _LONGEST_ASKED_SECONDS))
