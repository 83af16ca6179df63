"""Sends what lies in the outbox of webhooks, each endpoint at its own pace: a slow one holds up nobody else.

What is under way is known to this process alone. One that dies between sending and noting that sends it again at its
next start, with the same `webhook-id`. When to try again, and when to give up, is `core/webhooks/outbox.py`'s.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Hashable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog

from core.webhooks.endpoints import ALL_DUE, topic_of_endpoint
from core.webhooks.outbox import Due, Tried, due, end_waiting, endpoints_with_due, is_off, next_due_at, note_try

from .context import Context
from .responses import log_unhandled
from .webhook_dialling import WebhookSender

SLOW_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 30.0
PAUSE_SECONDS = 5.0
MOST_QUICK = 256
MOST_SLOW = 256
MOST_IN_ALL = 768
MOST_AN_ENDPOINT = 4
_KIND = topic_of_endpoint(0)[0]
log = structlog.get_logger("backend.webhooks")


class Endpoint:
    """What this process knows of an endpoint: what is under way there, how many requests it may have at once (one more
    with each quick answer, one again after a slow one), whether it waits for its turn."""

    def __init__(self, id: int) -> None:
        self.id = id
        self.under_way: set[int] = set()
        self.allowed = 1
        self.is_slow = False
        self.is_queued = False

    def answered(self, seconds: float) -> None:
        """A request there has taken so long."""
        self.is_slow = seconds >= SLOW_SECONDS
        self.allowed = 1 if self.is_slow else min(self.allowed + 1, MOST_AN_ENDPOINT)


class Places:
    """How many requests may be under way: to endpoints that answer quickly, and to those that are slow.

    One that lasts for a second counts among the slow from then on, so that whoever is slow, known for it or not, takes
    no place from the quick for longer. Endpoints with something to send wait for their turn, one request each.
    """

    def __init__(self) -> None:
        self._counts = {False: 0, True: 0}
        self._waiting: dict[bool, deque[Endpoint]] = {False: deque(), True: deque()}

    def queue(self, endpoint: Endpoint) -> None:
        """At the end of those who wait."""
        if not endpoint.is_queued:
            endpoint.is_queued = True
            self._waiting[endpoint.is_slow].append(endpoint)

    def next_endpoint(self) -> Endpoint | None:
        """Whose turn it is, if there is a place for it."""
        if sum(self._counts.values()) >= MOST_IN_ALL:
            return None
        for is_slow, most in ((False, MOST_QUICK), (True, MOST_SLOW)):
            if self._waiting[is_slow] and self._counts[is_slow] < most:
                endpoint = self._waiting[is_slow].popleft()
                endpoint.is_queued = False
                return endpoint
        return None

    def take(self, is_slow: bool) -> None:
        """A request begins."""
        self._counts[is_slow] += 1

    def leave(self, is_slow: bool) -> None:
        """A request has ended."""
        self._counts[is_slow] -= 1


class WebhookDeliveries:
    """The one loop of deliveries. `wake` is told the topics of each commit; `run` works until it is cancelled."""

    def __init__(self, context: Context, sender: WebhookSender) -> None:
        self._context = context
        self._sender = sender
        self._endpoints: dict[int, Endpoint] = {}
        self._places = Places()
        self._timers: list[tuple[float, int]] = []
        self._timer_of: dict[int, float] = {}
        self._woken = asyncio.Event()
        self._look_at_all = True
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, topics: set[Hashable]) -> None:
        """Something was committed: takes note of endpoints that have more to be sent, or may be sent no more."""
        for topic in topics:
            if isinstance(topic, tuple) and topic[0] == _KIND:
                self._queue(topic[1])
        if ALL_DUE in topics:
            self.wake_all()

    def wake_all(self) -> None:
        """Looks at all that waits: another process has changed the store, or the clock was set."""
        self._look_at_all = True
        self._woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sends while the block runs. What is under way at its end is sent again at the next start."""
        looking = asyncio.create_task(self._run(), name="webhook deliveries")
        try:
            yield
        finally:
            ending = [looking, *self._tasks]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                self._send_due()
                await self._wait()
            except Exception as error:  # noqa: BLE001 – logged; a loop that ended would deliver nothing for good
                log_unhandled(error, "webhook deliveries")
                await asyncio.sleep(PAUSE_SECONDS)

    def _send_due(self) -> None:
        self._woken.clear()
        if self._look_at_all:
            self._find_all()
        now = self._context.clock()
        while self._timers and self._timers[0][0] <= now:
            at, endpoint_id = heapq.heappop(self._timers)
            if self._timer_of.get(endpoint_id) == at:
                del self._timer_of[endpoint_id]
                self._queue(endpoint_id)
        while (endpoint := self._places.next_endpoint()) is not None:
            self._serve(endpoint)

    def _find_all(self) -> None:
        self._timers, self._timer_of = [], {}
        for endpoint_id, due_at in endpoints_with_due(self._context.store.connection):
            self._set_timer(endpoint_id, due_at)
        self._look_at_all = False

    def _set_timer(self, endpoint_id: int, at: float) -> None:
        known = self._timer_of.get(endpoint_id)
        if known is None or at < known:
            self._timer_of[endpoint_id] = at
            heapq.heappush(self._timers, (at, endpoint_id))

    def _queue(self, endpoint_id: int) -> None:
        endpoint = self._endpoints.get(endpoint_id)
        if endpoint is None:
            endpoint = self._endpoints[endpoint_id] = Endpoint(endpoint_id)
        self._places.queue(endpoint)
        self._woken.set()

    async def _wait(self) -> None:
        """Until something is due or a request has ended; for half a minute at most, and then all is looked at."""
        seconds = LOOK_AGAIN_SECONDS
        if self._timers:
            seconds = min(seconds, max(0.0, self._timers[0][0] - self._context.clock()))
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            self._look_at_all = self._look_at_all or seconds == LOOK_AGAIN_SECONDS

    def _serve(self, endpoint: Endpoint) -> None:
        """Begins one request to an endpoint whose turn it is, if one is due; where more are, it waits for another."""
        busy = len(endpoint.under_way)
        if busy >= endpoint.allowed:
            return  # whichever of them ends first has it looked at again
        connection, now = self._context.store.connection, self._context.clock()
        found = due(connection, endpoint.id, limit=busy + 2, now=now)
        new = [one for one in found if one.id not in endpoint.under_way]
        if new:
            endpoint.under_way.add(new[0].id)
            self._begin(self._deliver(endpoint, new[0]), f"webhook {new[0].message_id}")
        if len(new) > 1:
            self._places.queue(endpoint)
            return
        if (at := next_due_at(connection, endpoint.id, after=now)) is not None:
            self._set_timer(endpoint.id, at)
        if not endpoint.under_way:
            if is_off(connection, endpoint.id):
                self._begin(self._end_waiting(endpoint.id), f"webhooks of {endpoint.id}")
            elif endpoint.is_slow:
                return  # remembered for its next
            del self._endpoints[endpoint.id]

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, endpoint: Endpoint, one: Due) -> None:
        """One try, from its sending to its note."""
        try:
            await self._note(one, await self._try(endpoint, one))
        finally:
            endpoint.under_way.discard(one.id)
            self._queue(endpoint.id)

    async def _try(self, endpoint: Endpoint, one: Due) -> Tried:
        loop = asyncio.get_running_loop()
        places, is_slow, at = self._places, endpoint.is_slow, self._context.clock()

        def lasts() -> None:
            nonlocal is_slow
            places.leave(is_slow)
            is_slow = True
            places.take(is_slow)
            endpoint.answered(SLOW_SECONDS)
            self._woken.set()  # a place for a quick one

        places.take(is_slow)
        timer = loop.call_later(SLOW_SECONDS, lasts)
        try:
            answer = await self._sender.send(one.url, one.headers(at), one.body.encode())
        except Exception as error:  # noqa: BLE001 – a fault of ours must not have it tried without end: it waits, too
            log_unhandled(error, one.message_id)
            return Tried(one.url, at, None, 0.0, None, None, "the service failed to send it")
        finally:
            timer.cancel()
            places.leave(is_slow)
        endpoint.answered(answer.seconds)
        return Tried(one.url, at, answer.status, answer.seconds, answer.address, answer.response, answer.error)

    async def _note(self, one: Due, tried: Tried) -> None:
        chance = self._context.random_bytes(1)[0] / 255
        work = partial(note_try, delivery_id=one.id, tried=tried, now=self._context.clock(), chance=chance)
        try:
            await self._context.store.write(work)
        except Exception as error:  # noqa: BLE001 – such as a full disk: logged, and sent again, but not at once
            log_unhandled(error, one.message_id)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _end_waiting(self, endpoint_id: int) -> None:
        while await self._context.store.write(partial(end_waiting, endpoint_id=endpoint_id)):
            pass
