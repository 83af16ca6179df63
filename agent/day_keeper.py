"""Keeps what each GPU does, from start to end of one run of the node: changes only, and now and then that it goes on.

Written beside the loop's work and never within it: nothing waits for this, and what a full disk refuses is told later.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from typing import Protocol

from agent.day import Span, bounds, day_of, today
from agent.doings import Device
from agent.journal import Journal, JournalRefused
from core.protocol.node_day import Doing, NodeDay

WRITE_AFTER_SECONDS = 1.0  # what changes within it shares one transaction; a kill loses so much at most
STILL_SECONDS = 300.0  # that a state goes on is written so often: what a kill leaves is as exact
SILENCE_SECONDS = 120.0  # the machine is looked at every 5 s: after a longer silence it slept, or its clock was set
_MOST_UNWRITTEN = 10_000


class Timer(Protocol):
    """What is to come, unless it is taken back."""

    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Timer]


class DayKeeper:
    """One run's. `doings` tells what is so now, `wall` gives Unix seconds, `zone` None is the machine's; `later` is
    the running loop's `call_later` unless given."""

    def __init__(
        self,
        journal: Journal,
        doings: Callable[[], Mapping[Device, Doing]],
        wall: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
        later: Later | None = None,
    ) -> None:
        self._journal = journal
        self._doings = doings
        self._wall = wall
        self._zone = zone
        self._later = later
        self._going_on: dict[Device, Span] = {}
        self._ended: deque[Span] = deque(maxlen=_MOST_UNWRITTEN)
        self._noted_at = 0.0
        self._written_at = 0.0
        self._has_news = False
        self._timer: Timer | None = None

    def note(self) -> None:
        """Look whether something is otherwise now; called after whatever happens to the node."""
        self._look()
        if self._timer is None and (self._has_news or self._noted_at - self._written_at >= STILL_SECONDS):
            later = self._later or asyncio.get_running_loop().call_later
            self._timer = later(WRITE_AFTER_SECONDS, self.write)

    def day(self, day: date | None = None) -> NodeDay:
        """A day on the wall, today if none is given."""
        self._look()
        wanted = day or today(self._noted_at, self._zone)
        told = self._journal.doings(*bounds(wanted, self._zone))
        return day_of([*told, *self._ended, *self._going_on.values()], wanted, self._noted_at, self._zone)

    def write(self) -> None:
        """Have it on the disk, unless that takes no more."""
        self._timer = None
        spans = [*self._ended, *self._going_on.values()]
        try:
            ids = self._journal.write_doings(spans, self._noted_at)
        except JournalRefused:  # said by the service, and tried again with what happens next
            return
        for span, row in zip(spans, ids, strict=True):
            span.id = row
        self._ended.clear()
        self._has_news = False
        self._written_at = self._noted_at

    def close(self) -> None:
        """The end of the run, before the journal is closed."""
        if self._timer is not None:
            self._timer.cancel()
        self._look()
        self.write()

    def _look(self) -> None:
        now, doings = self._wall(), self._doings()
        goes_on = 0 <= now - self._noted_at <= SILENCE_SECONDS
        for device, span in list(self._going_on.items()):
            if goes_on:
                span.until = now
            if not goes_on or doings.get(device) != span.doing:
                self._ended.append(self._going_on.pop(device))
                self._has_news = True
        for place, (device, doing) in enumerate(doings.items()):
            if device not in self._going_on:
                self._going_on[device] = Span(device, place, doing, now, now)
                self._has_news = True
        self._noted_at = now
