"""Sends what lies in the outbox of webhooks, each endpoint at its own pace: a slow one holds up nobody else.

What is under way is known to this process alone. One that dies between sending and noting that sends it again at its
next start, with the same `webhook-id`. When to try again, and when to give up, is `core/webhooks/outbox.py`'s.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Coroutine, Hashable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog

from core.webhooks.endpoints import ALL_DUE, topic_of_endpoint
from core.webhooks.outbox import (
    Due,
    Tried,
    due,
    end_waiting,
    endpoints_with_due,
    has_ended,
    is_on,
    next_due_at,
    note_try,
)

from .context import Context
from .host_lookups import TooManyLookups
from .responses import log_unhandled
from .webhook_dialling import WebhookSender
from .webhook_places import SLOW_SECONDS, Endpoint, Place, Places

LOOK_AGAIN_SECONDS = 30.0
PAUSE_SECONDS = 5.0
LOOKUP_PAUSE_SECONDS = 1.0
TRIMS_EACH = 100
_KIND = topic_of_endpoint(0)[0]
log = structlog.get_logger("backend.webhooks")


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
            # not wait_for: in Python 3.11 it may swallow that this is cancelled, in the moment in which it is woken
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            self._look_at_all = self._look_at_all or seconds == LOOK_AGAIN_SECONDS

    def _serve(self, endpoint: Endpoint) -> None:
        """Begins one request to an endpoint whose turn it is, if one is due; where more are, it waits for another."""
        connection, now = self._context.store.connection, self._context.clock()
        rest_seconds = endpoint.rests_until - asyncio.get_running_loop().time()
        if rest_seconds > 0:
            self._set_timer(endpoint.id, now + rest_seconds)
            return
        if not endpoint.is_ending and has_ended(connection, endpoint.id):
            endpoint.is_ending = True
            self._begin(self._end_waiting(endpoint), f"webhooks of {endpoint.id}")
        busy = len(endpoint.under_way)
        if busy >= endpoint.allowed:
            return  # whichever of them ends first has it looked at again
        found = due(connection, endpoint.id, limit=busy + 2, now=now)
        new = [one for one in found if one.id not in endpoint.under_way]
        if new:
            endpoint.under_way.add(new[0].id)
            place = self._places.take(endpoint.is_slow)  # now, not when the task first runs: the next asks for one
            self._begin(self._deliver(endpoint, new[0], place), f"webhook {new[0].message_id}")
        if len(new) > 1:
            self._places.queue(endpoint)
            return
        if (at := next_due_at(connection, endpoint.id, after=now)) is not None:
            self._set_timer(endpoint.id, at)
        if endpoint.under_way or endpoint.is_ending or (endpoint.is_slow and is_on(connection, endpoint.id)):
            return  # one that is slow is remembered for its next
        del self._endpoints[endpoint.id]

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, endpoint: Endpoint, one: Due, place: Place) -> None:
        """One try, from its sending to its note."""
        try:
            tried = await self._try(endpoint, one, place)
            await self._note(endpoint, one, tried)
        except TooManyLookups:  # it was not tried: nothing is noted
            endpoint.rests_until = asyncio.get_running_loop().time() + LOOKUP_PAUSE_SECONDS
        finally:
            self._places.leave(place)
            endpoint.under_way.discard(one.id)
            self._queue(endpoint.id)

    async def _try(self, endpoint: Endpoint, one: Due, place: Place) -> Tried:
        """Raises TooManyLookups where nothing was sent for that."""
        loop = asyncio.get_running_loop()
        began, at = loop.time(), self._context.clock()

        def lasts() -> None:
            self._places.lasts(place)
            endpoint.answered(SLOW_SECONDS)
            self._woken.set()  # a place for a quick one

        timer = loop.call_later(SLOW_SECONDS, lasts)
        try:
            async with asyncio.timeout(None) as limit:
                place.cut = lambda: limit.reschedule(loop.time())
                answer = await self._sender.send(one.url, one.headers(at), one.body.encode(), one.customer_id)
        except TooManyLookups:
            raise
        except TimeoutError:
            seconds = loop.time() - began
            why = f"no whole answer within {seconds:.1f} s; it was cut then, since too many endpoints were slow"
            return Tried(one.url, at, None, seconds, None, None, why)
        except Exception as error:  # noqa: BLE001 – a fault of ours must not have it tried without end: it waits, too
            log_unhandled(error, one.message_id)
            return Tried(one.url, at, None, 0.0, None, None, "the service failed to send it")
        finally:
            timer.cancel()
            self._places.leave(place)
        endpoint.answered(answer.seconds)
        return Tried(one.url, at, answer.status, answer.seconds, answer.address, answer.response, answer.error)

    async def _note(self, endpoint: Endpoint, one: Due, tried: Tried) -> None:
        random_bytes = self._context.random_bytes
        work = partial(
            note_try,
            delivery_id=one.id,
            tried=tried,
            now=self._context.clock(),
            chance=random_bytes(1)[0] / 255,
            trims=int.from_bytes(random_bytes(2), "big") % TRIMS_EACH == 0,
        )
        try:
            await self._context.store.write(work)
        except Exception as error:  # noqa: BLE001 – such as a full disk: logged, and sent again, but not at once
            log_unhandled(error, one.message_id)
            endpoint.could_not_be_noted(asyncio.get_running_loop().time())
        else:
            endpoint.was_noted()

    async def _end_waiting(self, endpoint: Endpoint) -> None:
        try:
            while await self._context.store.write(partial(end_waiting, endpoint_id=endpoint.id)):
                pass
        except Exception as error:  # noqa: BLE001 – as above
            log_unhandled(error, f"webhooks of {endpoint.id}")
            endpoint.could_not_be_noted(asyncio.get_running_loop().time())
        finally:
            endpoint.is_ending = False
            self._queue(endpoint.id)
