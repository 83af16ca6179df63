"""Live events: a job's stream and a customer's, kept alive over lost lines, each event once and in order.

The async iterators are the one implementation; the blocking ones run them in a thread of their own, so that the caller
may look at something else while nothing comes. What events mean for a picture of a job is in job_follow.

Whoever reads slowly is waited for: an event is read from the line when it is asked for, and none is kept in between.
"""

import asyncio
import random
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import aclosing
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from httpx_sse import EventSource, ServerSentEvent, SSEError

from ..errors import ErrorCode
from ..protocol.customer import JobStatus
from ..protocol.events import EVENT_TYPES, GapEvent, JobEvent, StreamEvent
from .customer import AsyncClient, Client
from .errors import AnswerUnreadable, ConnectionFailed, ServerError
from .http import check_status, connection_failed

_SILENCE_SECONDS = 40.0  # the service says something every 15 s
_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 10.0
_LONGEST_ASKED_SECONDS = 60.0
_IDLE_SECONDS = 0.5
_LONGEST_EVENT_BYTES = 8 * 2**20
_TRIED_AGAIN = frozenset({429, 500, 502, 503, 504})
_ENDED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})


class ConnectionState(StrEnum):
    """How the line to the service is. `catching_up`: connected, and behind the newest event known at that moment."""

    CONNECTED = "connected"
    CATCHING_UP = "catching_up"
    OFFLINE = "offline"


class NextTry(msgspec.Struct, frozen=True):
    """The line is lost, and is taken up again in so many seconds."""

    in_seconds: float


OnState = Callable[[ConnectionState], None]
OnWait = Callable[[float], None]
Item = StreamEvent | ConnectionState | NextTry


def job_events_async(
    client: AsyncClient,
    job_id: str,
    *,
    after: int | None = 0,
    on_state: OnState | None = None,
    on_wait: OnWait | None = None,
) -> AsyncGenerator[StreamEvent, None]:
    """A job's events behind number `after` (None: only new ones), to the job's last state.

    Lost lines are taken up again for ever; `on_wait` hears in how many seconds, each time. A service that was put back
    to a backup has fewer events than were told: then a `GapEvent` to its newest comes, and what is known has to be read
    again. Raises ServerError for a refusal, AnswerUnreadable where no such service is.
    """
    return _events(_Stream(client, job_id, after), on_state, on_wait)


def customer_events_async(
    client: AsyncClient,
    *,
    after: int | None = None,
    gap_first: bool = False,
    on_state: OnState | None = None,
    on_wait: OnWait | None = None,
) -> AsyncGenerator[StreamEvent, None]:
    """The states of all the customer's jobs, units, datasets and packages, without end; else as `job_events_async`.

    With `gap_first`, a stream of what is new begins with a gap up to there: for who may have read lists before it.
    """
    return _events(_Stream(client, None, after, gap_first=gap_first), on_state, on_wait)


async def newest_customer_event(client: AsyncClient) -> int:
    """The number of the customer's newest event: who reads lists now and the stream from behind it misses nothing.

    Raises ServerError, ConnectionFailed, AnswerUnreadable.
    """
    try:
        return await _Stream(client, None, None).newest_now()
    except httpx.RequestError as error:
        raise connection_failed(client.base_url, error) from error
    except SSEError as error:
        raise _no_stream(error) from error


async def _events(
    stream: "_Stream", on_state: OnState | None, on_wait: OnWait | None
) -> AsyncGenerator[StreamEvent, None]:
    async with aclosing(stream.items()) as items:
        async for item in items:
            if isinstance(item, StreamEvent):
                yield item
            elif isinstance(item, NextTry):
                if on_wait is not None:
                    on_wait(item.in_seconds)
            elif on_state is not None:
                on_state(item)


def job_events(
    client: Client,
    job_id: str,
    *,
    after: int | None = 0,
    on_state: OnState | None = None,
    idle: Callable[[], None] | None = None,
) -> Iterator[StreamEvent]:
    """As `job_events_async`, waiting. `idle` is called about twice a second while nothing comes; what it raises ends
    the iteration."""
    return _waiting(client, job_id, after, on_state, idle)


