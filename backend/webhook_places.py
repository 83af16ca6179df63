"""Whose turn it is to be sent a webhook, and how many requests may be under way: the slow take no place from the quick.

Here is only who may; what is due is known to the store, and sending is done next door (`webhook_deliveries.py`).
"""

from collections import deque
from collections.abc import Callable

SLOW_SECONDS = 1.0
MOST_QUICK = 256
MOST_SLOW = 256
MOST_LASTING = 512
MOST_AN_ENDPOINT = 4
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0


class Endpoint:
    """What this process knows of an endpoint: what is under way there, how many requests it may have at once (one more
    with each quick answer, one again after a slow one), whether it waits for its turn, and until when it rests.

    `rests_until` and all moments here are by the loop's own clock, which nobody sets.
    """

    def __init__(self, id: int) -> None:
        self.id = id
        self.under_way: set[int] = set()
        self.allowed = 1
        self.is_slow = False
        self.is_queued = False
        self.is_ending = False
        self.rests_until = 0.0
        self._pause_seconds = 0.0

    def answered(self, seconds: float) -> None:
        """A request there has taken so long."""
        self.is_slow = seconds >= SLOW_SECONDS
        self.allowed = 1 if self.is_slow else min(self.allowed + 1, MOST_AN_ENDPOINT)

    def could_not_be_noted(self, now: float) -> None:
        """What came of a request is known to nobody, so it will be sent again: not soon, and ever later."""
        self._pause_seconds = min(max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds), LONGEST_PAUSE_SECONDS)
        self.rests_until = now + self._pause_seconds

    def was_noted(self) -> None:
        """All is well again."""
        self._pause_seconds = 0.0


class Place:
    """What a request under way holds. `cut` ends it before its time."""

    def __init__(self) -> None:
        self.cut: Callable[[], None] = lambda: None


class Places:
    """How many requests may be under way: to endpoints that answer quickly, and to those that are slow.

    One that lasts for a second counts among the slow from then on, so that whoever is slow, known for it or not, takes
    no place from the quick for longer. When very many turn out to be slow together, the oldest of the slow are cut.
    Endpoints with something to send wait for their turn, one request each.
    """

    def __init__(self) -> None:
        # dicts, since the oldest comes first in them
        self._held: dict[bool, dict[Place, None]] = {False: {}, True: {}}
        self._waiting: dict[bool, deque[Endpoint]] = {False: deque(), True: deque()}

    @property
    def under_way(self) -> int:
        """How many requests hold a place."""
        return sum(map(len, self._held.values()))

    def queue(self, endpoint: Endpoint) -> None:
        """At the end of those who wait."""
        if not endpoint.is_queued:
            endpoint.is_queued = True
            self._waiting[endpoint.is_slow].append(endpoint)

    def next_endpoint(self) -> Endpoint | None:
        """Whose turn it is, if there is a place for it. Whoever has a request begun there takes it at once."""
        for is_slow, most in ((False, MOST_QUICK), (True, MOST_SLOW)):
            if self._waiting[is_slow] and len(self._held[is_slow]) < most:
                endpoint = self._waiting[is_slow].popleft()
                endpoint.is_queued = False
                return endpoint
        return None

    def take(self, is_slow: bool) -> Place:
        """A request begins."""
        place = Place()
        self._held[is_slow][place] = None
        return place

    def lasts(self, place: Place) -> None:
        """A request has lasted for a second: its place is a slow one from now on."""
        quick, slow = self._held[False], self._held[True]
        if place not in quick:
            return
        del quick[place]
        slow[place] = None
        if len(slow) > MOST_LASTING:
            oldest = next(iter(slow))
            del slow[oldest]
            oldest.cut()

    def leave(self, place: Place) -> None:
        """A request has ended; whether it was cut before doesn't matter."""
        for held in self._held.values():
            held.pop(place, None)
