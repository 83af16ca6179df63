"""Server-sent events: streams that wait for the store to announce more, and never queue what a reader has not taken.

What an event says is put together in core; the routes are in `routes/events.py`. Who does not read what is sent is
hung up on (`http_protocol.py`), and goes on by its Last-Event-ID.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable, Iterator

import msgspec

from core.accounts.customers import ACCESS_CHANGED
from core.accounts.limits import rate_limited
from core.errors import ApiError, ErrorCode, ErrorDetail
from core.jobs.live import Stream, Told
from core.store.sqlite import Connection

COMMENT_SECONDS = 15.0
PACE_SECONDS = 0.1
PAGES_SHARED = 8
PAGES_A_TURN = 4
COMMENT = b":\n\n"
STREAMS_A_CUSTOMER = 256
RETRY_AFTER_SECONDS = 30
HEADERS = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",  # a proxy that gathers bytes would hold events back
}
LINE_ENDS = [(end.encode(), b"\\u%04x" % ord(end)) for end in "\x85\u2028\u2029"]
"""What readers who split text as Python does take for the end of a line, and how JSON writes it else."""
NEWEST_HEADER = "X-Newest-Event"
STATUS_HEADER = "X-Job-Status"


class Page(msgspec.Struct, frozen=True):
    """The bytes of some events, the number of the last, and whether they were all that there were."""

    data: bytes
    last: int
    is_newest: bool


class Readers:
    """Those who read one stream: an event to be set for each, and the pages that were told last, since all who are up
    to date are told the same. A page is kept until the stream has more or its last reader has gone."""

    def __init__(self) -> None:
        self.waiters: set[asyncio.Event] = set()
        self._pages: dict[int, Page | None] = {}

    def wake(self) -> None:
        """The stream has more, or somebody's access has changed."""
        self._pages.clear()
        for waiter in self.waiters:
            waiter.set()

    def has_page(self, after: int) -> bool:
        """Whether what comes behind a number is at hand."""
        return after in self._pages

    def page(self, connection: Connection, stream: Stream, after: int, now: float) -> Page | None:
        """What comes behind a number; None when all is told."""
        if after in self._pages:
            return self._pages[after]
        told = stream.page(connection, after, now)
        made = None
        if told:
            last = told[-1].number
            made = Page(b"".join(map(_frame, told)), last, last == stream.newest(connection))
        if len(self._pages) >= PAGES_SHARED:
            self._pages.pop(next(iter(self._pages)))
        self._pages[after] = made
        return made


class EventStreams:
    """Who reads which topic. A waiter is an event that is set, never a queue: what it missed lies in the store."""

    def __init__(self) -> None:
        self._readers: dict[Hashable, Readers] = {}
        self._open: dict[int, int] = {}
        self._turns = asyncio.Semaphore(PAGES_A_TURN)
        self.stopping = False
        self.access_changes = 0

    def wake(self, topics: set[Hashable]) -> None:
        """Wakes who waits for one of these; called once a commit. All, when somebody's access has changed."""
        if ACCESS_CHANGED in topics:
            self.wake_all()
        for topic in topics & self._readers.keys():
            self._readers[topic].wake()

    def wake_all(self) -> None:
        """Lets everybody look, also whether they are still allowed: another process has changed the store."""
        self.access_changes += 1
        for readers in self._readers.values():
            readers.wake()

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

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A reader's turn to have a page made that it alone may want. A few have theirs in each of the loop's, in the
        order in which they came, so that many who catch up slow everybody else no more than a few do."""
        async with self._turns:
            yield
            await asyncio.sleep(0)

    @contextlib.contextmanager
    def opened(self, customer_id: int, topic: Hashable) -> Iterator[tuple[Readers, asyncio.Event]]:
        """While a stream is read: those who read it, and what is set when there is more."""
        self._open[customer_id] = self._open.get(customer_id, 0) + 1
        readers = self._readers.setdefault(topic, Readers())
        waiter = asyncio.Event()
        readers.waiters.add(waiter)
        try:
            yield readers, waiter
        finally:
            readers.waiters.discard(waiter)
            if not readers.waiters:
                del self._readers[topic]
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
    customer_id: int,
    after: int,
    clock: Callable[[], float],
    still_allowed: Callable[[], bool],
) -> AsyncGenerator[bytes, None]:
    """The bytes of a stream from behind `after` to its end: a page of events at a time, a comment when nothing comes.

    `still_allowed` is asked at the beginning, when somebody's access has changed, and every 15 s: a key that is revoked
    or a session that ends takes its streams with it. Whoever is up to date is told at most ten times a second: what
    happens in between goes out together, so that many readers of a busy job cost no more than a few.

    The 15 s of a comment count from what was last sent, whatever wakes the stream meanwhile: everybody's is woken when
    anybody's access changes, and a proxy that hears nothing for long hangs up.
    """
    with streams.opened(customer_id, stream.topic) as (readers, woken):
        loop = asyncio.get_running_loop()
        ask_again_at, access_seen = loop.time(), streams.access_changes
        silent_since, is_behind = loop.time(), after < stream.newest(connection)
        while not streams.stopping:
            woken.clear()
            if loop.time() >= ask_again_at or access_seen != streams.access_changes:
                access_seen = streams.access_changes
                if not still_allowed():
                    return
                ask_again_at = loop.time() + COMMENT_SECONDS
            if is_behind and not readers.has_page(after):
                async with streams.turn():
                    page = readers.page(connection, stream, after, clock())
            else:
                page = readers.page(connection, stream, after, clock())
            if page is not None:
                yield page.data
                after, silent_since, is_behind = page.last, loop.time(), not page.is_newest
                # a reader that is behind by many pages must not hold up everybody else either
                await asyncio.sleep(PACE_SECONDS if page.is_newest else 0)
            elif stream.has_ended(connection):
                return
            elif loop.time() >= silent_since + COMMENT_SECONDS:
                yield COMMENT
                silent_since = loop.time()
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), silent_since + COMMENT_SECONDS - loop.time())


def _frame(event: Told) -> bytes:
    data = event.data
    for line_end, escape in LINE_ENDS:
        data = data.replace(line_end, escape)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.number, event.kind.encode(), data)