def customer_events(
    client: Client,
    *,
    after: int | None = None,
    on_state: OnState | None = None,
    idle: Callable[[], None] | None = None,
) -> Iterator[StreamEvent]:
    """As `customer_events_async`, waiting; `idle` as in `job_events`."""
    return _waiting(client, None, after, on_state, idle)


class _Stream:
    """One stream over all its connections: where it is, and how often in a row connecting has failed."""

    def __init__(self, client: AsyncClient, job_id: str | None, after: int | None, *, gap_first: bool = False) -> None:
        self._client = client
        self._job_id = job_id
        self._after = after
        self._tells_gap = gap_first
        self._newest = 0
        self._failures = 0
        self._was_connected = False
        self._status: JobStatus | None = None
        self._state: ConnectionState | None = None

    async def items(self) -> AsyncGenerator[Item, None]:
        """Events, and the changes of the line between them."""
        while True:
            wait_seconds: float | None = None
            try:
                async with aclosing(self._connection()) as items:
                    async for item in items:
                        yield item
                if await self._has_ended():
                    return
            except ServerError as error:
                if self._is_past_the_end(error):
                    self._after, self._tells_gap = None, True
                elif error.status not in _TRIED_AGAIN:
                    raise
                wait_seconds = error.retry_after_seconds
            except SSEError as error:
                if not self._was_connected:
                    raise _no_stream(error) from error
            except (httpx.RequestError, ConnectionFailed):
                pass
            if self._changed(ConnectionState.OFFLINE):
                yield ConnectionState.OFFLINE
            seconds = self._wait_seconds() if wait_seconds is None else min(wait_seconds, _LONGEST_ASKED_SECONDS)
            yield NextTry(seconds)
            await asyncio.sleep(seconds)

    async def _connection(self) -> AsyncGenerator[Item, None]:
        """What comes over one connection. Raises ServerError, SSEError, httpx.RequestError."""
        if self._after is None:
            self._after = await self.newest_now()
            if self._tells_gap:
                self._tells_gap = False
                yield GapEvent(number=self._after, first=1, last=self._after)
        async with self._open() as response:
            newest = self._newest = await _newest(response)
            self._status = _status(response)
            after = self._after or 0
            response.stream = _Bounded(response.stream)
            self._was_connected = True
            state = ConnectionState.CATCHING_UP if after < newest else ConnectionState.CONNECTED
            if self._changed(state):
                yield state
            async with aclosing(EventSource(response).aiter_sse()) as events:
                async for sent in events:
                    if not sent.id.isdecimal() or not sent.data or int(sent.id) <= after:
                        continue
                    after = self._after = int(sent.id)
                    self._failures = 0
                    event = _decoded(sent)
                    if isinstance(event, JobEvent):
                        self._status = event.status
                    if event is not None:
                        yield event
                    if after >= newest and self._changed(ConnectionState.CONNECTED):
                        yield ConnectionState.CONNECTED

    async def newest_now(self) -> int:
        """Where a reader begins who wants only what is new: the number of the newest event."""
        async with self._open() as response:
            return await _newest(response)

    def _is_past_the_end(self, error: ServerError) -> bool:
        """Whether the service has no event of the number behind which the stream was to go on."""
        named = [detail.field for detail in error.details]
        return bool(self._after) and error.code is ErrorCode.VALIDATION_FAILED and named == ["Last-Event-ID"]

    def _open(self) -> Any:
        job = f"/training-jobs/{quote(self._job_id, safe='')}" if self._job_id is not None else ""
        headers = {**self._client.key_headers, "Accept": "text/event-stream", "Cache-Control": "no-store"}
        headers["Accept-Encoding"] = "identity"
        if self._after:
            headers["Last-Event-ID"] = str(self._after)
        url = f"{self._client.base_url}/customer{job}/events"
        timeout = httpx.Timeout(_SILENCE_SECONDS, connect=5.0)
        return self._client.http.stream("GET", url, headers=headers, timeout=timeout)

    async def _has_ended(self) -> bool:
        """Whether a stream that was ended in good order was so by its job's end, and not by the service's."""
        if self._job_id is None or (self._after or 0) < self._newest:
            return False
        if self._status is None:  # a service too old to say it with the stream
            self._status = (await self._client.get_job(self._job_id)).status
        return self._status in _ENDED

    def _changed(self, state: ConnectionState) -> bool:
        before, self._state = self._state, state
        return before is not state

    def _wait_seconds(self) -> float:
        longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return longest * random.uniform(0.5, 1.0)  # so that not all readers come back at once


