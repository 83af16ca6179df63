"""Server-sent events: streams that wait for the store to announce more, and never queue what a reader has not taken.

What an event says is put together in core; the routes are in `routes/events.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import contextmanager

from core.accounts.customers import ACCESS_CHANGED
from core.accounts.limits import rate_limited
from core.errors import ApiError, ErrorCode, ErrorDetail
from core.jobs.live import Stream, Told
from core.store.sqlite import Connection

COMMENT_SECONDS = 15.0
COMMENT = b":\n\n"
STREAMS_A_CUSTOMER = 64
RETRY_AFTER_SECONDS = 30
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy that gathers bytes would hold events back
}
NEWEST_HEADER = "X-Newest-Event"


class EventStreams:
    """Who waits for which topic. A waiter is an event that is set, never a queue: what it missed lies in the store."""

    def __init__(self) -> None:
        self._waiters: dict[Hashable, set[asyncio.Event]] = {}
        self._open: dict[int, int] = {}
        self.stopping = False
        self.access_changes = 0

    def wake(self, topics: set[Hashable]) -> None:
        """Wakes who waits for one of these; called once a commit. All, when somebody's access has changed."""
        if ACCESS_CHANGED in topics:
            self.wake_all()
        for topic in topics & self._waiters.keys():
            for waiter in self._waiters[topic]:
                waiter.set()

    def wake_all(self) -> None:
        """Lets everybody look, also whether they are still allowed: another process has changed the store."""
        self.access_changes += 1
        for waiters in self._waiters.values():
            for waiter in waiters:
                waiter.set()

    def stop(self) -> None:
        """Ends every stream."""
        self.stopping = True
        self.wake_all()

    @property
    def open(self) -> int:
        """How many streams are read now."""
        return sum(self._open.values())

    def check_room(self, customer_id: int) -> None:
        """Raises RATE_LIMITED for a customer who has too many streams open: they last, unlike all other requests."""
        if self._open.get(customer_id, 0) >= STREAMS_A_CUSTOMER:
            raise rate_limited(f"{STREAMS_A_CUSTOMER} streams may be open at once", RETRY_AFTER_SECONDS)

    @contextmanager
    def opened(self, customer_id: int, topic: Hashable) -> Iterator[asyncio.Event]:
        """While a stream is read: what is set when its topic has more."""
        self._open[customer_id] = self._open.get(customer_id, 0) + 1
        waiter = asyncio.Event()
        self._waiters.setdefault(topic, set()).add(waiter)
        try:
            yield waiter
        finally:
            self._waiters[topic].discard(waiter)
            if not self._waiters[topic]:
                del self._waiters[topic]
            self._open[customer_id] -= 1
            if not self._open[customer_id]:
                del self._open[customer_id]


def last_event_id(header: str | None, newest: int) -> int:
    """The number after which a stream goes on. Raises VALIDATION_FAILED for what is no number of this stream."""
    if header is None or not header.strip():
        return 0
    text = header.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _bad_id("must be the id of an event, a whole number")
    if int(text) > newest:
        raise _bad_id(f"is past the end: the newest event of this stream is {newest}")
    return int(text)


def _bad_id(message: str) -> ApiError:
    return ApiError(
        ErrorCode.VALIDATION_FAILED,
        hint="Ids of one stream mean nothing in another; without Last-Event-ID a stream begins at its first event.",
        details=[ErrorDetail(message, field="Last-Event-ID")],
    )


async def frames(
    streams: EventStreams,
    connection: Connection,
    stream: Stream,
    after: int,
    woken: asyncio.Event,
    still_allowed: Callable[[], bool],
) -> AsyncIterator[bytes]:
    """The bytes of a stream from behind `after` to its end: a page of events at a time, a comment when nothing comes.

    `still_allowed` is asked at the beginning, when somebody's access has changed, and every 15 s: a key that is revoked
    or a session that ends takes its streams with it.
    """
    loop = asyncio.get_running_loop()
    ask_again_at, access_seen = loop.time(), streams.access_changes
    while not streams.stopping:
        woken.clear()
        if loop.time() >= ask_again_at or access_seen != streams.access_changes:
            access_seen = streams.access_changes
            if not still_allowed():
                return
            ask_again_at = loop.time() + COMMENT_SECONDS
        told = stream.page(connection, after)
        if told:
            yield b"".join(_frame(event) for event in told)
            after = told[-1].number
            await asyncio.sleep(0)  # a reader that is behind by many pages must not hold up everybody else
        elif stream.has_ended(connection):
            return
        else:
            try:
                await asyncio.wait_for(woken.wait(), COMMENT_SECONDS)
            except TimeoutError:
                yield COMMENT


def _frame(event: Told) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.number, event.kind.encode(), event.data)