async def _newest(response: httpx.Response) -> int:
    """The number of the newest event there is. Raises ServerError, and SSEError for what is no stream of events."""
    if not response.is_success:
        check_status(response.status_code, await response.aread(), response.headers)
    content_type = response.headers.get("Content-Type", "none")
    if not content_type.startswith("text/event-stream"):
        raise SSEError(f"its type is {content_type}")
    text = response.headers.get("X-Newest-Event", "")
    return int(text) if text.isdecimal() else 0


def _no_stream(error: SSEError) -> AnswerUnreadable:
    return AnswerUnreadable(
        f"What came back is no stream of events: {error}",
        hint="Check that the address is that of the service, and that this program is not older.",
    )


def _status(response: httpx.Response) -> JobStatus | None:
    """Where the job of a stream stood when it was opened."""
    text = response.headers.get("X-Job-Status")
    return None if text is None else JobStatus(text)


class _Bounded(httpx.AsyncByteStream):
    """The bytes of a stream of events, of which none may be longer than is ever sent."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        unended = 0
        async for piece in self._stream:
            end = piece.rfind(b"\n\n")
            unended = unended + len(piece) if end < 0 else len(piece) - end
            if unended > _LONGEST_EVENT_BYTES:
                raise SSEError(f"an event of more than {_LONGEST_EVENT_BYTES} bytes")
            yield piece

    async def aclose(self) -> None:
        """Lets go of the connection."""
        await self._stream.aclose()


def _decoded(sent: ServerSentEvent) -> StreamEvent | None:
    """The event, or None for a kind or value that is newer than this program. Raises AnswerUnreadable."""
    kind = EVENT_TYPES.get(sent.event)
    if kind is None:
        return None
    try:
        return msgspec.json.decode(sent.data, type=kind)
    except msgspec.ValidationError:
        return None
    except msgspec.DecodeError as error:
        raise AnswerUnreadable(
            f"Event {sent.id} of the stream is no JSON: {error}",
            hint="Check that nothing between here and the service changes what it sends, and update this program.",
        ) from error


def _waiting(
    client: Client, job_id: str | None, after: int | None, on_state: OnState | None, idle: Callable[[], None] | None
) -> Iterator[StreamEvent]:
    worker = _Worker(client, job_id, after)
    try:
        while (item := worker.next(idle)) is not None:
            if isinstance(item, StreamEvent):
                yield item
            elif isinstance(item, ConnectionState) and on_state is not None:
                on_state(item)
    finally:
        worker.close()


class _Worker:
    """A thread with an event loop that reads a stream, one item for each that is asked for: nothing piles up."""

    def __init__(self, client: Client, job_id: str | None, after: int | None) -> None:
        self._client = AsyncClient(client.base_url, client.api_key, insecure=client.insecure, ca_file=client.ca_file)
        self._items = _Stream(self._client, job_id, after).items()
        self._reading: asyncio.Task[Any] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gpu-agent-events", daemon=True)
        self._thread.start()

    def next(self, idle: Callable[[], None] | None) -> Item | None:
        """The next item; None at the end."""
        future = asyncio.run_coroutine_threadsafe(self._read(), self._loop)
        while True:
            try:
                return future.result(_IDLE_SECONDS)  # never without a limit: Ctrl-C has to come through on any system
            except FutureTimeout:
                if future.done():  # it came in the very moment that the waiting ended, or is itself out of time
                    return future.result()
                if idle is not None:
                    idle()

    async def _read(self) -> Item | None:
        self._reading = asyncio.current_task()
        return await anext(self._items, None)

    def close(self) -> None:
        """Lets go of the connection and ends the thread."""
        asyncio.run_coroutine_threadsafe(self._let_go(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _let_go(self) -> None:
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()
            await asyncio.wait({self._reading})
        await self._items.aclose()
        await self._client.close()
